/// A feed-forward network: convolutions, dense hidden layers, all of one activation, and a linear output layer whose size
/// the data decide.
public struct NetworkSpecification: Hashable, Sendable {
  /// The samples as images; nil where no layer asks for that.
  public var image: ImageSize?
  /// From the image upwards, below the dense layers.
  public var convolutions: [ConvolutionSpecification]
  /// Units of each dense hidden layer, from below upwards. Empty: none.
  public var hidden: [Int]
  public var activation: ActivationKind
  public var initialization: InitializationSpecification
  /// Whether layers have a bias.
  public var bias: Bool

  public init(
    hidden: [Int], activation: ActivationKind = .relu, initialization: InitializationSpecification = .init(.he),
    bias: Bool = true,
    image: ImageSize? = nil, convolutions: [ConvolutionSpecification] = []
  ) {
    self.image = image
    self.convolutions = convolutions
    self.hidden = hidden
    self.activation = activation
    self.initialization = initialization
    self.bias = bias
  }

  /// Layers but the output: what dropout has an entry for.
  public var hiddenLayers: Int { convolutions.count + hidden.count }
}

/// φ of the hidden layers.
public enum ActivationKind: String, Hashable, Sendable, CaseIterable, Codable {
  case identity
  case relu
  case tanh
  /// 1.7159·tanh(2x/3), "Efficient BackProp" (LeCun et al., 1998), section 4.4.
  case lecunTanh = "lecun_tanh"
  case sigmoid
  case softplus
  /// x·Φ(x) with the exact normal distribution function.
  case gelu
}
