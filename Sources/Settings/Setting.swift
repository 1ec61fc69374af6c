/// A setting of a part: its key, what it accepts, its meaning, and where in the part its value stands.
///
/// Its default is the value in a part that was just made, unless it is required: then an experiment file has to give it.
public struct Setting<Root>: Sendable {
  let name: String
  let domain: SettingDomain
  var isRequired = false
  let summary: String
  let get: @Sendable (Root) -> SettingValue
  let set: @Sendable (inout Root, SettingValue) -> Void

  /// A number.
  ///
  /// - Parameters:
  ///   - interval: Accepted values.
  ///   - isRequired: Whether there is no default.
  public static func number(
    _ name: String, _ path: WritableKeyPath<Root, Double> & Sendable, in interval: NumberInterval,
    isRequired: Bool = false, _ summary: String
  ) -> Self {
    Self(name: name, domain: .number(interval, isWhole: false), isRequired: isRequired, summary: summary) {
      .number($0[keyPath: path])
    } set: {
      $0[keyPath: path] = $1.number
    }
  }

  /// A number.
  ///
  /// - Parameter range: Accepted values: lower bound inclusive, upper bound exclusive.
  public static func number(
    _ name: String, _ path: WritableKeyPath<Root, Double> & Sendable, in range: Range<Double>,
    isRequired: Bool = false, _ summary: String
  ) -> Self {
    .number(name, path, in: NumberInterval(range), isRequired: isRequired, summary)
  }

  /// A whole number.
  public static func whole(
    _ name: String, _ path: WritableKeyPath<Root, Int> & Sendable, in range: Range<Int>, _ summary: String
  ) -> Self {
    let bounds = Double(range.lowerBound)..<Double(range.upperBound)
    return Self(name: name, domain: .number(NumberInterval(bounds), isWhole: true), summary: summary) {
      .number(Double($0[keyPath: path]))
    } set: {
      $0[keyPath: path] = Int($1.number)
    }
  }

  /// True or false.
  public static func truth(
    _ name: String, _ path: WritableKeyPath<Root, Bool> & Sendable, _ summary: String
  ) -> Self {
    Self(name: name, domain: .truth, summary: summary) {
      .truth($0[keyPath: path])
    } set: {
      $0[keyPath: path] = $1 == .truth(true)
    }
  }

  /// One of a few words, the names of an enumeration's cases.
  public static func choice<Choice>(
    _ name: String, _ path: WritableKeyPath<Root, Choice> & Sendable, among cases: [Choice] = Choice.allCases,
    _ summary: String
  ) -> Self where Choice: CaseIterable & RawRepresentable<String> & Sendable, Choice.AllCases == [Choice] {
    Self(name: name, domain: .choice(cases.map(\.rawValue)), summary: summary) {
      .word($0[keyPath: path].rawValue)
    } set: { root, value in
      if case .word(let word) = value, let choice = Choice(rawValue: word) { root[keyPath: path] = choice }
    }
  }
}

/// What a setting accepts.
public enum SettingDomain: Hashable, Sendable {
  case number(NumberInterval, isWhole: Bool)
  case truth
  case choice([String])

  public func contains(_ value: SettingValue) -> Bool {
    switch (self, value) {
    case (.number(let interval, let isWhole), .number(let number)):
      interval.contains(number) && (!isWhole || number == number.rounded())
    case (.truth, .truth): true
    case (.choice(let words), .word(let word)): words.contains(word)
    default: false
    }
  }
}

/// A value of a setting.
public enum SettingValue: Hashable, Sendable {
  case number(Double)
  case truth(Bool)
  case word(String)

  var number: Double { if case .number(let number) = self { number } else { .nan } }
}

extension SettingValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(booleanLiteral value: Bool) { self = .truth(value) }
  public init(stringLiteral value: String) { self = .word(value) }
}

extension SettingValue: CustomStringConvertible {
  /// As an experiment file writes it: the shortest text that reads back as the same value.
  public var description: String {
    switch self {
    case .number(let number):
      number == number.rounded() && number.magnitude < 1e15 ? Int(number).description : number.description
    case .truth(let truth): "\(truth)"
    case .word(let word): word
    }
  }
}

/// A setting as every reader of it sees it, whatever part it is of.
public struct SettingDeclaration: Hashable, Sendable {
  public let name: String
  public let domain: SettingDomain
  /// The default; where ``isRequired`` only what a part that was just made has.
  public let standard: SettingValue
  public let isRequired: Bool
  public let summary: String
}
