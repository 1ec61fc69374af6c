/// Text that is safe to print and whose width is known.
public enum TerminalText {
  /// The text with control, format and separator characters written as escapes: a name from a file can neither move the
  /// cursor nor turn the reading direction.
  public static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Columns the text takes in a terminal: two for wide East Asian characters and emoji, none for combining marks.
  public static func width(_ text: String) -> Int {
    text.reduce(0) { $0 + ($1.unicodeScalars.map(width).max() ?? 0) }
  }

  public static func padded(_ text: String, to width: Int, right: Bool) -> String {
    let padding = String(repeating: " ", count: max(0, width - self.width(text)))
    return right ? padding + text : text + padding
  }

  /// The text, escaped, in lines of at most `limit` columns broken at spaces: `first` before the first line, blanks of
  /// the same width before the others. Ends with a newline.
  public static func wrapped(_ text: String, first: String, limit: Int = 100) -> String {
    let indent = width(first)
    var result = first
    var used = indent
    for (index, word) in escaped(text).split(separator: " ").enumerated() {
      let length = width(String(word))
      if index > 0 {
        if used + 1 + length > limit {
          result += "\n" + String(repeating: " ", count: indent)
          used = indent
        } else {
          result += " "
          used += 1
        }
      }
      result += word
      used += length
    }
    return result + "\n"
  }

  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
    default: return false
    }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  /// The wide ranges of Unicode Standard Annex 11, East Asian Width.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FF,
    0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
