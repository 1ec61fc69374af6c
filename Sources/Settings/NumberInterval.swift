/// The numbers a key accepts: an interval of the finite numbers.
public struct NumberInterval: Hashable, Sendable, CustomStringConvertible {
  public var lower: Double
  public var includesLower: Bool
  public var upper: Double
  public var includesUpper: Bool

  /// (0, ∞).
  public static let positive = Self(lower: 0, includesLower: false, upper: .infinity, includesUpper: false)
  /// [0, ∞).
  public static let nonNegative = Self(lower: 0, includesLower: true, upper: .infinity, includesUpper: false)
  public static let finite = Self(lower: -.infinity, includesLower: false, upper: .infinity, includesUpper: false)
  /// [0, 1].
  public static let share = Self(lower: 0, includesLower: true, upper: 1, includesUpper: true)
  /// (0, 1].
  public static let keepProbability = Self(lower: 0, includesLower: false, upper: 1, includesUpper: true)
  /// [0, 1).
  public static let dropoutRate = Self(lower: 0, includesLower: true, upper: 1, includesUpper: false)

  public init(lower: Double, includesLower: Bool, upper: Double, includesUpper: Bool) {
    self.lower = lower
    self.includesLower = includesLower
    self.upper = upper
    self.includesUpper = includesUpper
  }

  public init(_ range: Range<Double>) {
    self.init(lower: range.lowerBound, includesLower: true, upper: range.upperBound, includesUpper: false)
  }

  public func contains(_ value: Double) -> Bool {
    value.isFinite && (includesLower ? value >= lower : value > lower)
      && (includesUpper ? value <= upper : value < upper)
  }

  public var description: String {
    func text(_ value: Double) -> String { SettingValue.number(value).description }
    switch (lower.isFinite, upper.isFinite) {
    case (false, false): return "a finite number"
    case (true, false): return "a finite number \(includesLower ? "of at least" : "above") \(text(lower))"
    default:
      return "a number in \(includesLower ? "[" : "(")\(text(lower)), \(text(upper))\(includesUpper ? "]" : ")")"
    }
  }
}
