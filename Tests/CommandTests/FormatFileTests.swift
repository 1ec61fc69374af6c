import Foundation
import TestSupport
import Testing

/// docs/format.md against the file of a real sweep, as h5py finds it: names, dimensions, types and attributes of all that is
/// there, and nothing that is not.
@Suite struct FormatFileTests {
  private let document: FormatDocument
  private let file: ParsedJSON

  /// First and second order, a run that diverged, weights, and everything that can be measured of the curvature.
  init() throws {
    document = try FormatDocument()
    let fixture = try SweepFixture()
    let experiment = try fixture.write(
      """
      name: format
      data: {source: {spirals: {samples: 90, classes: 3}}}
      network: {hidden: [4]}
      loss: softmax_cross_entropy
      training: {epochs: 2, divergence_bound: 100}
      curvature:
        {at: [start, final], matrix: gauss_newton, full_spectrum: true, density: true, estimates: [power, taylor, online],
        principal_eigenvector: true, diagonal: true}
      grid:
        optimizer:
          - {name: adam, learning_rate: 0.01}
          - {name: gradient_descent, learning_rate: 1e6}
          - {name: newton, frozen_masks: true}
        batch_size: full
        dropout: {keep_probability: [0.7, 1]}
        seed: 0

      """)
    let result = try fixture.sweep("run", experiment, "--output", "results", "--weights", "all")
    try #require(result.status == 0, "\(result.standardError)")
    let shards = fixture.folder.path("results/format/shards")
    let names = try FileManager.default.contentsOfDirectory(atPath: shards)
    try #require(names.count == 1)
    file = try ParsedJSON(try Reader.python("list_shard.py", "\(shards)/\(names[0])"))
  }

  private var variables: [String] { file["variables"].keys }

  @Test func everyVariableIsDocumentedAsItIs() throws {
    let hyperparameters = try hyperparameters()
    for name in variables where !hyperparameters.contains(name) && !isCoordinate(name) {
      let variable = file["variables"][name]
      let rows = document.rows.filter { $0.names(name) }
      try #require(rows.count >= 1, "\(name) is not documented")
      let dimensions = variable["dimensions"].texts.joined(separator: " × ")
      let row = try #require(rows.first { $0.fits(dimensions, of: name) }, "\(name) lies along \(dimensions)")
      #expect(row.types.contains(try #require(variable["type"].text)), "\(name) is \(variable["type"])")
    }
  }

  @Test func everythingDocumentedIsThere() {
    let absent = document.rows.flatMap(\.patterns).filter { pattern in !variables.contains { pattern.matches($0) } }
    #expect(absent.map(\.text) == [])
    #expect(document.rows.count > 40 && variables.count > 120)
  }

  /// One column each, named as in the experiment file: number, whole number or text.
  @Test func hyperparametersAreColumns() throws {
    let names = try hyperparameters()
    #expect(names.isSuperset(of: ["optimizer", "learning_rate", "batch_size", "seed", "hidden", "frozen_masks"]))
    for name in names {
      let variable = file["variables"][name]
      #expect(variable["dimensions"][0].text == "run", "\(name)")
      #expect(["float64", "int64", "int32", "text"].contains(variable["type"].text), "\(name)")
    }
  }

  @Test func dimensionsAreDocumented() {
    for name in variables where isCoordinate(name) && !name.hasSuffix("_run") && !name.hasPrefix("parameter_") {
      #expect(document.text.contains("`\(name)`"), "\(name)")
    }
  }

  /// Each attribute is where the document says.
  @Test func attributesAreDocumented() {
    let found = Set(variables.flatMap { file["variables"][$0]["attributes"].keys })
    #expect(found == document.attributes)
    for name in variables {
      let variable = file["variables"][name]
      let attributes = Set(variable["attributes"].keys)
      let type = variable["type"].text ?? ""
      let isCategory = attributes.contains("flag_values")
      // What netCDF-4 writes of a dimension without a variable.
      guard !name.hasPrefix("parameter_") else { continue }
      #expect(attributes.contains("long_name"), "\(name)")
      #expect(attributes.contains("units") == (type != "text" && !attributes.contains("flag_meanings")), "\(name)")
      #expect(attributes.contains("flag_meanings") == (isCategory || name == "probe_moment"), "\(name)")
      #expect(attributes.contains("flag_masks") == (name == "probe_moment"), "\(name)")
      #expect(attributes.contains("_FillValue") || !type.hasPrefix("float") || !hasMissing(name), "\(name)")
      let hasSlices = ["weights_", "vector_"].contains { name.hasPrefix($0) } && type.hasPrefix("float")
      #expect(attributes.contains("parameters") == hasSlices, "\(name)")
      #expect(attributes.contains("CLASS") == isCoordinate(name), "\(name)")
      #expect(attributes.contains("DIMENSION_LIST") == !isCoordinate(name), "\(name)")
    }
    let seconds = variables.filter { file["variables"][$0]["attributes"]["units"].text == "\"s\"" }
    #expect(seconds == ["probe_seconds", "seconds_trace", "total_seconds", "training_seconds"])
  }

  @Test func globalAttributesAreDocumented() throws {
    let line = try #require(document.text.range(of: "Global attributes:"))
    let paragraph = document.text[line.upperBound...].prefix { $0 != "\u{0}" }.split(separator: "\n\n")[0]
    for name in file["attributes"].keys { #expect(paragraph.contains("`\(name)`"), "\(name)") }
    #expect(file["attributes"].keys.count == 9)
    #expect(file["attributes"]["format"].text == "\"ravine-shard-2\"")
    #expect(try ParsedJSON(json(file["attributes"]["manifest"]))["name"].text == "format")
    #expect(try ParsedJSON(json(file["attributes"]["provenance"]))["libraries"]["hdf5"].text != nil)
  }

  // MARK: - What is what

  private func isCoordinate(_ name: String) -> Bool { file["variables"][name]["dimensions"].texts == [name] }

  private func hasMissing(_ name: String) -> Bool {
    !["training_seconds", "total_seconds"].contains(name)
  }

  /// The columns that the file itself lists, and their counts.
  private func hyperparameters() throws -> Set<String> {
    let lines = try json(file["attributes"]["hyperparameter_columns"]).split(separator: "\n")
    let names = lines.map { String($0.prefix { $0 != "\t" }) }
    return Set(names + names.map { $0 + "_count" }).intersection(variables)
  }

  /// The text of an attribute, which stands quoted.
  private func json(_ attribute: ParsedJSON) throws -> String {
    let quoted = try #require(attribute.text)
    let value = try ParsedJSON(quoted)
    return try #require(value.text)
  }
}

/// The tables of docs/format.md.
private struct FormatDocument {
  let text: String
  let rows: [Row]
  /// First column of the table of attributes.
  let attributes: Set<String>

  struct Row {
    let patterns: [Pattern]
    let dimensions: [String]
    let types: Set<String>

    func names(_ name: String) -> Bool { patterns.contains { $0.matches(name) } }

    /// Whether a variable may lie so; a star in the dimensions is that of its name.
    func fits(_ found: String, of name: String) -> Bool {
      dimensions.contains { $0 == "itself" ? found == name : Pattern($0).matches(found) }
    }
  }

  /// `*` stands for anything and `A` at the end of a word for an architecture.
  struct Pattern {
    let text: String

    init(_ text: String) { self.text = text }

    func matches(_ name: String) -> Bool {
      let words = text.replacing("_A_", with: "_2x4x3_").replacing("_A ", with: "_2x4x3 ")
      let whole = words.hasSuffix("_A") ? words.dropLast(1) + "2x4x3" : words[...]
      let parts = whole.split(separator: "*", omittingEmptySubsequences: false)
      guard parts.count > 1 else { return whole == name[...] }
      return name.hasPrefix(parts[0]) && name.hasSuffix(parts[parts.count - 1])
        && name.count >= parts.reduce(0) { $0 + $1.count }
    }
  }

  init() throws {
    text = try String(
      contentsOf: Reader.repository.appendingPathComponent("docs/format.md"), encoding: .utf8)
    let shards = try #require(text.range(of: "## Shards")).upperBound
    let end = try #require(text.range(of: "### How bytes lie")).lowerBound
    let lines = text[shards..<end].split(separator: "\n").filter { $0.hasPrefix("| `") || $0.hasPrefix("| *list*") }
    let cells = lines.map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    // Name, of what, content; and name, dimensions, type, meaning.
    attributes = Set(cells.filter { $0.count == 3 }.flatMap { Self.words($0[0]) })
    rows = cells.filter { $0.count == 4 }.map { cell in
      Row(
        patterns: Self.names(cell[0].replacing("*list*`_count`", with: "`*_count`")).map(Pattern.init),
        dimensions: cell[1].split(separator: ", ").map(String.init),
        types: Set(cell[2].split(separator: ", ").map(String.init)))
    }
  }

  private static func words(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  /// `_residual` and the like are endings of the names before; a semicolon ends what they belong to.
  private static func names(_ cell: String) -> [String] {
    cell.split(separator: ";").flatMap { group -> [String] in
      let words = words(String(group))
      let own = words.filter { !$0.hasPrefix("_") }
      let endings = words.filter { $0.hasPrefix("_") }
      guard !endings.isEmpty else { return own }
      return (group.contains("each `_final`") ? [] : own) + own.flatMap { name in endings.map { name + $0 } }
    }
  }
}
