import Curvature
import Kernels

/// A problem's loss around a point, over fixed points of its own: what its curvature is measured of.
///
/// Computed in Double, at parameters in the trial's scalar. There are no layers.
public final class ProblemSurface<S: Scalar>: ProbedSurface {
  private let function: any TestFunction
  private let samples: Samples<S>
  private let rows: [Int32]?
  private let point: [Double]
  private let objective: ProblemObjective<S>

  /// - Parameter rows: Indices of the points that count; nil for all of them.
  public init(
    _ function: any TestFunction, parameters: AlignedBuffer<S>, samples: Samples<S>, rows: [Int32]? = nil
  ) {
    precondition(parameters.count == function.dimension)
    self.function = function
    self.samples = samples
    self.rows = rows
    point = parameters.array.map { Double($0) }
    objective = ProblemObjective(function, samples: samples)
    objective.rows = rows
  }

  public var dimension: Int { function.dimension }
  public var sampleCount: Int { rows?.count ?? samples.count }
  public var ulpOfOne: Double { .ulpOfOne }
  public var roundoff: Double { 4 * .ulpOfOne }
  public var layerSizes: [Int] { [] }

  public func value(displacedBy v: UnsafePointer<Double>?, times alpha: Double) -> Double {
    objective.value(at: place(v, alpha))
  }

  public func gradient(
    displacedBy v: UnsafePointer<Double>?, times alpha: Double, into result: UnsafeMutablePointer<Double>
  ) {
    gradient(of: objective, v, alpha, into: result)
  }

  private func gradient(
    of objective: ProblemObjective<S>, _ v: UnsafePointer<Double>?, _ alpha: Double,
    into result: UnsafeMutablePointer<Double>
  ) {
    var gradient = point
    _ = objective.value(at: place(v, alpha), gradient: &gradient)
    for (index, slope) in gradient.enumerated() { result[index] = slope }
  }

  private func place(_ v: UnsafePointer<Double>?, _ alpha: Double) -> [Double] {
    guard let v else { return point }
    return point.indices.map { point[$0] + alpha * v[$0] }
  }

  public func matrix(_ kind: CurvatureProbe.Matrix, memoryBudget: Int) -> ProbedMatrix {
    guard let form = kind.form else {
      return ProbedMatrix(products: FiniteDifferenceOperator(self, at: point)) { matrix, _ in matrix }
    }
    return ProbedMatrix(unlayered: objective.curvature(form, at: point))
  }

  /// The matrix is in memory: nothing is cheaper.
  public func principal(
    _ plan: PrincipalEigenvalue, _ form: CurvatureForm, seed: UInt64, memoryBudget: Int
  ) throws(CurvatureError) -> PrincipalEigenvalue.Result? { nil }

  public func patterns(size: Int) -> any PatternGradients { Patterns(self, size: size) }

  /// Each counts by its points, so that the mean over patterns is the surface's own difference.
  private final class Patterns: PatternGradients {
    private let surface: ProblemSurface
    private let size: Int
    private let objective: ProblemObjective<S>
    private let base: AlignedBuffer<Double>

    init(_ surface: ProblemSurface, size: Int) {
      precondition(size > 0)
      self.surface = surface
      self.size = size
      objective = ProblemObjective(surface.function, samples: surface.samples)
      base = AlignedBuffer(count: surface.dimension)
    }

    var dimension: Int { surface.dimension }
    var patternCount: Int { (surface.sampleCount + size - 1) / size }

    func difference(
      pattern: Int, displacedBy v: UnsafePointer<Double>, times alpha: Double,
      into result: UnsafeMutablePointer<Double>
    ) {
      let range = pattern * size..<min((pattern + 1) * size, surface.sampleCount)
      objective.rows = surface.rows.map { Array($0[range]) } ?? range.map { Int32($0) }
      surface.gradient(of: objective, nil, 0, into: base.pointer)
      surface.gradient(of: objective, v, alpha, into: result)
      let weight = Double(range.count * patternCount) / Double(surface.sampleCount)
      for index in 0..<dimension { result[index] = weight * (result[index] - base.pointer[index]) }
    }
  }
}
