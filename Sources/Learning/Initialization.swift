import Kernels

/// Distribution of the initial kernels.
public enum Initialization: Hashable, Sendable {
  /// U(−a, a), a = √(6/(inputs + outputs)). Glorot and Bengio (2010), eq. 16.
  case glorotUniform
  /// N(0, 2/(inputs + outputs)). Glorot and Bengio (2010), eq. 12.
  case glorotNormal
  /// N(0, 2/inputs). He et al. (2015), eq. 10.
  case he
  /// U(−a, a), a = √(6/inputs).
  case heUniform
  /// N(0, 1/inputs). LeCun et al. (1998), eq. 16.
  case lecun
  /// U(−0.05, 0.05).
  case uniform
  /// N(0, deviation²) given that the magnitude is under 2·deviation, as TensorFlow and Keras truncate: others are drawn
  /// again. Its own standard deviation is 0.8796 of `deviation`.
  case truncatedNormal(deviation: Double)
  case zeros
}

extension Network {
  /// Initial parameters, a function of the seed: each layer reads a stream of its own, in Double, so Float and Double
  /// networks start from the same numbers.
  ///
  /// - Parameters:
  ///   - bias: Where all biases start.
  ///   - buffers: Where their memory is from.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func initialParameters<S: Scalar>(
    _ initialization: Initialization, bias: Double = 0, seed: UInt64, buffers: BufferPool<S> = BufferPool()
  ) -> AlignedBuffer<S> {
    let parameters = buffers.buffer(count: parameterCount)
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
        stream.writeNormals(deviation: variance.squareRoot(), to: kernel, count: layer.kernelCount)
      }
      switch initialization {
      case .glorotUniform: fillUniform((6 / (inputs + outputs)).squareRoot())
      case .glorotNormal: fillNormal(variance: 2 / (inputs + outputs))
      case .he: fillNormal(variance: 2 / inputs)
      case .heUniform: fillUniform((6 / inputs).squareRoot())
      case .lecun: fillNormal(variance: 1 / inputs)
      case .uniform: fillUniform(0.05)
      case .truncatedNormal(let deviation): fill { deviation * stream.nextTruncatedNormal(bound: 2) }
      case .zeros: break
      }
      if let offset = layer.biasOffset {
        for entry in 0..<layer.outputs { parameters.pointer[offset + entry] = S(bias) }
      }
    }
    return parameters
  }
}

extension RandomStream {
  /// A standard normal number given that its magnitude is under `bound`, by rejection.
  fileprivate mutating func nextTruncatedNormal(bound: Double) -> Double {
    while true {
      let value = nextNormal()
      if value.magnitude < bound { return value }
    }
  }
}
