import Experiments
import Foundation
import Testing

@testable import Reports

@Suite struct OutputTests {
  /// A sweep whose names try everything.
  private var hostile: SweepResults {
    let runs = ["=1+1", "@SUM(A1)", "-2", "a,\"b\"\r\nc", "\u{1B}[2Jadam", "abc\u{202E}txt"].enumerated().map {
      SampleRun(
        optimizer: $0.element, learningRate: -0.5, loss: Double($0.offset + 1),
        extra: [.init("=cmd|' /C calc'!A0", .text("\t=x\($0.offset)"))])
    }
    var failed = SampleRun(
      optimizer: "=1+1", learningRate: -0.5, seed: 2, extra: [.init("=cmd|' /C calc'!A0", .text("\t=x0"))])
    failed.outcome = .failed(message: "\u{1B}]0;title\u{7}\nline")
    return SweepResults(
      name: "evil\u{1B}[31m\nname", selection: .standard, runs: (runs + [failed]).summaries)
  }

  private func isHarmless(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0 != "\n" && $0 != "\r" && TerminalText.isHidden($0) }
  }

  @Test func namesFromFilesAreHarmlessInText() throws {
    var text = ""
    try SummaryReport(hostile).report(into: &text)
    #expect(isHarmless(text) && !text.contains("\r"))
    #expect(text.hasPrefix("evil\\u{1B}[31m\\u{A}name: 7 runs\n"))
    #expect(text.contains("\\u{1B}[2Jadam"))
    #expect(text.contains("abc\\u{202E}txt"))
    #expect(text.contains("\\u{1B}]0;title\\u{7}\\u{A}line"))
  }

  @Test func csvReadsBackAndNoFormulaIsLeft() throws {
    var text = ""
    try SummaryReport(hostile).writeCSV(to: &text)
    #expect(isHarmless(text))
    let records = parseCSV(text)
    #expect(records.count == 7)
    #expect(Set(records.map(\.count)) == [records[0].count])
    let optimizer = try #require(records[0].firstIndex(of: "optimizer"))
    #expect(
      Set(records.dropFirst().map { $0[optimizer] }) == [
        "'=1+1", "'@SUM(A1)", "'-2", "a,\"b\"\\u{D}\\u{A}c", "\\u{1B}[2Jadam", "abc\\u{202E}txt",
      ])
    for cell in records.joined() where Double(cell) == nil {
      #expect(cell.first.map { !"=+-@\t\r".contains($0) } ?? true, "\(cell)")
    }
    #expect(text.hasSuffix("\r\n"))
  }

  /// Numbers stay numbers, negative ones included, to the last bit.
  @Test func csvNumbers() {
    var text = ""
    CSV.write([.number(-0.1), .number(.nan), .integer(-3), .number(0.1 + 0.2), .text("a"), .text("it's")], to: &text)
    #expect(text == "-0.1,,-3,0.30000000000000004,a,it's\r\n")
  }

  @Test func jsonReadsBack() throws {
    for change in [{ _ in }, { $0.ranksRuns = true }, { $0.groupKeys = ["optimizer"] }]
      as [(inout SummaryReport.Options) -> Void]
    {
      var options = SummaryReport.Options()
      change(&options)
      var text = ""
      try SummaryReport(hostile, options: options).writeJSON(to: &text)
      #expect(isHarmless(text))
      let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(object["name"] as? String == "evil\u{1B}[31m\nname")
      #expect(object["runs"] as? Int == 7)
      let rows = try #require(
        (object["configurations"] ?? object["ranking"] ?? object["groups"]) as? [[String: Any]])
      #expect(rows.count == (options.ranksRuns ? 7 : 6))
      if options.ranksRuns { #expect(rows[6]["rank"] is NSNull && rows[6]["value"] is NSNull) }
    }
  }

  @Test func jsonIsExact() {
    var text = ""
    JSON.object([
      "b": .array([.number(.nan), .number(0.1), .integer(-1), .null]), "a": .string("\"\\\n\u{1F}é\u{E000}𝄞\u{E0001}"),
      "é": .object([:]), "c": .objects(count: 2) { .object(["i": .integer($0)]) },
      "d": .array([]), "e": .boolean(true), "f": .number(-.infinity),
    ]).write(to: &text)
    #expect(
      text == #"""
        {
          "a": "\"\\\u000a\u001fé\ue000𝄞\udb40\udc01",
          "b": [null, 0.1, -1, null],
          "c": [
            {
              "i": 0
            },
            {
              "i": 1
            }
          ],
          "d": [],
          "e": true,
          "f": null,
          "é": {}
        }
        """#)
  }

  @Test(arguments: [
    ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("가", 2), ("±", 1), ("🙂", 2), ("–", 1), ("", 0),
  ])
  func width(text: String, expected: Int) { #expect(TerminalText.width(text) == expected) }

  @Test func tableAlignsWideCharacters() {
    let table = Table(
      columns: [.init("name"), .init("n", .right), .init("last")], rows: [["漢字", "1", "x"], ["ab", "10", ""]])
    var text = ""
    table.write(to: &text, indent: 0)
    #expect(text == "name   n  last\n漢字   1  x\nab    10\n")
  }

  @Test func wrappedText() {
    let text = TerminalText.wrapped("aaa bbb ccc dddddddddddd", first: "- ", limit: 9)
    #expect(text == "- aaa bbb\n  ccc\n  dddddddddddd\n")
  }

  @Test(arguments: [
    (0.0123456, 0.00123, "0.0123 ± 0.0012"), (123.456, 7.89, "123.5 ± 7.9"), (1234.5, 123, "1234 ± 123"),
    (0.12345678, .nan, "0.12346"), (0.5, 0, "0.50000 ± 0"), (1.5e-7, 2e-9, "1.5000e-07 ± 2.0e-09"),
    (0.1, 0.0996, "0.10 ± 0.10"), (.nan, .nan, "–"), (0, 0.5, "0.00 ± 0.50"), (3e9, 1e8, "3.0000e+09 ± 1.0e+08"),
  ])
  func measurement(mean: Double, standardError: Double, expected: String) {
    #expect(NumberText.measurement(mean, standardError) == expected)
  }

  @Test(arguments: [
    (0.1234567, "0.12346"), (9.999999, "10.000"), (123456.7, "123457"), (0.00012345, "0.00012345"), (0, "0.0000"),
    (-1.5, "-1.5000"), (1e-12, "1.0000e-12"), (.infinity, "∞"), (.nan, "–"),
  ])
  func significant(value: Double, expected: String) { #expect(NumberText.significant(value) == expected) }

  @Test func shortNumbers() {
    #expect(NumberText.short(1 - 0.8) == "0.2")
    #expect(NumberText.short(0.0031622776601683794) == "0.00316228")
    #expect(NumberText.short(1e-8) == "1e-08")
    #expect(NumberText.pValue(1e-9) == "< 0.0001" && NumberText.pValue(0.034567) == "0.035")
    #expect(NumberText.percent(0.256) == "26 %" && NumberText.percent(0.034) == "3.4 %")
  }

  @Test func curve() {
    var text = ""
    let points = [
      CurvePlot.Point(label: "0.5", mean: 1, standardError: 0.5), .init(label: "1", mean: 2, standardError: .nan),
    ]
    CurvePlot(points: points, width: 11).write(title: "keep", to: &text)
    // From 0.5 to 2: a standard error is 10/3 columns.
    #expect(text == "  keep  0.500  2.00\n   0.5  ├──●───┤···  1.00 ± 0.50\n     1  ··········●  2.0000\n")
  }

  /// Values far apart would all lie on one column of a linear axis.
  @Test func curveOverDecadesIsLogarithmic() {
    var text = ""
    let points = [1.0, 10, 100].map { CurvePlot.Point(label: "x", mean: $0, standardError: .nan) }
    CurvePlot(points: points, width: 21).write(title: "x", to: &text)
    #expect(text.contains("log scale"))
    #expect(text.contains("  x  ··········●··········  10.000\n"))
  }

  @Test func nothingToDraw() {
    var text = ""
    CurvePlot(points: [.init(label: "x", mean: 1, standardError: .nan)]).write(title: "x", to: &text)
    CurvePlot(points: [.init(label: "x", mean: 1, standardError: 0), .init(label: "y", mean: 1, standardError: 0)])
      .write(title: "x", to: &text)
    #expect(text.isEmpty)
  }
}

/// RFC 4180, strictly: quoted cells may hold anything, others neither quotes nor separators.
private func parseCSV(_ text: String) -> [[String]] {
  var records: [[String]] = [[]]
  var cell = ""
  var isQuoted = false
  var scalars = ArraySlice(Array(text.unicodeScalars))
  while let scalar = scalars.popFirst() {
    switch (scalar, isQuoted) {
    case ("\"", true) where scalars.first == "\"":
      scalars.removeFirst()
      cell.unicodeScalars.append("\"")
    case ("\"", _): isQuoted.toggle()
    case (",", false):
      records[records.count - 1].append(cell)
      cell = ""
    case ("\r", false) where scalars.first == "\n":
      scalars.removeFirst()
      records[records.count - 1].append(cell)
      cell = ""
      records.append([])
    default: cell.unicodeScalars.append(scalar)
    }
  }
  records.removeLast()
  return records
}
