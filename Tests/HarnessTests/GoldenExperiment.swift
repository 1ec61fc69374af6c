import Experiments
import Foundation
import Harness
import Kernels
import Learning
import Settings
import TestSupport
import Testing

/// An experiment file of `Fixtures/Golden`, and beside it what its trials came to when that was recorded.
///
/// A line `# --set KEY=VALUE --set KEY=VALUE` of the file is one variant of it, as on the command line; a file without such
/// lines is trained as it is. Each variant is trained in each precision.
struct GoldenExperiment: Sendable, CustomTestStringConvertible {
  let name: String
  var testDescription: String { name }

  static let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures/Golden")

  static let all: [GoldenExperiment] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.sorted().map { GoldenExperiment(name: String($0.dropLast(5))) }
  }()

  var path: String { Self.folder.appendingPathComponent("\(name).yaml").path }

  /// The overrides of each variant, the precision among them.
  func variants() throws -> [[String]] {
    let mark = "--set "
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let variants = lines.filter { $0.hasPrefix("# \(mark)") }.map { line in
      line.dropFirst(2).split(separator: mark).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    return (variants.isEmpty ? [[]] : variants).flatMap { variant in
      Precision.allCases.map { variant + ["precision=\($0.rawValue)"] }
    }
  }

  func experiment(_ overrides: [String]) throws -> Experiment {
    try ExperimentFile.load(path: path, overrides: overrides, parts: .standard)
  }
}

/// What the trials of a ``GoldenExperiment`` came to.
struct GoldenRecord: Codable, Sendable {
  /// The processors it was recorded on: see ``here``.
  var processors: [String] = []
  var runs: [GoldenRun] = []

  /// What bits depend on: which kernels the libraries and this package choose for the processor, the libraries' versions,
  /// and that of the C library, which stands for the distribution's build of everything else.
  static let here: String = {
    var text = [CChar](repeating: 0, count: 64)
    _ = confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
    let versions = ProductLibraries.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let library = text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    return "\(ProductLibraries.kernels); \((versions + [library]).joined(separator: ", "))"
  }()

  static func read(_ folder: URL, _ name: String) throws -> GoldenRecord {
    try decoder.decode(GoldenRecord.self, from: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
  }

  /// One line a run, so that differences are seen.
  func write(_ folder: URL, _ name: String) throws {
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try Self.encoder.encode(value), as: UTF8.self)
    }
    let lines = try runs.map(text).joined(separator: ",\n")
    let whole = "{\"processors\":\(try text(processors)),\n\"runs\":[\n\(lines)\n]}\n"
    try Data(whole.utf8).write(to: folder.appendingPathComponent("\(name).json"))
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }

  /// Begins anew on a processor that is there already, or where the trials are others; otherwise adds this one's bits.
  mutating func add(_ measured: [(run: GoldenRun, bits: GoldenBits)]) {
    let isSame =
      runs.count == measured.count
      && zip(runs, measured).allSatisfy { $0.overrides == $1.run.overrides && $0.trial == $1.run.trial }
    if !isSame || processors.contains(Self.here) { self = GoldenRecord(runs: measured.map(\.run)) }
    processors.append(Self.here)
    for (index, (run, bits)) in measured.enumerated() {
      runs[index].bits[bits.text, default: []].append(processors.count - 1)
      runs[index].spread = max(runs[index].spread, run.deviation(from: runs[index]))
    }
  }
}

/// What one trial came to, in numbers that any processor gives but for rounding, and in bits that few do.
struct GoldenRun: Codable, Sendable {
  var overrides: String
  var trial: String
  var outcome: String
  /// The losses at the end: training (where it is measured), validation.
  var losses: [Double]
  /// Of the final weights.
  var sum: Double
  var norm: Double
  /// The largest deviation of one recorded processor's numbers from those of the first.
  var spread = 0.0
  /// ``GoldenBits`` with the indices of the processors that gave them.
  var bits: [String: [Int]] = [:]

  /// Of the same trial on another processor: losses relative to themselves or a thousandth of those before training,
  /// weights to their norm. Numbers that are not finite deviate from finite ones only.
  func deviation(from other: GoldenRun) -> Double {
    let pairs =
      zip(zip(losses, other.losses), [1e-3, 1e-3]).map { ($0.0, $0.1, max(abs($0.1), $1)) }
      + [(sum, other.sum, max(1, other.norm)), (norm, other.norm, max(1e-3, other.norm))]
    return pairs.map { left, right, scale in
      if left.isFinite && right.isFinite { return abs(left - right) / scale }
      return left.isFinite == right.isFinite ? 0 : .infinity
    }.max()!
  }
}

/// Hashes of all that a trial's training decides.
struct GoldenBits: Equatable, Sendable {
  static let names = ["final weights", "best weights", "losses along training", "counts of work and steps"]
  var hashes: [String]

  init(_ record: TrialRecord) {
    let trace = record.trace
    func numbers(_ columns: [[Double]]) -> String {
      Self.hash(columns.flatMap { [UInt64($0.count)] + $0.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } })
    }
    func weights(_ vector: WeightVector) -> String {
      switch vector {
      case .float(let values): Self.hash(values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern })
      case .double(let values): Self.hash(values.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern })
      }
    }
    hashes = [
      weights(record.weights.final), weights(record.weights.best),
      numbers([
        trace.batchLoss, trace.trainLoss, trace.trainAccuracy, trace.validationLoss, trace.validationAccuracy,
        trace.learningRate, trace.gradientNorm,
      ]),
      numbers([
        trace.gradientPasses, trace.productPasses, trace.stepLength, trace.damping, trace.innerIterations,
        trace.evaluations,
        [record.cost.steps, record.cost.gradients, record.cost.products, record.bestEpoch ?? -1].map(Double.init),
      ]),
    ]
  }

  init(text: String) { hashes = text.split(separator: " ").map(String.init) }

  var text: String { hashes.joined(separator: " ") }

  /// What is not the same.
  func differences(from other: GoldenBits) -> [String] {
    zip(Self.names, zip(hashes, other.hashes)).filter { $1.0 != $1.1 }.map(\.0)
  }

  /// The 64-bit FNV-1a hash of the words' little-endian bytes.
  private static func hash(_ words: [some FixedWidthInteger & UnsignedInteger]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for word in words {
      for shift in stride(from: 0, to: word.bitWidth, by: 8) {
        hash = (hash ^ (UInt64(truncatingIfNeeded: word) >> shift & 0xff)) &* 0x100_0000_01b3
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
