/// Dropout on the input of every layer.
///
/// Srivastava et al. (2014): at each forward pass of training each unit is present with its layer's keep probability.
/// In the `inverted` form what stays is scaled by 1/p; in the `weightScaling` form weights are multiplied by p at test.
public struct Dropout: Hashable, Sendable {
  public var form: Form
  /// One entry a layer: the data's keep probability first, then each hidden layer's output.
  public var keepProbabilities: [Double]
  /// Whether the channels of an image are dropped whole instead of pixel by pixel. Tompson et al. (2015).
  public var perChannel = false

  public enum Form: String, CaseIterable, Hashable, Sendable {
    case inverted
    case weightScaling = "weight_scaling"
  }

  public init(form: Form = .inverted, keepProbabilities: [Double], perChannel: Bool = false) {
    precondition(keepProbabilities.allSatisfy { $0 > 0 && $0 <= 1 })
    self.form = form
    self.keepProbabilities = keepProbabilities
    self.perChannel = perChannel
  }

  /// No dropout for a network of this many layers.
  public static func none(layers: Int) -> Dropout {
    Dropout(keepProbabilities: [Double](repeating: 1, count: layers))
  }

  /// What a present unit of a layer's input is multiplied by when training.
  func trainingScale(layer: Int) -> Double {
    form == .inverted ? 1 / keepProbabilities[layer] : 1
  }

  /// What a layer's kernel is multiplied by at test time.
  func testScale(layer: Int) -> Double {
    form == .weightScaling ? keepProbabilities[layer] : 1
  }
}
