import Experiments

/// A dropout setting: the probability that a unit is present, for the data and for each hidden layer.
///
/// The dropout rate is d = 1 − keep probability. Layers that all keep the same share count as one, so that networks of
/// different depth fall into the same level.
public struct KeepProbability: Hashable, Sendable {
  public let input: Double
  /// One entry where all hidden layers agree, else one a layer; 1 without hidden layers.
  public let hidden: [Double]

  public static let none = KeepProbability(layers: [1])

  /// Reads the `keep_probability` list of a trial: the data first, then each hidden layer.
  public init(layers: [Double]) {
    input = layers.first ?? 1
    let hidden = Array(layers.dropFirst())
    if hidden.isEmpty {
      self.hidden = [1]
    } else {
      self.hidden = hidden.allSatisfy { $0 == hidden[0] } ? [hidden[0]] : hidden
    }
  }

  /// Whether nothing is dropped.
  public var isNone: Bool { self == .none }

  /// For example "0.5", "input 0.8, hidden 0.5" or "1/0.8/0.5".
  public var label: String { label() }

  /// The same as a dropout rate, for example "0.5", "input 0.2, hidden 0.5" or "0/0.2/0.5".
  public var rateLabel: String { rateLabel() }

  func label(_ digits: Int = 6) -> String { Self.label(input: input, hidden: hidden, neutral: 1, digits) }

  func rateLabel(_ digits: Int = 6) -> String {
    Self.label(input: 1 - input, hidden: hidden.map { 1 - $0 }, neutral: 0, digits)
  }

  private static func label(input: Double, hidden: [Double], neutral: Double, _ digits: Int) -> String {
    let (first, layers) = (NumberText.short(input, digits), hidden.map { NumberText.short($0, digits) })
    if layers.count > 1 { return ([first] + layers).joined(separator: "/") }
    return input == neutral ? layers[0] : "input \(first), hidden \(layers[0])"
  }
}

extension KeepProbability: Comparable {
  /// By the hidden layers, then by the input.
  public static func < (left: Self, right: Self) -> Bool {
    (left.hidden + [left.input]).lexicographicallyPrecedes(right.hidden + [right.input])
  }
}

extension HyperparameterValue {
  /// The dropout setting a `keep_probability` value stands for; nil for text.
  var keepProbability: KeepProbability? {
    switch self {
    case .list(let layers): KeepProbability(layers: layers)
    default: scalar.map { KeepProbability(layers: [1, $0]) }
    }
  }
}

extension RunTable.Column {
  /// Dropout settings that are one level for networks of any depth as one value each, another column as it is.
  var byLevel: RunTable.Column {
    guard name == "keep_probability" || name == "dropout_rate" else { return self }
    let levels = values.map { value -> HyperparameterValue in
      guard case .list(let layers) = value else { return value }
      let setting = KeepProbability(layers: layers)
      // Without hidden layers nothing is dropped in them: a keep probability of 1, a rate of 0.
      return layers.count > 1
        ? .list([setting.input] + setting.hidden) : .list(layers + [name == "dropout_rate" ? 0 : 1])
    }
    let distinct = Set(levels).sorted { $0.precedes($1) }
    let codes = levels.map { level in Int32(distinct.firstIndex(of: level)!) }
    return RunTable.Column(
      name: name, values: distinct, codes: self.codes.map { $0 < 0 ? $0 : codes[Int($0)] })
  }
}
