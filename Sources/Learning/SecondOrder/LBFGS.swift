import Curvature
import Kernels
import Settings

/// bfgs from the last m steps, without a matrix. Liu and Nocedal (1989).
public struct LBFGS: SearchingMethod {
  public static let name = "lbfgs"
  public static let summary = "bfgs from the last m steps, without a matrix. Liu and Nocedal (1989)."
  public static let otherNames = ["lbfgsb", "limitedmemorybfgs"]
  public static let settings: [Setting<Self>] =
    [
      .whole("memory", \.memorySize, in: 1..<10_000, "m, steps that are remembered")
    ] + Setting.wolfe + [.search()] + Setting.batches
  public static func gradients(of step: StepWork) -> Double { 1.2 }
  public static func updateOperations(of step: StepWork) -> Double { 80 }
  public static func matrixOperations(of step: StepWork) -> Double { step.matrixProduct }

  public var memorySize = 10
  public var search = LineSearch(.strongWolfeZoom)
  public var batch = BatchSettings()

  public init() {}

  public var memory: SecondOrderMemory { .init(doubleVectors: 2 * memorySize + 6, vectors: 2, linearizes: false) }

  public func makeState() -> any SecondOrderState {
    LBFGSState(memory: memorySize, search: search)
  }
}

/// BFGS that remembers its last steps instead of a matrix.
///
/// Liu and Nocedal (1989): the two-loop recursion over the last m pairs s = Δw, y = Δg, from sᵀy/yᵀy·I. The first trial
/// of a search is η, and min(1, 1/‖g‖₁)·η before anything is remembered, as in PyTorch. Pairs with sᵀy ≤
/// ε‖s‖‖y‖, ε the rounding of a Double, are left out; where a search fails, the memory starts anew.
public final class LBFGSState: SecondOrderState {
  private let memorySize: Int
  private let search: LineSearch
  private var pairs: [(s: [Double], y: [Double], rho: Double)] = []

  /// - Parameter memory: m, how many steps are remembered.
  public init(memory: Int = 10, search: LineSearch = LineSearch(.strongWolfeZoom)) {
    precondition(memory > 0 && search.kind != .none)
    memorySize = memory
    self.search = search
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    let start = point
    var report = StepReport()
    descend(start, &point, objective, learningRate, &report)
    if report.isStalled && !pairs.isEmpty {
      pairs = []
      descend(start, &point, objective, learningRate, &report)
    }
    guard !report.isStalled else { return report }
    let s = sum(point.parameters, -1, start.parameters)
    let y = sum(point.gradient, -1, start.gradient)
    let product = dot(s, y)
    guard product > Double.ulpOfOne * norm(s) * norm(y) else { return report }
    if pairs.count == memorySize { pairs.removeFirst() }
    pairs.append((s, y, 1 / product))
    return report
  }

  private func descend(
    _ start: Iterate, _ point: inout Iterate, _ objective: any Objective, _ learningRate: Double,
    _ report: inout StepReport
  ) {
    let direction = self.direction(at: start.gradient)
    let length = start.gradient.reduce(0) { $0 + abs($1) }
    let first = pairs.isEmpty ? learningRate * min(1, 1 / length) : learningRate
    report.go(search, objective, along: direction, first: first, &point)
  }

  private func direction(at gradient: [Double]) -> [Double] {
    let size = gradient.count
    var q = gradient.map { -$0 }
    var shares = [Double](repeating: 0, count: pairs.count)
    for index in pairs.indices.reversed() {
      shares[index] = pairs[index].rho * dot(pairs[index].s, q)
      addScaled(-shares[index], pairs[index].y, to: &q, count: size)
    }
    if let last = pairs.last {
      let scale = 1 / (last.rho * dot(last.y, last.y))
      for index in 0..<size { q[index] *= scale }
    }
    for index in pairs.indices {
      let share = shares[index] - pairs[index].rho * dot(pairs[index].y, q)
      addScaled(share, pairs[index].s, to: &q, count: size)
    }
    return q
  }
}
