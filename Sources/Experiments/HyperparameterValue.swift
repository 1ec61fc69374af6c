/// One named entry of a trial's flat description: a column of the results.
public struct Hyperparameter: Hashable, Sendable {
  public var name: String
  public var value: HyperparameterValue

  public init(_ name: String, _ value: HyperparameterValue) {
    self.name = name
    self.value = value
  }

  /// Those that a trial lists only where they are not zero.
  public static let zeroWhereAbsent: Set<String> = ["initial_bias", "input_noise"]
}

public enum HyperparameterValue: Hashable, Sendable {
  case integer(Int)
  case number(Double)
  case text(String)
  /// One number a layer: the data first, then each hidden layer.
  case list([Double])
}

extension HyperparameterValue: CustomStringConvertible {
  /// The shortest text that reads back as the same value.
  public var description: String {
    switch self {
    case .integer(let value): value.description
    case .number(let value): Self.text(value)
    case .text(let value): value
    case .list(let values): values.map(Self.text).joined(separator: " ")
    }
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? Int(value).description : value.description
  }
}
