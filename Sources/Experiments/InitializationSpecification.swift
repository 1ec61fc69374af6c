/// Where the weights of a network start.
public struct InitializationSpecification: Hashable, Sendable {
  public var kind: InitializationKind
  /// σ of ``InitializationKind/truncatedNormal``; without meaning for other kinds, and 0.
  public var deviation: Double
  /// Of all biases.
  public var bias: Double

  public init(_ kind: InitializationKind, deviation: Double = 0, bias: Double = 0) {
    self.kind = kind
    self.deviation = deviation
    self.bias = bias
  }
}

/// Distribution of the initial weights.
public enum InitializationKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// U(−a, a), a = √(6/(fan_in + fan_out)). Glorot and Bengio (2010).
  case glorotUniform = "glorot_uniform"
  /// N(0, 2/(fan_in + fan_out)).
  case glorotNormal = "glorot_normal"
  /// N(0, 2/fan_in). He et al. (2015).
  case he
  /// U(−a, a), a = √(6/fan_in).
  case heUniform = "he_uniform"
  /// N(0, 1/fan_in). LeCun et al. (1998).
  case lecun
  /// U(−0.05, 0.05).
  case uniform
  case zeros
  /// N(0, σ²) given that the magnitude is under 2σ.
  case truncatedNormal = "truncated_normal"
}

extension InitializationSpecification {
  /// σ and the biases only where they are asked for, so that identities are what they were before there were any.
  var hyperparameters: [Hyperparameter] {
    [.init("initialization", .text(kind.rawValue))]
      + (kind == .truncatedNormal ? [.init("initialization_deviation", .number(deviation))] : [])
      + (bias == 0 ? [] : [.init("initial_bias", .number(bias))])
  }
}
