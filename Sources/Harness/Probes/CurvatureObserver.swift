import Experiments
import Kernels
import Learning

/// The probes of a run: measures when the trial says so, beside the training and without a trace in it.
final class CurvatureObserver<S: Scalar> {
  private let specification: CurvatureSpecification
  private let meter: CurvatureMeter<S>
  /// η of the first step.
  private let firstRate: Double
  private var measurements: [CurvatureMeasurement] = []

  init(_ meter: CurvatureMeter<S>, firstRate: Double) {
    specification = meter.specification
    self.firstRate = firstRate
    self.meter = meter
  }

  /// Probes that were measured so far.
  var count: Int { measurements.count }

  /// Called after every epoch, and before the first. Whether it measured.
  func observe(_ trainer: Trainer<S>) -> Bool {
    let epoch = trainer.measurements.count - 1
    var moments: CurvatureMoments = []
    if epoch == 0, specification.moments.contains(.start) { moments.insert(.start) }
    if epoch > 0, let every = specification.every, epoch.isMultiple(of: every) { moments.insert(.epoch) }
    if !moments.isEmpty { measure(trainer.parameters, at: epoch, moments, trainer) }
    return !moments.isEmpty
  }

  /// The measurements of the whole run, in the order of their epochs.
  func finish(_ trainer: Trainer<S>, diverged: Bool) -> [CurvatureMeasurement] {
    let last = trainer.measurements.count - 1
    if specification.moments.contains(.best), let best = trainer.bestEpoch, let parameters = trainer.bestParameters {
      add(.best, parameters, at: best, trainer)
    }
    if specification.moments.contains(.final) {
      if diverged {
        // Its weights are those of the step that failed, no epoch's.
        measure(trainer.parameters, at: last, .final, trainer)
      } else {
        add(.final, trainer.parameters, at: last, trainer)
      }
    }
    return measurements.enumerated().sorted { ($0.element.epoch, $0.offset) < ($1.element.epoch, $1.offset) }
      .map(\.element)
  }

  /// Measures, unless these weights were measured already.
  private func add(
    _ moment: CurvatureMoments, _ parameters: AlignedBuffer<S>, at epoch: Int, _ trainer: Trainer<S>
  ) {
    if let index = measurements.firstIndex(where: { $0.epoch == epoch }) {
      measurements[index].moments.insert(moment)
    } else {
      measure(parameters, at: epoch, moment, trainer)
    }
  }

  private func measure(
    _ parameters: AlignedBuffer<S>, at epoch: Int, _ moments: CurvatureMoments, _ trainer: Trainer<S>
  ) {
    measurements.append(
      meter.measure(at: parameters, epoch: epoch, moments: moments, learningRate: rate(at: epoch, trainer)))
  }

  private func rate(at epoch: Int, _ trainer: Trainer<S>) -> Double {
    epoch == 0 ? firstRate : trainer.measurements[epoch].learningRate
  }
}
