import Kernels
import Learning
import Settings

/// Parts as the engine takes them.
extension Activation {
  public static let relu = Activation(ReLU())
  public static let tanh = Activation(Tanh())
  public static let lecunTanh = Activation(LeCunTanh())
  public static let sigmoid = Activation(Sigmoid())
  public static let softplus = Activation(Softplus())
  public static let gelu = Activation(GELU())

  /// Every one that an experiment file can name, with its defaults.
  public static let all = PartChoice.all(.activation).map { Activation($0.make(as: (any ActivationFunction).self)) }
}

extension Loss {
  public static let softmaxCrossEntropy = Loss(SoftmaxCrossEntropy())
  public static let squaredError = Loss(SquaredError())
  public static let binaryCrossEntropy = Loss(BinaryCrossEntropy())

  /// Every one that an experiment file can name, with its defaults.
  public static let all = PartChoice.all(.loss).map { Loss($0.make(as: (any NetworkLoss).self)) }
}

extension Initialization {
  public static let he = Initialization(HeNormal())
  public static let heUniform = Initialization(HeUniform())
  public static let glorotNormal = Initialization(GlorotNormal())
  public static let glorotUniform = Initialization(GlorotUniform())
  public static let lecun = Initialization(LeCunNormal())
  public static let uniform = Initialization(UniformInitializer())
  public static let zeros = Initialization(Zeros())
  public static func truncatedNormal(deviation: Double) -> Initialization {
    var part = TruncatedNormal()
    part.deviation = deviation
    return Initialization(part)
  }
}

extension Activation: Decodable {
  /// By its name.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    self.init(PartChoice.named(name, of: .activation).make(as: (any ActivationFunction).self))
  }
}

extension Loss: Decodable {
  /// By its name.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    self.init(PartChoice.named(name, of: .loss).make(as: (any NetworkLoss).self))
  }
}
