import Curvature

/// A rule that takes more from a loss than one gradient a step: curvature, or values along a line.
///
/// State starts as the source says and belongs to the optimizer; one optimizer serves one run. A method works on
/// whatever objective it is given: one that differs from the last step's, another batch or other dropout masks, is the
/// caller's choice.
public protocol SecondOrderState: AnyObject {
  /// Moves to the next iterate.
  ///
  /// - Parameters:
  ///   - point: Where the method stands on this objective; replaced unless no step was found. See
  ///     ``StepReport/isEvaluated``.
  ///   - learningRate: η, the length of the first trial along the direction, in the method's own units.
  /// - Throws: ``CurvatureError``: the curvature is not finite, or LAPACK failed.
  func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport
}

/// What a second-order method has in memory at its largest, beside the parameters and the network's own.
///
/// Not counted on paper but measured, since most of it are the vectors of a search and the passes of a product: the peak of
/// a process that trains by the method, less that of one that trains by gradient descent.
public struct SecondOrderMemory: Hashable, Sendable {
  /// Vectors as long as the parameters, in Double.
  public var doubleVectors: Int
  /// Vectors as long as the parameters, in the network's scalar.
  public var vectors: Int
  /// Square matrices over the parameters, in Double.
  public var matrices: Int
  /// Whether the network is linearised for products with its matrices of second derivatives.
  public var linearizes: Bool

  /// - Parameter matrices: A dense matrix and its factor count two.
  public init(doubleVectors: Int, vectors: Int, matrices: Int = 0, linearizes: Bool = true) {
    self.linearizes = linearizes
    self.doubleVectors = doubleVectors
    self.vectors = vectors
    self.matrices = matrices
  }
}

/// What a step was like.
public struct StepReport: Hashable, Sendable {
  /// What the direction was multiplied by. NaN where no step was found.
  public var stepLength = Double.nan
  /// α of H + αI, or μ. NaN for a method without.
  public var damping = Double.nan
  /// Iterations inside the step: products of an inner solver, attempts at a damping.
  public var innerIterations = 0
  /// Losses taken to find the step's length, with or without gradients.
  public var evaluations = 0
  /// ‖Δw‖₂.
  public var movement = 0.0
  /// Whether value and gradient of the new point are those of this objective there; otherwise they are still to be
  /// taken, on whatever objective comes next.
  public var isEvaluated = true
  /// Whether no step was found that lowers the loss.
  public var isStalled: Bool { stepLength.isNaN }

  public init() {}
}

extension StepReport {
  /// Goes where a search along the direction leads, if it leads anywhere.
  mutating func go(
    _ search: LineSearch, _ objective: any Objective, along direction: [Double], first: Double,
    _ point: inout Iterate
  ) {
    guard search.kind != .none else { return move(first, along: direction, &point) }
    let result = search.search(objective, from: point, along: direction, first: first)
    evaluations += result.evaluations
    guard let found = result.point else { return }
    stepLength = found.step
    movement = found.step * norm(direction)
    point = found.iterate
  }

  /// Goes that far without looking.
  mutating func move(_ step: Double, along direction: [Double], _ point: inout Iterate) {
    stepLength = step
    movement = step * norm(direction)
    point.parameters = sum(point.parameters, step, direction)
    isEvaluated = false
  }
}

/// What ends a descent before its budget does.
public struct StoppingRule: Hashable, Sendable {
  /// ‖∇E‖₂ at or below which a point counts as stationary.
  public var gradientTolerance: Double
  /// ‖Δw‖₂ over 1 + ‖w‖₂ at or below which a step counts as none.
  public var stepTolerance: Double

  public init(gradientTolerance: Double = 0, stepTolerance: Double = 0) {
    self.gradientTolerance = gradientTolerance
    self.stepTolerance = stepTolerance
  }

  public enum Reason: String, CaseIterable, Hashable, Sendable {
    /// The gradient's norm fell to the tolerance.
    case gradient
    /// No step lowered the loss, or the step's length fell to the tolerance.
    case step
  }

  /// Why to stop at this point, after this step; nil to go on.
  public func reason(at point: Iterate, after report: StepReport? = nil) -> Reason? {
    if point.gradientNorm <= gradientTolerance { return .gradient }
    guard let report else { return nil }
    return report.isStalled || report.movement <= stepTolerance * (1 + norm(point.parameters)) ? .step : nil
  }
}

/// Runs a method on one objective: the loop without epochs, batches and validation.
public struct Descent: Hashable, Sendable {
  public var maximumSteps: Int
  public var stopping: StoppingRule

  public init(maximumSteps: Int, stopping: StoppingRule = StoppingRule()) {
    self.maximumSteps = maximumSteps
    self.stopping = stopping
  }

  public struct Result: Sendable {
    /// The start and the point after each step.
    public var path: [Iterate]
    public var reports: [StepReport]
    /// Nil where the budget of steps was spent.
    public var reason: StoppingRule.Reason?
    public var counts: EvaluationCounts

    public var end: Iterate { path[path.count - 1] }
  }

  /// - Throws: ``CurvatureError``, also where the loss or its gradient is not finite.
  public func run(
    _ optimizer: any SecondOrderState, on objective: any Objective, from start: [Double],
    learningRate: Double = 1
  ) throws(CurvatureError) -> Result {
    let counted = CountedObjective(objective)
    var point = Iterate(counted, at: start)
    var result = Result(path: [point], reports: [], reason: stopping.reason(at: point), counts: counted.counts)
    while result.reason == nil && result.reports.count < maximumSteps {
      let report = try optimizer.update(&point, of: counted, learningRate: learningRate)
      if !report.isEvaluated { point = Iterate(counted, at: point.parameters) }
      guard point.isFinite else { throw .notFinite(what: "the loss or its gradient") }
      result.reports.append(report)
      result.path.append(point)
      result.reason = stopping.reason(at: point, after: report)
    }
    result.counts = counted.counts
    return result
  }
}
