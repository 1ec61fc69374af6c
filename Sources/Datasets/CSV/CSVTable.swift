/// The samples of a CSV file, as they are read.
struct CSVTable {
  let columnCount: Int
  let targetColumn: Int
  /// Names of the columns; empty where there is no header.
  let names: [String]
  let hasClasses: Bool

  private(set) var rows = 0
  private(set) var features: [Double] = []
  /// Targets of a regression.
  private(set) var targets: [Double] = []
  /// Where these stand in the file.
  private(set) var targetPlaces: [TextPlace] = []
  /// Targets of a classification: numbers of classes in the order in which they first occur.
  private var labels: [Int32] = []
  private var labelOf: [String: Int32] = [:]

  init(columnCount: Int, targetColumn: Int, names: [String], hasClasses: Bool) {
    self.columnCount = columnCount
    self.targetColumn = targetColumn
    self.names = names
    self.hasClasses = hasClasses
  }

  /// Adds the reader's current record.
  mutating func append(_ reader: borrowing CSVReader) throws {
    let fields = reader.fields
    guard fields.count == columnCount else {
      throw DatasetError(
        .malformed, path: reader.path,
        at: reader.place(of: fields[min(fields.count, columnCount) - 1].bytes.lowerBound),
        "\(fields.count) fields; every line has \(columnCount), like the first")
    }
    for column in 0..<columnCount {
      if column != targetColumn {
        features.append(try number(reader, column))
      } else if hasClasses {
        labels.append(try label(reader, column))
      } else {
        targets.append(try number(reader, column))
        if case .text(let line, let place) = reader.place(of: fields[column].bytes.lowerBound) {
          targetPlaces.append(TextPlace(line: line, column: place))
        }
      }
    }
    rows += 1
  }

  private func number(_ reader: borrowing CSVReader, _ column: Int) throws -> Double {
    let field = reader.fields[column]
    do {
      return try reader.buffer.withUnsafeBufferPointer { bytes throws(DecimalNumber.Failure) in
        try DecimalNumber.parse(UnsafeBufferPointer(rebasing: bytes[field.bytes]))
      }
    } catch {
      let text = try reader.text(field)
      let reason =
        switch (error, text.isEmpty) {
        case (_, true): "an empty field: missing values are not accepted"
        case (.overflow, _): "\"\(text.prefix(40))\" is too large for a number"
        case (.notANumber, _): "\"\(text.prefix(40))\" is not a finite decimal number"
        }
      throw DatasetError(
        .badValue, path: reader.path, at: reader.place(of: field.bytes.lowerBound),
        "\(reason) (\(name(of: column)))"
          + (names.isEmpty && rows == 0 ? "; if this line names the columns, say that there is a header" : ""))
    }
  }

  private mutating func label(_ reader: borrowing CSVReader, _ column: Int) throws -> Int32 {
    let field = reader.fields[column]
    let text = try reader.text(field)
    if let missing = MissingValue(text), !isMeant(missing, reader, field) {
      throw DatasetError(
        .badValue, path: reader.path, at: reader.place(of: field.bytes.lowerBound),
        refusal(of: text, missing, isQuoted: field.isQuoted, column))
    }
    if let known = labelOf[text] { return known }
    let new = Int32(labelOf.count)
    labelOf[text] = new
    return new
  }

  /// Whether a word that may say that a value is missing is the name of a class: where it is in quotes, and not because
  /// all is.
  private func isMeant(_ missing: MissingValue, _ reader: borrowing CSVReader, _ field: CSVReader.Field) -> Bool {
    missing == .ambiguous && field.isQuoted && !reader.fields.allSatisfy(\.isQuoted)
  }

  private func refusal(of text: String, _ missing: MissingValue, isQuoted: Bool, _ column: Int) -> String {
    let place = "where a class belongs (\(name(of: column)))"
    if text.isEmpty { return "an empty field \(place): leave the sample out, or write its class" }
    switch missing {
    case .missing:
      return "\"\(text)\" \(place): that is how a missing value is written, which is no class; leave the sample out, or"
        + " write its class in full"
    case .ambiguous:
      let accepted =
        isQuoted
        ? "quotes say nothing where every field has them: where it is a class, leave them off the numbers"
        : "where it is a class, put it in quotes"
      return "\"\(text)\" \(place): a missing value may be written so; leave the sample out, or, \(accepted)"
    }
  }

  /// A column as messages name it.
  func name(of column: Int) -> String {
    names.isEmpty ? "column \(column)" : "column \(column), \"\(names[column])\""
  }
}

extension CSVTable {
  /// The classes in order: by value where all are integers ("7" and "7.0" are one), else by their Unicode scalars.
  func classes(path: String, columnName: String) throws -> RawTargets {
    let texts = labelOf.sorted { $0.value < $1.value }.map(\.key)
    let names = try classNames(of: texts, path: path, columnName: columnName)
    let sorted = sortedNames(Set(names))
    guard sorted.count > 1 else {
      throw DatasetError(
        .mislabelled, path: path, "\(columnName) has the one class \"\(sorted[0])\"; there must be two or more")
    }
    guard sorted.count < max(3, rows) else {
      throw DatasetError(
        .mislabelled, path: path,
        "\(columnName) has a different value in each of \(rows) samples: it holds no classes")
    }
    let index = Dictionary(uniqueKeysWithValues: zip(sorted, Int32(0)...))
    let renumbered = names.map { index[$0]! }
    return .classes(labels.map { renumbered[Int($0)] }, names: sorted)
  }

  /// Each label's class name: integers in their shortest form where all labels are numbers.
  private func classNames(of texts: [String], path: String, columnName: String) throws -> [String] {
    let numbers = texts.compactMap { text in
      var copy = text
      return copy.withUTF8 { try? DecimalNumber.parse($0) }
    }
    guard numbers.count == texts.count else { return texts }
    return try zip(texts, numbers).map { text, number in
      // Digits are read as they are: a Double would make neighbours beyond 2⁵³ one class.
      if let integer = Int(text) { return String(integer) }
      guard number.magnitude < IntegerClasses.limit else {
        throw DatasetError(.mislabelled, path: path, "\(columnName) holds \"\(text)\": \(IntegerClasses.beyondLimit)")
      }
      guard let integer = Int(exactly: number) else {
        throw DatasetError(
          .mislabelled, path: path,
          "\(columnName) holds \"\(text)\": classes are integers or text; numbers are a task of regression")
      }
      return String(integer)
    }
  }

  private func sortedNames(_ names: Set<String>) -> [String] {
    let integers = names.compactMap { Int($0) }
    if integers.count == names.count { return integers.sorted().map(String.init) }
    return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }
}
