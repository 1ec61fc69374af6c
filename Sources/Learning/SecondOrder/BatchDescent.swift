import Curvature
import Kernels

/// A second-order method at work on the batches of a training set.
///
/// Over the full batch without dropout and noise the loss stays the same, so that the point of one step is the next
/// one's start, and the stopping rule counts. Where batches or masks differ from step to step, every step starts with a gradient of
/// its own, and nothing stops the run. Parameters are Double from step to step, whatever the network computes in.
public final class BatchDescent<S: Scalar> {
  private let method: any SecondOrderState
  private let stopping: StoppingRule
  private let batch: any BatchObjective
  private let objective: CountedObjective
  private let isRandom: Bool
  private var point: Iterate?

  /// Why the run is over; nil while it is not.
  public private(set) var reason: StoppingRule.Reason?
  /// Of all steps.
  public var counts: EvaluationCounts { objective.counts }
  /// Of all steps.
  var times: EvaluationTimes { objective.times }
  /// Of the last step.
  private(set) var report = StepReport()

  public init(
    _ method: any SecondOrderState, stopping: StoppingRule, loss: any TrainableLoss<S>, samples: Samples<S>
  ) {
    self.method = method
    self.stopping = stopping
    batch = loss.objective(on: samples)
    objective = CountedObjective(batch)
    isRandom = loss.isRandom
  }

  /// One step of training.
  ///
  /// - Parameters:
  ///   - parameters: Where the run stands; moved to the method's next point.
  ///   - rows: The batch; nil for all samples.
  ///   - masks: Seed and step of the dropout masks, kept for all of the step's evaluations.
  ///   - bound: The largest loss that a step follows on.
  /// - Returns: The loss before the step, dropout and penalty included, and ‖g‖₂²; nil where the loss is over the bound or
  ///   not a number, or the step led to where nothing is finite.
  func step(
    _ parameters: AlignedBuffer<S>, rows: UnsafeBufferPointer<Int32>?, masks: (seed: UInt64, step: Int),
    learningRate: Double, bound: Double
  ) -> (loss: Double, square: Double?) {
    let isFixed = rows == nil && !isRandom
    batch.rows = rows.map { Array($0) }
    batch.masks = isRandom ? masks : nil
    var current = isFixed ? point ?? start(parameters) : start(parameters)
    let (loss, square) = (current.value, dot(current.gradient, current.gradient))
    guard loss <= bound else { return (loss, nil) }
    report = StepReport()
    if isFixed && stopping.reason(at: current) != nil {
      reason = .gradient
      return (loss, square)
    }
    do {
      report = try method.update(&current, of: objective, learningRate: learningRate)
    } catch .notFinite {
      return (loss, nil)
    } catch {
      // No factorisation, no step: the report says stalled.
    }
    if !report.isEvaluated && isFixed { current = Iterate(objective, at: current.parameters) }
    guard current.isFinite && current.parameters.allSatisfy(\.isFinite) else { return (loss, nil) }
    convert(current.parameters, to: parameters.pointer, count: parameters.count)
    point = current
    if isFixed { reason = stopping.reason(at: current, after: report) }
    return (loss, square)
  }

  /// The point on the objective of the step at hand.
  private func start(_ parameters: AlignedBuffer<S>) -> Iterate {
    Iterate(objective, at: point?.parameters ?? parameters.array.map { Double($0) })
  }
}
