import Settings

/// A feed-forward network: convolutions, dense hidden layers, all of one activation, and a linear output layer whose size
/// the data decide.
public struct NetworkSpecification: Hashable, Sendable {
  /// The samples as images; nil where no layer asks for that.
  public var image: ImageSize?
  /// From the image upwards, below the dense layers.
  public var convolutions: [ConvolutionSpecification]
  /// Units of each dense hidden layer, from below upwards. Empty: none.
  public var hidden: [Int]
  public var activation: PartChoice
  public var initialization: InitializationSpecification
  /// Whether layers have a bias.
  public var bias: Bool

  public init(
    hidden: [Int], activation: PartChoice, initialization: InitializationSpecification, bias: Bool = true,
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

  /// All of it but where its parameters start.
  public var architecture: Architecture {
    Architecture(image: image, convolutions: convolutions, hidden: hidden, activation: activation, bias: bias)
  }

  public struct Architecture: Hashable, Sendable {
    let image: ImageSize?
    let convolutions: [ConvolutionSpecification]
    let hidden: [Int]
    let activation: PartChoice
    let bias: Bool
  }
}
