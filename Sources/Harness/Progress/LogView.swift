import Experiments
import Logging

/// Progress as log lines, for everything that is no terminal: at most one every `interval` seconds.
public struct LogView: Sendable {
  /// Seconds between lines.
  public var interval: Double
  private let logger: Logger
  private let label: RunLabel
  private var last = 0.0

  public init(logger: Logger, label: RunLabel, interval: Double = 5) {
    self.logger = logger
    self.label = label
    self.interval = interval
  }

  /// Logs where the sweep stands, if the last line is old enough.
  public mutating func show(_ progress: SweepProgress, at seconds: Double) {
    guard seconds - last >= interval else { return }
    last = seconds
    var fields: Logger.Metadata = [
      "done": .stringConvertible(progress.done), "total": .stringConvertible(progress.total),
      "running": .stringConvertible(progress.running), "diverged": .stringConvertible(progress.diverged),
      "failed": .stringConvertible(progress.failed), "work_done": .stringConvertible(progress.share),
    ]
    if let left = progress.timeLeft(at: seconds) { fields["seconds_left"] = .stringConvertible(left.rounded()) }
    let epochs = progress.runningRuns.prefix(64).map { Logger.MetadataValue.stringConvertible($0.state.epochs) }
    if !epochs.isEmpty { fields["running_epochs"] = .array(epochs) }
    var parts = [
      "\(Quantity.grouped(progress.done))/\(Quantity.count(progress.total, "run"))",
      "\(Int(progress.share * 100))% of the work",
    ]
    parts += progress.parts(at: seconds)
    if let best = progress.best {
      fields["best_\(progress.selection.metric.rawValue)"] = .stringConvertible(best.value)
      fields["best_run"] = .string(best.identity.description)
      if let epoch = best.epoch { fields["best_epoch_so_far"] = .stringConvertible(epoch) }
      parts.append(progress.selection.text(of: best, label: label))
    }
    logger.info("\(parts.joined(separator: ", "))", metadata: fields)
  }
}
