/// A JSON value that is written the same way every time: keys sorted, numbers in their shortest form, NaN and infinities
/// as null.
public enum JSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
  /// This many objects, each made when it is written: a long array never stands in memory.
  case objects(count: Int, @Sendable (Int) -> JSON)

  /// Objects and arrays of objects go over several lines; everything else stays on one.
  public func write(to output: inout some TextOutputStream, indent: Int = 0) {
    switch self {
    case .null: output.write("null")
    case .boolean(let value): output.write(value ? "true" : "false")
    case .integer(let value): output.write("\(value)")
    case .number(let value): output.write(value.isFinite ? "\(value)" : "null")
    case .string(let value): output.write(Self.quoted(value))
    case .array(let elements):
      let isNested = elements.contains { if case .object = $0 { true } else { false } }
      write(elements.lazy.map { (nil, $0) }, "[", "]", nested: isNested, indent, to: &output)
    case .objects(let count, let element):
      write((0..<count).lazy.map { (nil, element($0)) }, "[", "]", nested: true, indent, to: &output)
    case .object(let members):
      // By scalars: String's own order is that of Unicode's canonical equivalence.
      let sorted = members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      write(sorted.lazy.map { ($0.key, $0.value) }, "{", "}", nested: true, indent, to: &output)
    }
  }

  private func write(
    _ members: some Collection<(key: String?, value: JSON)>, _ open: String, _ close: String, nested: Bool,
    _ indent: Int, to output: inout some TextOutputStream
  ) {
    guard !members.isEmpty else {
      output.write(open + close)
      return
    }
    let line = nested ? "\n" + String(repeating: " ", count: indent + 2) : ""
    output.write(open)
    var isFirst = true
    for member in members {
      if !isFirst { output.write(nested ? "," : ", ") }
      isFirst = false
      output.write(line)
      if let key = member.key { output.write(Self.quoted(key) + ": ") }
      member.value.write(to: &output, indent: indent + 2)
    }
    if nested { output.write("\n" + String(repeating: " ", count: indent)) }
    output.write(close)
  }

  private static func quoted(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) { return "\"\(text)\"" }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        if TerminalText.isHidden(scalar) {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
