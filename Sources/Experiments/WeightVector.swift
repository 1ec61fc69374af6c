/// A flat parameter vector in the precision its trial computed in.
public enum WeightVector: Hashable, Sendable, ExpressibleByArrayLiteral {
  case float([Float])
  case double([Double])

  public init(arrayLiteral elements: Float...) { self = .float(elements) }

  public var count: Int {
    switch self {
    case .float(let values): values.count
    case .double(let values): values.count
    }
  }

  public var isEmpty: Bool { count == 0 }

  /// Rounded where the trial computed in Double.
  public var floats: [Float] {
    switch self {
    case .float(let values): values
    case .double(let values): values.map { Float($0) }
    }
  }

  /// Exact in both precisions.
  public var doubles: [Double] {
    switch self {
    case .float(let values): values.map { Double($0) }
    case .double(let values): values
    }
  }

  /// That of the numbers; nil where there are none.
  public var precision: Precision? {
    switch self {
    case .float(let values): values.isEmpty ? nil : .float
    case .double(let values): values.isEmpty ? nil : .double
    }
  }
}
