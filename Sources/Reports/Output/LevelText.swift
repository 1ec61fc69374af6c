import Experiments

/// How the values of one hyperparameter are written beside each other: numbers with six digits, and with more where two of
/// them would read alike.
public struct LevelText: Hashable, Sendable {
  public let name: String
  /// At most so many; a number that fewer tell in full has fewer.
  let digits: Int

  public init(_ name: String, _ values: some Sequence<HyperparameterValue>) {
    self.name = name
    digits = NumberText.digits(tellingApart: values.flatMap(\.numbers))
  }

  init(_ column: RunTable.Column) {
    name = column.name
    digits = column.digits
  }

  public func callAsFunction(_ value: HyperparameterValue) -> String { value.text(as: name, digits: digits) }
}

extension HyperparameterValue {
  /// All numbers it is written with.
  fileprivate var numbers: [Double] {
    switch self {
    case .integer(let value): [Double(value)]
    case .number(let value): [value]
    case .list(let values): values
    case .text: []
    }
  }
}

extension NumberText {
  /// What tables show of hyperparameters.
  public static let usualDigits = 6
  /// Enough for any two numbers.
  private static let mostDigits = 17

  /// The fewest significant digits, six or more, by which all of these numbers read differently.
  static func digits(tellingApart values: [Double]) -> Int {
    let sorted = values.filter(\.isFinite).sorted()
    // Six digits are steps of 1e-5 at most, relatively, and numbers two steps apart are never written alike.
    let close = zip(sorted, sorted.dropFirst()).filter { first, second in
      first != second && second - first <= 2e-5 * max(first.magnitude, second.magnitude)
    }
    return (usualDigits..<mostDigits).first { digits in
      close.allSatisfy { short($0, digits) != short($1, digits) }
    } ?? mostDigits
  }
}
