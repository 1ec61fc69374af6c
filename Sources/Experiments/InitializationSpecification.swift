import Settings

/// Where the weights of a network start.
public struct InitializationSpecification: Hashable, Sendable {
  /// The distribution of the kernels.
  public var choice: PartChoice
  /// Of all biases.
  public var bias: Double

  public init(_ choice: PartChoice, bias: Double = 0) {
    self.choice = choice
    self.bias = bias
  }
}

extension InitializationSpecification {
  private static let biasColumn = "initial_bias"
  private static let biasKey = "bias"

  /// The biases only where they are asked for, so that identities are what they were before there were any.
  var hyperparameters: [Hyperparameter] {
    choice.hyperparameters(of: .initialization) + (bias == 0 ? [] : [.init(Self.biasColumn, .number(bias))])
  }

  /// Columns that trials may have of theirs.
  static func columns(_ parts: Parts) -> [String] {
    PartChoice.columns(of: .initialization, parts) + [biasColumn]
  }

  init?(_ parts: Parts, stored value: (String) -> HyperparameterValue?) {
    guard let choice = PartChoice(.initialization, parts, stored: value) else { return nil }
    var bias = 0.0
    if case .number(let number)? = value(Self.biasColumn) { bias = number }
    self.init(choice, bias: bias)
  }

  static func reader(_ parts: Parts) -> PartReader {
    PartReader(family: .initialization, parts: parts, shared: [biasKey], nameKey: "kind")
  }

  /// Reads an initialization, and in a grid every combination of its settings' values.
  static func read(_ field: DocumentField, by reader: PartReader, varies: Bool) -> [InitializationSpecification] {
    guard let entry = reader.read(field, varies: varies) else { return [] }
    let biases = entry.numbers(biasKey, in: .finite, standard: 0)
    return entry.choices.flatMap { choice in biases.map { .init(choice, bias: $0) } }
  }

  /// Reports biases of layers that have none.
  static func check(_ axis: GridAxis<InitializationSpecification>, fixed: DocumentField?, hasBiases: Bool) {
    guard !hasBiases, let index = axis.values.firstIndex(where: { $0.bias != 0 }) else { return }
    let field = axis.fields.indices.contains(index) ? axis.fields[index] : fixed
    field?.report("initial biases where layers have none", accepted: "no bias here, or network.bias: true")
  }
}
