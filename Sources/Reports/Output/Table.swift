/// Rows of cells under named columns, written as aligned text or CSV.
public struct Table: Sendable {
  public struct Column: Sendable {
    public var title: String
    public var alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  public enum Alignment: Sendable { case left, right }

  public var columns: [Column]
  public var rows: [[String]]

  public init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Two spaces between columns, no trailing spaces. Cells and titles are escaped.
  public func write(to output: inout some TextOutputStream, indent: Int = 2) {
    let lines = [columns.map(\.title)] + rows
    let cells = lines.map { $0.map(TerminalText.escaped) }
    let widths = columns.indices.map { column in cells.map { TerminalText.width($0[column]) }.max() ?? 0 }
    for line in cells {
      var text = String(repeating: " ", count: indent)
      for column in columns.indices {
        if column > 0 { text += "  " }
        text += TerminalText.padded(line[column], to: widths[column], right: columns[column].alignment == .right)
      }
      while text.last == " " { text.removeLast() }
      output.write(text + "\n")
    }
  }
}
