import Ravine

/// m ← βm + (1 − β)g; w ← w − η·sign(m). Bernstein et al. (2018), "signSGD", algorithm 2, one worker.
struct Signum: FirstOrderOptimizer {
  static let name = "signum"
  static let summary = "m ← βm + (1 − β)g; w ← w − η·sign(m). Bernstein et al. (2018), algorithm 2."
  static let settings: [Setting<Self>] = [
    .number("beta", \.beta, in: 0..<1, "β, decay of the mean gradient")
  ]
  /// m.
  static let stateVectors = 1
  static func updateOperations(of step: StepWork) -> Double { 5 }

  var beta = 0.9

  func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    SignumState(beta: S(beta), means: buffers.buffer(count: parameterCount))
  }
}

/// What one run keeps.
final class SignumState<S: Scalar>: OptimizerState {
  private let beta: S
  private let means: AlignedBuffer<S>

  init(beta: S, means: AlignedBuffer<S>) {
    self.beta = beta
    self.means = means
  }

  func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    step(parameters.pointer, range, gradient, S(learningRate))
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func step(
    _ w: UnsafeMutablePointer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>, _ rate: S
  ) -> Double {
    let m = means.pointer
    var square: S = 0
    for index in range {
      let g = gradient[index - range.lowerBound]
      square += g * g
      m[index] = beta * m[index] + (1 - beta) * g
      w[index] -= m[index] > 0 ? rate : m[index] < 0 ? -rate : 0
    }
    return Double(square)
  }
}
