/// Text that is safe inside an HTML element or a quoted attribute: nothing in it is markup, nothing is invisible.
func htmlEscaped(_ text: String) -> String {
  var result = ""
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if !result.isEmpty { result += "\n" }
    for scalar in TerminalText.escaped(String(line)).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
  return result
}

extension JSON {
  /// JSON that may stand inside a `script` element: no `<` is left in it.
  var scriptText: String {
    var text = ""
    write(to: &text)
    return text.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
  }
}
