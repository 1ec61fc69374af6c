import Experiments
import Kernels
import Learning
import Settings

/// Parts by name, for trials that tests make in code.
extension PartChoice {
  public static func schedule(_ name: String, _ values: [String: SettingValue] = [:]) -> PartChoice {
    named(name, of: .schedule, values)
  }

  public static let softmaxCrossEntropy = named("softmax_cross_entropy", of: .loss)
  public static let squaredError = named("squared_error", of: .loss)
  public static let binaryCrossEntropy = named("binary_cross_entropy", of: .loss)

  public static let identity = named("identity", of: .activation)
  public static let relu = named("relu", of: .activation)
  public static let tanh = named("tanh", of: .activation)
  public static let lecunTanh = named("lecun_tanh", of: .activation)
  public static let sigmoid = named("sigmoid", of: .activation)
  public static let softplus = named("softplus", of: .activation)
  public static let gelu = named("gelu", of: .activation)

  public static let he = named("he", of: .initialization)
  public static let lecun = named("lecun", of: .initialization)
  public static let glorotUniform = named("glorot_uniform", of: .initialization)
  public static func truncatedNormal(deviation: Double) -> PartChoice {
    named("truncated_normal", of: .initialization, ["deviation": .number(deviation)])
  }

  /// The part of the library that has this name.
  public static func named(
    _ name: String, of family: PartFamily, _ values: [String: SettingValue] = [:]
  ) -> PartChoice {
    guard let kind = Parts.standard.kind(of: family, named: name) else {
      preconditionFailure("no part is \(family.noun) named \(name)")
    }
    return PartChoice(kind, values)
  }

  /// Every part of a family, with its defaults.
  public static func all(_ family: PartFamily) -> [PartChoice] {
    Parts.standard.kinds(of: family).map { PartChoice($0) }
  }
}

extension PartChoice: CustomStringConvertible {
  public var description: String { name }
}

extension NetworkSpecification {
  /// With ReLU and He's initialization where nothing else is said, as in an experiment file.
  public init(
    hidden: [Int], activation: PartChoice = .relu, initialization: InitializationSpecification = .init(.he),
    bias: Bool = true
  ) {
    self.init(
      hidden: hidden, activation: activation, initialization: initialization, bias: bias, image: nil, convolutions: [])
  }

  /// The same with convolutions.
  public init(hidden: [Int], image: ImageSize?, convolutions: [ConvolutionSpecification]) {
    self.init(
      hidden: hidden, activation: .relu, initialization: .init(.he), bias: true, image: image,
      convolutions: convolutions)
  }
}
