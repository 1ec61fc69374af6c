/// Dropout on each layer's input.
///
/// `p` is the keep probability: the probability that a unit is present. The dropout rate is d = 1 − p.
public struct DropoutSpecification: Hashable, Sendable {
  public var form: Form
  /// Keep probability of the data itself.
  public var input: Double
  /// Keep probability of each hidden layer's output. One entry serves all layers; otherwise one a layer; empty: all 1.
  public var hidden: [Double]
  /// Whether the channels of images are dropped whole instead of pixel by pixel.
  public var perChannel = false

  public enum Form: String, Hashable, Sendable, CaseIterable, Codable {
    /// Scales what stays by 1/p when training; nothing to do at test time.
    case inverted
    /// The original form: units are dropped unscaled when training, weights are multiplied by p at test time.
    case weightScaling = "weight_scaling"
  }

  public static let none = DropoutSpecification(form: .inverted, input: 1, hidden: [])

  public init(form: Form, input: Double, hidden: [Double], perChannel: Bool = false) {
    self.perChannel = perChannel
    self.form = form
    self.input = input
    self.hidden = hidden
  }

  /// Keep probability of the input of every layer, the data first, for a network with `hiddenLayers` hidden layers.
  public func keepProbabilities(hiddenLayers: Int) -> [Double] {
    let expanded =
      switch hidden.count {
      case 0: [Double](repeating: 1, count: hiddenLayers)
      case 1: [Double](repeating: hidden[0], count: hiddenLayers)
      default: hidden
      }
    return [input] + expanded
  }

  /// 1 − p, rounded to 12 decimals so that 0.7 has the complement 0.3 and a rate and its keep probability are one trial.
  public static func complement(_ probability: Double) -> Double {
    ((1 - probability) * 1e12).rounded() / 1e12
  }
}
