import Foundation

/// Numbers as people read them.
public enum Quantity {
  /// A length of time in two units at most: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "unknown" }
    if seconds < 9.95 { return "\(fixed(seconds, digits: 1)) s" }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(padded(whole % 60)) s"
    case ..<86400: return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
    default: return "\(whole / 86400) d \(whole / 3600 % 24) h"
    }
  }

  /// A number of bytes in binary units: `512 B`, `1.5 KiB`, `20 MiB`.
  public static func bytes(_ count: Double) -> String {
    var value = count
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while value >= 1023.5, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(fixed(value, digits: value < 9.95 && unit > 0 ? 1 : 0)) \(units[unit])"
  }

  /// A count of one or many: `1 run`, `1,797 runs`.
  public static func count(_ value: Int, _ noun: String) -> String {
    "\(grouped(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// Digits in groups of three: `1,234,567`.
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0, (digits.count - offset).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// A fixed number of decimals.
  public static func fixed(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

  /// Four significant digits, enough for a loss: `0.03217`, `1.234`, `1.234e-06`.
  public static func significant(_ value: Double) -> String { String(format: "%.4g", value) }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
