#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Numbers as a reader wants them: as many digits as mean something.
public enum NumberText {
  /// What is written where there is no number.
  public static let missing = "–"

  /// Up to six significant digits without trailing zeros: hyperparameters.
  ///
  /// - Parameter digits: More of them, where six do not tell a number from others; as many are written as tell it in full.
  public static func short(_ value: Double, _ digits: Int = usualDigits) -> String {
    guard value.isFinite else { return symbol(value) }
    for fewer in usualDigits..<max(usualDigits, digits) {
      let text = formatted("%.\(fewer)g", value)
      if Double(text) == value { return text }
    }
    return formatted("%.\(digits)g", value)
  }

  /// A fixed number of significant digits, trailing zeros kept: results. Scientific below 1e-4 and from 1e7.
  public static func significant(_ value: Double, _ digits: Int = 5) -> String {
    guard value.isFinite else { return symbol(value) }
    guard value != 0 else { return fixed(0, digits - 1) }
    guard let exponent = plainExponent(value, digits) else { return formatted("%.\(digits - 1)e", value) }
    return fixed(value, max(0, digits - 1 - exponent))
  }

  /// The two ends of an interval, for example "0.0766 to 0.0988": three significant digits, and more where they would be
  /// further apart than a quarter of the interval.
  public static func interval(_ interval: Interval) -> String {
    let largest = max(interval.lower.magnitude, interval.upper.magnitude)
    let width = interval.upper - interval.lower
    var digits = 3
    if width > 0, width.isFinite {
      let exponent = log10(largest).rounded(.down)
      while digits < 15, pow(10, exponent - Double(digits - 1)) > width / 4 { digits += 1 }
    }
    return "\(significant(interval.lower, digits)) to \(significant(interval.upper, digits))"
  }

  /// A mean with its standard error: the error with two significant digits, the mean with as many decimals.
  public static func measurement(_ mean: Double, _ standardError: Double) -> String {
    guard mean.isFinite, standardError.isFinite else { return significant(mean) }
    guard standardError > 0 else { return "\(significant(mean)) ± 0" }
    guard plainExponent(mean, 5) != nil || mean == 0, let exponent = plainExponent(standardError, 2) else {
      return "\(significant(mean)) ± \(formatted("%.1e", standardError))"
    }
    let decimals = max(0, 1 - exponent)
    return "\(fixed(mean, decimals)) ± \(fixed(standardError, decimals))"
  }

  /// Two significant digits, never 0.
  public static func pValue(_ value: Double) -> String {
    guard value.isFinite else { return missing }
    return value < 1e-4 ? "< 0.0001" : formatted("%.2g", value)
  }

  public static func percent(_ share: Double) -> String {
    share.isFinite ? formatted(share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share) : missing
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String { formatted("%.\(decimals)f", value) }

  private static func symbol(_ value: Double) -> String {
    value.isNaN ? missing : value > 0 ? "∞" : "−∞"
  }

  /// The decimal exponent after rounding to `digits`; nil where the number is written in scientific notation.
  private static func plainExponent(_ value: Double, _ digits: Int) -> Int? {
    let text = formatted("%.\(digits - 1)e", value)
    guard let mark = text.lastIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else { return nil }
    return (-4..<7).contains(exponent) ? exponent : nil
  }

  private static func formatted(_ format: String, _ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(
      decoding: buffer.prefix(min(Int(length), buffer.count - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
