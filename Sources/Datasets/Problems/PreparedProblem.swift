import Experiments
import Kernels
import Learning

/// A problem ready to be descended: its function and its points, immutable and shared by the workers.
///
/// A function without points has one at 0, so that one step sees all of it. Nothing is set aside as a test share:
/// quadratic_deep's validation points are those that its published test losses are of.
public struct PreparedProblem: Sendable {
  public let function: any TestFunction
  public let start: [Double]
  private let training: [Double]
  private let validation: [Double]

  public init(_ specification: ProblemSpecification) {
    start = specification.startingPoint
    switch specification.kind {
    case .quadratic(let eigenvalues, let seed):
      function = SpectralFunction(
        eigenvalues: eigenvalues, rotation: Self.rotation(eigenvalues.count, seed))
    case .saddle(let eigenvalues, let quartic, let seed):
      function = SpectralFunction(
        eigenvalues: eigenvalues, quartic: quartic, rotation: Self.rotation(eigenvalues.count, seed))
    case .rosenbrock(let dimension): function = Rosenbrock(dimension: dimension)
    case .quadraticDeep: function = QuadraticDeep.function()
    }
    let origin = [Double](repeating: 0, count: function.dimension)
    training = specification.hasPoints ? QuadraticDeep.points(seed: 42, count: 1000) : origin
    validation = specification.hasPoints ? QuadraticDeep.points(seed: 43, count: 896) : origin
  }

  /// The points in a trial's scalar.
  public func samples<S: Scalar>(as type: S.Type) -> SplitSamples<S> {
    SplitSamples(train: samples(training), validation: samples(validation), test: samples([]))
  }

  private func samples<S: Scalar>(_ points: [Double]) -> Samples<S> {
    let width = function.dimension
    let count = points.count / width
    let values = (0..<count).map { S(function.value(at: Array(points[$0 * width..<($0 + 1) * width]))) }
    return Samples(
      count: count, featureCount: width, features: AlignedBuffer(points.lazy.map { S($0) }),
      targets: .values(AlignedBuffer(values), columns: 1))
  }

  /// An orthonormalised Gaussian matrix, row-major; nil without a seed.
  private static func rotation(_ dimension: Int, _ seed: UInt64?) -> [Double]? {
    guard let seed else { return nil }
    let stream = RandomStream(RandomKey(seed: seed, purpose: .generation, step: 0, index: 5))
    return orthonormalColumns(count: dimension, length: dimension, orthogonalTo: [], stream).flatMap { $0 }
  }
}
