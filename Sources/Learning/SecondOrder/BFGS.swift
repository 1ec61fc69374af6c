import Curvature
import Kernels
import Settings

/// d = −Mg, M an estimate of H⁻¹ from differences of gradients. Broyden, Fletcher, Goldfarb, Shanno (1970).
public struct BFGS: SearchingMethod {
  public static let name = "bfgs"
  public static let summary =
    "d = −Mg, M an estimate of H⁻¹ from differences of gradients. Broyden, Fletcher, Goldfarb, Shanno (1970)."
  public static let settings: [Setting<Self>] = Setting.wolfe + [.search()] + Setting.batches
  public static func gradients(of step: StepWork) -> Double { 1.2 }
  public static func updateOperations(of step: StepWork) -> Double { 8 * step.parameters }
  public static func matrixOperations(of step: StepWork) -> Double { step.matrixProduct }

  public var search = LineSearch(.strongWolfe)
  public var batch = BatchSettings()

  public init() {}

  public var memory: SecondOrderMemory { .init(doubleVectors: 8, vectors: 2, matrices: 1, linearizes: false) }

  public func makeState() -> any SecondOrderState {
    BFGSState(search: search)
  }
}

/// d = −M·g, M an estimate of H⁻¹ that starts as I and follows the gradients.
///
/// M ← (I − ρsyᵀ)M(I − ρysᵀ) + ρssᵀ, s = Δw, y = Δg, ρ = 1/yᵀs: Broyden, Fletcher, Goldfarb, Shanno (1970). A step
/// with yᵀs ≤ 0 leaves M as it is; where a search fails, M starts anew. Memory: P² numbers.
public final class BFGSState: SecondOrderState {
  private let search: LineSearch
  /// P × P, row-major, symmetric; nil for I.
  private var inverse: AlignedBuffer<Double>?
  private var trial = FirstTrial()

  public init(search: LineSearch = LineSearch(.strongWolfe)) {
    precondition(search.kind != .none)
    self.search = search
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    let start = point
    var report = StepReport()
    descend(start, &point, objective, learningRate, &report)
    if report.isStalled && inverse != nil {
      inverse = nil
      descend(start, &point, objective, learningRate, &report)
    }
    guard !report.isStalled else { return report }
    trial.last = start.value
    learn(s: sum(point.parameters, -1, start.parameters), y: sum(point.gradient, -1, start.gradient))
    return report
  }

  private func descend(
    _ start: Iterate, _ point: inout Iterate, _ objective: any Objective, _ learningRate: Double,
    _ report: inout StepReport
  ) {
    let direction = product(with: start.gradient).map { -$0 }
    let slope = dot(direction, start.gradient)
    guard slope < 0 else { return }
    let first = learningRate * trial.length(at: start, slope: slope)
    report.go(search, objective, along: direction, first: first, &point)
  }

  private func product(with v: [Double]) -> [Double] {
    guard let inverse else { return v }
    let size = v.count
    return (0..<size).map { dot(inverse.pointer + $0 * size, v, count: size) }
  }

  /// M + ρ(1 + ρyᵀMy)ssᵀ − ρ(Mysᵀ + syᵀM).
  private func learn(s: [Double], y: [Double]) {
    let product = dot(s, y)
    guard product > 0 else { return }
    let size = s.count
    let image = self.product(with: y)
    let rho = 1 / product
    let weight = rho * (1 + rho * dot(y, image))
    let matrix = inverse ?? identity(size)
    for row in 0..<size {
      let target = matrix.pointer + row * size
      addScaled(weight * s[row] - rho * image[row], s, to: target, count: size)
      addScaled(-rho * s[row], image, to: target, count: size)
    }
    inverse = matrix
  }

  private func identity(_ size: Int) -> AlignedBuffer<Double> {
    let matrix = AlignedBuffer<Double>(count: size * size)
    for index in 0..<size { matrix.pointer[index * (size + 1)] = 1 }
    return matrix
  }
}
