/// Comma-separated values as RFC 4180 has them: CRLF ends each record, quotes are doubled.
public enum CSV {
  public enum Cell: Hashable, Sendable {
    case text(String)
    /// NaN is an empty cell; infinities are `inf` and `-inf`.
    case number(Double)
    case integer(Int)
  }

  public static func write(_ cells: [Cell], to output: inout some TextOutputStream) {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += "," }
      line += text(cell)
    }
    output.write(line + "\r\n")
  }

  /// Spreadsheets run a text that starts like a formula: an apostrophe in front makes it text again (OWASP, CSV
  /// Injection). Numbers stay as they are.
  private static func text(_ cell: Cell) -> String {
    switch cell {
    case .integer(let value): "\(value)"
    case .number(let value): value.isNaN ? "" : "\(value)"
    case .text(let value): quoted(value)
    }
  }

  private static func quoted(_ value: String) -> String {
    var text = TerminalText.escaped(value)
    if let first = text.unicodeScalars.first, "=+-@＝＋－＠".unicodeScalars.contains(first) { text = "'" + text }
    guard text.unicodeScalars.contains(where: { $0 == "\"" || $0 == "," }) else { return text }
    return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }
}
