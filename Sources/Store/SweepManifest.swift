import Experiments
import Foundation

/// What a directory of results is about: `sweep.json`, and a copy in each shard.
public struct SweepManifest: Hashable, Sendable, Codable {
  /// Version of the layout on disk. Newer ones are refused; a directory of an older one goes on in this.
  public static let currentFormatVersion = 2
  static let readableFormatVersions = 1...currentFormatVersion

  public var formatVersion: Int
  public var name: String
  public var summary: String
  public var selection: SelectionRule
  /// The experiment file as it was read. Earlier versions put the overrides below it, see ``overrides``.
  public var experimentText: String
  /// The `key=value` of each `--set`; nil where an earlier version wrote the manifest.
  public var setOptions: [String]?
  /// Where relative paths of data files start, as seen from where the sweep was started; nil as above.
  public var dataFolder: String?
  public var experimentHash: String
  /// What must stay the same for runs to belong together, one setting a line; the grid itself may grow.
  public var compatibility: String
  public var provenance: Provenance
  /// ISO 8601, UTC: when the first sweep into the directory began.
  public var created: String
  /// Runs of the experiment; nil where an older version wrote the manifest.
  public var trials: Int?
  /// Whether the test set has been looked at, so that a lost `test.json` is not taken for one that never was; nil for no.
  public var hasSeenTestSet: Bool?
  /// The command line.
  public var arguments: [String]

  public init(
    name: String, summary: String = "", selection: SelectionRule = .standard, experimentText: String,
    experimentHash: String, compatibility: String, provenance: Provenance, created: String, arguments: [String] = []
  ) {
    formatVersion = Self.currentFormatVersion
    self.name = name
    self.summary = summary
    self.selection = selection
    self.experimentText = experimentText
    self.experimentHash = experimentHash
    self.compatibility = compatibility
    self.provenance = provenance
    self.created = created
    self.arguments = arguments
  }
}

extension SweepManifest {
  /// The `key=value` of each `--set`. Earlier versions put them below the text, as comments.
  public var overrides: [String] {
    if let setOptions { return setOptions }
    let lines = experimentText.split(separator: "\n").reversed().prefix { $0.hasPrefix(Self.overridePrefix) }
    return lines.reversed().map { String($0.dropFirst(Self.overridePrefix.count)) }
  }

  /// The experiment as a reader is shown it: the file, and below it what was set beside it.
  public var experimentWithOverrides: String {
    experimentText + (setOptions ?? []).map { "\(Self.overridePrefix)\($0)\n" }.joined()
  }

  private static let overridePrefix = "# --set "

  /// Where relative paths of data files start. Of earlier versions it is the folder of the file on the command line.
  public var folderOfData: String {
    if let dataFolder { return dataFolder }
    guard let file = arguments.first(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }),
      let slash = file.lastIndex(of: "/")
    else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  /// Differences that keep `other` out of this manifest's directory; empty where its runs belong with these.
  func conflicts(with other: SweepManifest) -> [String] {
    var differences: [String] = []
    if !Self.readableFormatVersions.contains(formatVersion) {
      differences += ["- format version \(formatVersion)", "+ format version \(other.formatVersion)"]
    }
    if compatibility != other.compatibility {
      let (old, new) = (compatibility.split(separator: "\n"), other.compatibility.split(separator: "\n"))
      differences += old.filter { !new.contains($0) }.map { "- \($0)" }
      differences += new.filter { !old.contains($0) }.map { "+ \($0)" }
      // The same lines in another order or number.
      if differences.isEmpty { differences = ["- \(compatibility)", "+ \(other.compatibility)"] }
    }
    return differences
  }
}

/// JSON as the store writes it: sorted keys, so that equal values are equal bytes; NaN and infinities as text.
enum JSON {
  /// More than any of these files needs.
  static let maximumBytes = 64 << 20

  static func encode(_ value: some Encodable, pretty: Bool = true) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return [UInt8](try encoder.encode(value)) + (pretty ? [UInt8(ascii: "\n")] : [])
  }

  /// On one line.
  static func text(_ value: some Encodable) throws -> String {
    String(decoding: try encode(value, pretty: false), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_: Value.Type, from bytes: [UInt8], path: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try decoder.decode(Value.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw StoreError.damaged(path: path, reason: explain(error))
    }
  }

  static func read<Value: Decodable>(_ type: Value.Type, path: String) throws -> Value {
    try decode(type, from: Files.read(path, limit: maximumBytes), path: path)
  }

  private static func explain(_ error: DecodingError) -> String {
    func at(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty ? "" : " at " + context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context): "lacks the key \(key.stringValue)\(at(context))"
    case .typeMismatch(let type, let context): "is not a \(type)\(at(context))"
    case .valueNotFound(let type, let context): "has null instead of a \(type)\(at(context))"
    case .dataCorrupted(let context): "is not valid\(at(context)): \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }
}
