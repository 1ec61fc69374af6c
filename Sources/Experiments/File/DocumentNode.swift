/// A YAML value with the place it was written at: the file's tree once its structure is known to be sound.
struct DocumentNode {
  var content: Content
  var location: ExperimentFileError.Location

  indirect enum Content {
    /// `isPlain`: written without quotes, so that it may stand for a number, a truth value or nothing.
    case scalar(String, isPlain: Bool)
    case list([DocumentNode])
    case mapping([Entry])
  }

  struct Entry {
    var key: String
    var keyLocation: ExperimentFileError.Location
    var value: DocumentNode
  }

  /// The value as an error message shows it: one line, short.
  var shown: String {
    switch content {
    case .scalar(let text, let isPlain):
      let short = text.count > 40 ? "\(text.prefix(40))…" : text
      let printable = String(
        String.UnicodeScalarView(short.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "·" : $0 }))
      return isPlain && NumberText.value(of: text) != nil ? printable : "\"\(printable)\""
    case .list(let items): return items.isEmpty ? "an empty list" : "a list"
    case .mapping(let entries): return entries.isEmpty ? "an empty mapping" : "a mapping"
    }
  }

  /// Whether it is one scalar, or a list of nothing else.
  var isListOfScalars: Bool {
    guard case .list(let items) = content else { return true }
    return items.allSatisfy { if case .scalar = $0.content { true } else { false } }
  }

  /// Whether it is written as a switch is.
  var isTruth: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["true", "false"].contains(text.lowercased())
  }

  /// Whether nothing was written: YAML's null.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }
}

/// Numbers as YAML 1.2 writes them, and `_` between digits.
///
/// Not read by YAML's own rules, because its versions disagree: `1e-3` is text to some, `010` is 8 or 10, `1:30` is 90.
/// Here a number is decimal, has no superfluous leading zero, and may have an exponent without a point.
enum NumberText {
  static func value(of text: String) -> Double? {
    switch text.lowercased() {
    case ".inf", "+.inf", "inf", "+inf", "infinity": return .infinity
    case "-.inf", "-inf": return -.infinity
    case ".nan", "nan": return .nan
    default: break
    }
    guard isNumber(Array(text.utf8)) else { return nil }
    // adding zero turns −0 into 0
    return Double(text.filter { $0 != "_" }).map { $0 + 0 }
  }

  /// An integer: digits, or a number without a fraction such as `1e3`.
  static func integer(of text: String) -> Int? {
    let plain = text.filter { $0 != "_" }
    if let exact = Int(plain) { return value(of: text) == nil ? nil : exact }
    return isNumber(Array(text.utf8)) ? wholeDecimal(plain) : nil
  }

  /// The integer that a decimal stands for, to the last digit; nil for a fraction, or beyond the integers there are.
  private static func wholeDecimal(_ text: String) -> Int? {
    let parts = text.lowercased().split(separator: "e", maxSplits: 1)
    let halves = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = halves.count > 1 ? halves[1] : ""
    var digits = String(halves[0] + fraction)
    let sign = digits.first == "-" ? "-" : ""
    digits.removeAll { $0 == "-" || $0 == "+" }
    guard digits.contains(where: { $0 != "0" }) else { return 0 }
    // A power with more digits than an integer has takes any number out of their range, or below one.
    guard let power = parts.count > 1 ? Int(parts[1]) : 0, abs(power) < 1_000_000 else { return nil }
    var exponent = power - fraction.count
    while exponent < 0, digits.last == "0" {
      digits.removeLast()
      exponent += 1
    }
    guard exponent >= 0, exponent < 19 else { return nil }
    return Int(sign + digits + String(repeating: "0", count: exponent))
  }

  private static func isNumber(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
    func takeDigits() -> [UInt8] {
      var digits: [UInt8] = []
      while let byte = rest.first,
        isDigit(byte) || (byte == 95 && isDigit(digits.last) && isDigit(rest.dropFirst().first))
      {
        digits.append(byte)
        rest = rest.dropFirst()
      }
      return digits
    }
    func take(_ accepted: String) -> Bool {
      guard let byte = rest.first, accepted.utf8.contains(byte) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = take("+-")
    let whole = takeDigits()
    let fraction = take(".") ? takeDigits() : []
    if whole.isEmpty && fraction.isEmpty { return false }
    if whole.count > 1 && whole[0] == 48 { return false }
    if take("eE") {
      _ = take("+-")
      if takeDigits().isEmpty { return false }
    }
    return rest.isEmpty
  }
}
