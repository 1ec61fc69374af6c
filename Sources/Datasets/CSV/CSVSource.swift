import Experiments

/// A CSV file as a data set: one column is the target, the others are features.
struct CSVSource {
  let path: String
  /// The target column's name where there is a header, its index from 0 where there is none.
  let target: String
  let hasHeader: Bool
  let task: DataSource.Task

  /// - Throws: ``DatasetError`` with the file, the line, the column and the field.
  func load(within memory: MemoryLimit = .halfOfMachine) throws -> RawDataset {
    var reader = try CSVReader(path: path)
    guard try reader.nextRecord() else { throw DatasetError(.badSize, path: path, "the file is empty") }
    let names = hasHeader ? try reader.fields.map(reader.text) : []
    let columnCount = reader.fields.count
    try requireSeveralColumns(reader)
    let targetColumn = try hasHeader ? columnNamed(target, among: names) : columnNumbered(target, of: columnCount)
    var table = CSVTable(
      columnCount: columnCount, targetColumn: targetColumn, names: names, hasClasses: task == .classification)
    if !hasHeader { try table.append(reader) }
    while try reader.nextRecord() {
      try table.append(reader)
      // A list that is full is copied into one of twice its length.
      try memory.check(
        table.features.count, of: max(8, Self.growthBytes - memory.preparedBytes), path: path, at: reader.place)
    }
    guard table.rows > 0 else { throw DatasetError(.badSize, path: path, "the file has a header and no samples") }
    let targets: RawTargets =
      switch task {
      case .regression: .values(table.targets, columns: 1)
      case .classification: try table.classes(path: path, columnName: targetName(names, targetColumn))
      }
    return try RawDataset(
      samples: RawSamples(
        rows: table.rows, features: .doubles(table.features), targets: targets, targetPlaces: table.targetPlaces,
        growthBytes: Self.growthBytes, origin: origin(of: table)),
      featureShape: [columnCount - 1])
  }

  /// Of the old list and of what is filled of the new one, a number.
  private static let growthBytes = 16

  private func origin(of table: CSVTable) -> SampleOrigin {
    let columns = (0..<table.columnCount).filter { $0 != table.targetColumn }
    return SampleOrigin(path: path, features: columns.map(table.name), targets: table.name(of: table.targetColumn))
  }

  private func requireSeveralColumns(_ reader: CSVReader) throws {
    guard reader.fields.count == 1 else { return }
    let text = try reader.text(reader.fields[0])
    let other = [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")].first { text.contains($0.0) }
    let hint = other.map { "; the line has \($0.1)" } ?? ""
    throw DatasetError(
      .malformed, path: path, at: reader.place(of: reader.fields[0].bytes.lowerBound),
      "one column: a target and at least one feature are needed, separated by commas\(hint)")
  }

  private func columnNamed(_ name: String, among names: [String]) throws -> Int {
    let matches = names.indices.filter { names[$0] == name }
    let line = DatasetError.Place.text(line: 1, column: 1)
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty {
      let listed = names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
      throw DatasetError(.badTarget, path: path, at: line, "no column is named \"\(name)\"; the header has \(listed)")
    }
    throw DatasetError(
      .badTarget, path: path, at: line, "\(matches.count) columns are named \"\(name)\"; the target must be one")
  }

  private func columnNumbered(_ text: String, of count: Int) throws -> Int {
    guard let index = Int(text), (0..<count).contains(index) else {
      throw DatasetError(
        .badTarget, path: path,
        "target \"\(text)\" is no column: without a header, it is an index from 0 to \(count - 1)")
    }
    return index
  }

  private func targetName(_ names: [String], _ column: Int) -> String {
    names.isEmpty ? "column \(column)" : "column \"\(names[column])\""
  }
}
