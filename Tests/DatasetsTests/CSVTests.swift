import Experiments
import Foundation
import Testing

@testable import Datasets

struct CSVTests {
  static func load(
    _ text: String, target: String = "y", header: Bool = true, task: DataSource.Task = .classification
  ) throws -> RawDataset {
    let directory = try TemporaryDirectory()
    let path = try directory.write(text)
    return try DataLoader.load(.csv(path: path, target: target, header: header, task: task))
  }

  /// Quotes, doubled quotes, line breaks in fields, CRLF, a byte order mark, an empty line, blanks, no last line break.
  @Test func readsWhatPythonReads() throws {
    let expected = try Expected.load().quoted
    let path = fixture("quoted.csv").path
    let table = try DataLoader.load(.csv(path: path, target: "species", header: true, task: .classification))
    #expect(table.samples.doubles == expected.features)
    #expect(table.featureShape == [3])
    #expect(table.samples.classNames == Set(expected.labels).sorted())
    #expect(table.samples.labels.map { table.samples.classNames[Int($0)] } == expected.labels)
  }

  @Test func recordsDoNotDependOnHowTheFileIsCut() throws {
    let expected = try Expected.load().quoted.records
    for chunk in 16...200 {
      var reader = try CSVReader(path: fixture("quoted.csv").path, chunk: chunk)
      var records: [[String]] = []
      while try reader.nextRecord() { records.append(try reader.fields.map(reader.text)) }
      #expect(records == expected, "read \(chunk) bytes at a time")
    }
  }

  @Test func compressedIsTheSame() throws {
    let directory = try TemporaryDirectory()
    let plain = [UInt8](try Data(contentsOf: fixture("quoted.csv")))
    let path = try directory.write(gzipped(plain), to: "quoted.csv.gz")
    let read = { (path: String) in
      try DataLoader.load(.csv(path: path, target: "species", header: true, task: .classification)).contentHash
    }
    #expect(try read(path) == read(fixture("quoted.csv").path))
  }

  @Test func targetByIndexWithoutHeader() throws {
    let table = try Self.load("b,1,2\na,3,4\nb,5,6\n", target: "0", header: false)
    #expect(table.samples.doubles == [1, 2, 3, 4, 5, 6])
    #expect(table.samples.classNames == ["a", "b"])
    #expect(table.samples.labels == [1, 0, 1])
  }

  @Test func regressionTargets() throws {
    let table = try Self.load("x,y\n1,0.5\n2,-1e3\n", task: .regression)
    #expect(table.samples.targets == .values([0.5, -1000], columns: 1))
    #expect(table.samples.doubles == [1, 2])
  }

  @Test func integerClassesAreOrderedByValue() throws {
    let table = try Self.load("x,y\n0,10\n0,9\n0,-1\n0,9.0\n0,+10\n")
    #expect(table.samples.classNames == ["-1", "9", "10"])
    #expect(table.samples.labels == [2, 1, 0, 1, 2])
  }

  @Test func classesDoNotDependOnTheOrderOfRows() throws {
    let names = try [["b", "a", "C"], ["C", "b", "a"], ["a", "C", "b"]].map { order in
      try Self.load("x,y\n" + (order + order).map { "1,\($0)\n" }.joined()).samples.classNames
    }
    #expect(names == [[String]](repeating: ["C", "a", "b"], count: 3))
  }

  /// Identifiers beyond 2⁵³ are read by their digits.
  @Test func classesDoNotMergeBeyondDoubles() throws {
    let text = "x,y\n" + (0..<3).flatMap { _ in ["1,9007199254740992\n", "1,9007199254740993\n"] }.joined()
    let samples = try Self.load(text).samples
    #expect(samples.classNames == ["9007199254740992", "9007199254740993"] && samples.labels == [0, 1, 0, 1, 0, 1])
  }

  /// `pandas._libs.parsers.STR_NA_VALUES` of pandas 3.1.1: what read_csv takes for missing by default.
  private static let pandas = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
  ]

  /// What pandas, NumPy, R, ARFF, SAS and spreadsheets write for a missing value is no class; words that look like it are.
  @Test(
    arguments: pandas + [
      "#n/a", "?", "inf", "-inf", "Infinity", "+inf", "-", "--", ".", "nil", "none", "NaT", "n.a.", "#DIV/0!", "#REF!",
      "#ERROR!", "Err:502", "\u{a0}",
    ])
  func missingValuesAreNoClass(missing: String) throws {
    let error = try #require(failure { try Self.load("x,y\n1,a\n1,b\n1,a\n2,\(missing)\n") })
    #expect(error.code == .badValue && error.place == .text(line: 5, column: 3))
    let found = missing.isEmpty ? "an empty field" : "\"\(missing)\""
    #expect(error.message.hasPrefix("\(found) where a class belongs (column 1, \"y\"): "), "\(error)")
    #expect(error.message.contains("leave the sample out, or"), "\(error)")
    #expect(try Self.load("x,y\n1,a\n1,nana\n1,a\n2,nana\n").samples.classNames == ["a", "nana"])
  }

  /// Words that may be a class are one in quotes, unless quotes are around everything.
  @Test(arguments: ["none", "None", "-", ".", "nil", "--"]) func quotesMakeAWordAClass(word: String) throws {
    let quoted = try Self.load("x,y\n1,a\n1,\"\(word)\"\n1,a\n2,\"\(word)\"\n").samples
    #expect(Set(quoted.classNames) == ["a", word] && quoted.labels.count == 4)
    let bare = try #require(failure { try Self.load("x,y\n1,a\n1,\(word)\n1,a\n2,\(word)\n") })
    #expect(bare.message.hasSuffix("where it is a class, put it in quotes"), "\(bare)")
    let rows = ["1,a", "1,\(word)", "1,a", "2,\(word)"].map { "\"\($0.replacing(",", with: "\",\""))\"\n" }.joined()
    let all = try #require(failure { try Self.load("x,y\n" + rows) })
    #expect(all.place == .text(line: 3, column: 6))
    #expect(all.message.contains("quotes say nothing where every field has them"), "\(all)")
  }

  /// Quotes are no way for what no class is called: writers that quote all text quote these too.
  @Test(arguments: ["NA", "nan", "?", "", "inf"]) func quotesMakeNoClassOfNothing(word: String) throws {
    let error = try #require(failure { try Self.load("x,y\n1,a\n1,\"\(word)\"\n1,a\n2,\"\(word)\"\n") })
    #expect(error.place?.isText(line: 3) == true && error.message.contains("where a class belongs"), "\(error)")
  }

  /// Scaling and conversion say which number of which column they cannot take.
  @Test func numbersTooLargeAreNamed() throws {
    func rows(large: (Int) -> Bool) -> String {
      (1...20).map { "\($0),\(large($0) ? "1e300" : "0"),\($0 == 9 ? "1e60" : "1")\n" }.joined()
    }
    let split = SplitSpecification(train: 0.5, validation: 0.5, test: 0)
    let directory = try TemporaryDirectory()
    func prepared(_ standardization: Standardization, _ rows: String) throws -> DatasetError? {
      let path = try directory.write("a,b,y\n" + rows)
      let source = DataSource.csv(path: path, target: "y", header: true, task: .regression)
      let data = DataSpecification(source: source, standardization: standardization, split: split)
      let raw = try DataLoader.load(source)
      return failure { try raw.prepare(data, as: Float.self) }
    }
    let squares = try #require(try prepared(.standardize, rows { $0 % 2 == 0 }))
    #expect(squares.path?.hasSuffix("data.csv") == true)
    #expect(squares.message.hasPrefix("column 1, \"b\" has values too large"))
    let feature = try #require(try prepared(.none, rows { $0 == 7 }))
    #expect(feature.message.hasPrefix("column 1, \"b\" of sample 7, in the "), "\(feature)")
    let target = try #require(try prepared(.none, rows { _ in false }))
    #expect(target.place?.isText(line: 10) == true, "\(target)")
    #expect(target.message == "the target of sample 9 in column 2, \"y\" is 1e+60, which is too large for Float")
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var text: String
    var code: DatasetError.Code
    var place: DatasetError.Place?
    /// Part of the message.
    var says: String
    var target = "y"
    var header = true
    var task = DataSource.Task.classification

    var testDescription: String { says }
  }

  static let faults: [Fault] = [
    .init(text: "", code: .badSize, says: "empty"),
    .init(text: "\n\r\n", code: .badSize, says: "empty"),
    .init(text: "x,y\n", code: .badSize, says: "no samples"),
    .init(text: "x,y\n1,a\n2\n", code: .malformed, place: .text(line: 3, column: 1), says: "1 fields"),
    .init(text: "x,y\n1,a\n2,b,3\n", code: .malformed, place: .text(line: 3, column: 3), says: "3 fields"),
    .init(text: "x,y\n1,a\nzwei,b\n", code: .badValue, place: .text(line: 3, column: 1), says: "\"zwei\""),
    .init(text: "x,z,y\n1,nan,a\n", code: .badValue, place: .text(line: 2, column: 3), says: "column 1, \"z\""),
    .init(text: "x,y\n-inf,a\n", code: .badValue, place: .text(line: 2, column: 1), says: "\"-inf\""),
    .init(text: "x,y\n1e400,a\n", code: .badValue, place: .text(line: 2, column: 1), says: "too large"),
    .init(text: "x,y\n,a\n", code: .badValue, place: .text(line: 2, column: 1), says: "missing values"),
    .init(text: "x,y\n1,\n", code: .badValue, place: .text(line: 2, column: 3), says: "class belongs"),
    .init(
      text: "x,y\n1,\"two\nlines\"\nq,b\n", code: .badValue, place: .text(line: 4, column: 1), says: "\"q\""),
    .init(
      text: "n,x,y\n1,\"2\n\n\",c\n", code: .badValue, place: .text(line: 2, column: 4), says: "column 1, \"x\""),
    .init(
      text: "x,y\n1,b\n2,x\n", code: .badTarget, place: .text(line: 1, column: 1),
      says: "no column is named \"label\"; the header has \"x\", \"y\"", target: "label"),
    .init(text: "y,y\n1,b\n", code: .badTarget, place: .text(line: 1, column: 1), says: "2 columns are named \"y\""),
    .init(text: "1,b\n", code: .badTarget, says: "index from 0 to 1", target: "2", header: false),
    .init(text: "1,b\n", code: .badTarget, says: "\"-1\" is no column", target: "-1", header: false),
    .init(
      text: "x,y\n1,2\n", code: .badValue, place: .text(line: 1, column: 1), says: "names the columns", target: "1",
      header: false),
    .init(text: "x;y\n1;2\n", code: .malformed, place: .text(line: 1, column: 1), says: "semicolons"),
    .init(text: "x,y\n1,\"a\n2,b\n", code: .malformed, place: .text(line: 2, column: 3), says: "never closed"),
    .init(text: "x,y\n1,a\"b\n", code: .malformed, place: .text(line: 2, column: 4), says: "within an unquoted"),
    .init(text: "x,y\n\"1\" ,a\n", code: .malformed, place: .text(line: 2, column: 4), says: "after a closing quote"),
    .init(text: "x,y\r1,a\r", code: .malformed, place: .text(line: 1, column: 4), says: "carriage return"),
    .init(text: "x,y\n1,a\n2,a\n", code: .mislabelled, says: "one class \"a\""),
    .init(text: "x,y\n1,a\n2,b\n3,c\n", code: .mislabelled, says: "different value in each of 3 samples"),
    .init(text: "x,y\n1,0.5\n2,1\n3,1\n", code: .mislabelled, says: "regression"),
    .init(text: "x,y\n1,1e16\n2,1\n3,1\n", code: .mislabelled, says: "within ±9007199254740991"),
    .init(
      text: "x,y\n1,0.5\n2,b\n", code: .badValue, place: .text(line: 3, column: 3), says: "\"b\"", task: .regression),
  ]

  @Test(arguments: faults)
  func saysWhatIsWrongAndWhere(_ fault: Fault) throws {
    let error = try #require(
      failure { try Self.load(fault.text, target: fault.target, header: fault.header, task: fault.task) })
    #expect(error.code == fault.code)
    #expect(error.place == fault.place)
    #expect(error.message.contains(fault.says), "\(error)")
    #expect(error.path?.hasSuffix("data.csv") == true)
  }

  @Test func describesThePlaceLikeACompiler() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("x,y\n1,a\n2,b\nzwei,b\n")
    let error = try #require(
      failure { try DataLoader.load(.csv(path: path, target: "y", header: true, task: .classification)) })
    #expect(error.description == "\(path):4:1: \"zwei\" is not a finite decimal number (column 0, \"x\")")
  }

  @Test func otherEncodingsAreNamed() throws {
    let directory = try TemporaryDirectory()
    let utf16 = try directory.write([0xff, 0xfe, 0x78, 0x00], to: "utf16.csv")
    let latin = try directory.write(Array("x,y\n1,".utf8) + [0xe9, 0x0a], to: "latin.csv")
    let load = { try DataLoader.load(.csv(path: $0, target: "y", header: true, task: .classification)) }
    #expect(failure { try load(utf16) }?.message.contains("UTF-16") == true)
    #expect(failure { try load(latin) }?.place == .text(line: 2, column: 3))
  }

  @Test func aRecordWithoutEndIsRefusedInBoundedMemory() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Array("x,\"".utf8) + [UInt8](repeating: 0x61, count: 1 << 25), to: "endless.csv")
    let error = failure { try DataLoader.load(.csv(path: path, target: "x", header: true, task: .regression)) }
    #expect(error?.message.contains("a record of more than 16777216 bytes") == true)
  }

  /// Every way of cutting the file short, and every way of flipping one bit: an error, or rows that were there.
  @Test func damageNeverCrashes() throws {
    let directory = try TemporaryDirectory()
    let whole = [UInt8](try Data(contentsOf: fixture("quoted.csv")))
    let load = { (bytes: [UInt8]) in
      let path = try directory.write(bytes, to: "damaged.csv")
      return try DataLoader.load(.csv(path: path, target: "species", header: true, task: .classification))
    }
    let rows = try load(whole).samples.doubles
    for length in 0..<whole.count {
      do {
        let table = try load(Array(whole[..<length]))
        // A number cut short at the end of the file is still a number: all others must be those of the whole file.
        let count = table.samples.doubles.count
        #expect(table.samples.doubles.dropLast() == rows[..<(count - 1)], "cut to \(length) bytes")
      } catch { #expect(error is DatasetError) }
    }
    for position in whole.indices {
      for bit in 0..<8 {
        var flipped = whole
        flipped[position] ^= 1 << bit
        do {
          let table = try load(flipped)
          #expect(table.samples.doubles.allSatisfy { $0.isFinite })
        } catch { #expect(error is DatasetError) }
      }
    }
  }
}

extension DatasetError.Place {
  fileprivate func isText(line wanted: Int) -> Bool {
    if case .text(let line, _) = self { line == wanted } else { false }
  }
}
