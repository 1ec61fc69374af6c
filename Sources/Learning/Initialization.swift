import Kernels

/// Distribution of the initial kernels; biases start at zero.
public enum Initialization: String, CaseIterable, Hashable, Sendable {
  /// U(−a, a), a = √(6/(inputs + outputs)). Glorot and Bengio (2010), eq. 16.
  case glorotUniform = "glorot_uniform"
  /// N(0, 2/(inputs + outputs)). Glorot and Bengio (2010), eq. 12.
  case glorotNormal = "glorot_normal"
  /// N(0, 2/inputs). He et al. (2015), eq. 10.
  case he
  /// U(−a, a), a = √(6/inputs).
  case heUniform = "he_uniform"
  /// N(0, 1/inputs). LeCun et al. (1998), eq. 16.
  case lecun
  /// U(−0.05, 0.05).
  case uniform
  case zeros
}

extension Network {
  /// Initial parameters, a function of the seed: each layer reads a stream of its own, in Double, so Float and Double
  /// networks start from the same numbers.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func initialParameters<S: Scalar>(_ initialization: Initialization, seed: UInt64) -> AlignedBuffer<S> {
    let parameters = AlignedBuffer<S>(count: parameterCount)
    for (index, layer) in layers.enumerated() {
      var stream = RandomStream(RandomKey(seed: seed, purpose: .initialization, index: UInt64(index)))
      let inputs = Double(layer.inputs)
      let outputs = Double(layer.outputs)
      let kernel = parameters.pointer + layer.kernelOffset
      func fill(_ next: () -> Double) {
        for entry in 0..<layer.kernelCount { kernel[entry] = S(next()) }
      }
      func fillUniform(_ bound: Double) { fill { bound * (2 * stream.nextUniform() - 1) } }
      func fillNormal(variance: Double) {
        let deviation = variance.squareRoot()
        fill { deviation * stream.nextNormal() }
      }
      switch initialization {
      case .glorotUniform: fillUniform((6 / (inputs + outputs)).squareRoot())
      case .glorotNormal: fillNormal(variance: 2 / (inputs + outputs))
      case .he: fillNormal(variance: 2 / inputs)
      case .heUniform: fillUniform((6 / inputs).squareRoot())
      case .lecun: fillNormal(variance: 1 / inputs)
      case .uniform: fillUniform(0.05)
      case .zeros: break
      }
    }
    return parameters
  }
}
