import Kernels
import Learning
import RealModule

/// quadratic_deep of DeepOBS: the spectrum of a deep network's loss, 90 eigenvalues in (0, 1) and 10 in (30, 60), in a
/// random basis, and normal points.
///
/// Schneider, Balles and Hennig (2019), "DeepOBS: a deep learning optimizer benchmark suite". Everything is drawn from
/// NumPy's `RandomState` as there, so that the published results hold.
enum QuadraticDeep {
  static let dimension = 100
  private static let deviation = 0.6

  /// ½wᵀQw, Q = RᵀΛR.
  static func function() -> SpectralFunction {
    var state = LegacyRandomState(seed: 42)
    let small = (0..<90).map { _ in state.nextUniform() }
    let large = (0..<10).map { _ in 30 + 30 * state.nextUniform() }
    return SpectralFunction(eigenvalues: small + large, rotation: rotation(&state))
  }

  /// The first `count` of the 1,000 points drawn from a seed: 42 for training, 43 for what is published as test loss.
  static func points(seed: UInt32, count: Int) -> [Double] {
    var state = LegacyRandomState(seed: seed)
    return (0..<count * dimension).map { _ in deviation * state.nextNormal() }
  }

  /// A rotation drawn evenly from SO(100), row-major.
  ///
  /// Diaconis and Shahshahani (1987), "The subgroup algorithm for generating uniform random variables": a rotation of one
  /// dimension fewer, reflected so that the first axis goes to a random direction.
  private static func rotation(_ state: inout LegacyRandomState) -> [Double] {
    let angle = 2 * Double.pi * state.nextUniform()
    var rotation = [Double.cos(angle), .sin(angle), -.sin(angle), .cos(angle)]
    for size in 3...dimension {
      var mirror = (0..<size).map { _ in state.nextNormal() }
      let length = norm(mirror)
      mirror = mirror.map { -$0 / length }
      mirror[0] += 1
      let width = norm(mirror)
      mirror = mirror.map { $0 / width }
      var grown = [Double](repeating: 0, count: size * size)
      grown[0] = 1
      for row in 1..<size {
        for column in 1..<size { grown[row * size + column] = rotation[(row - 1) * (size - 1) + column - 1] }
      }
      var image = [Double](repeating: 0, count: size)
      for row in 0..<size {
        for column in 0..<size { image[column] += mirror[row] * grown[row * size + column] }
      }
      for row in 0..<size {
        for column in 0..<size { grown[row * size + column] -= 2 * mirror[row] * image[column] }
      }
      rotation = grown
    }
    return rotation.map { -$0 }
  }

  private static func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
