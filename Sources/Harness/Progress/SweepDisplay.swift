import Experiments
import Foundation
import Logging
import Synchronization

/// How a sweep shows itself on standard error: a block that is redrawn on a terminal, lines elsewhere.
public struct SweepDisplay: Sendable {
  public let console: Console
  public let logger: Logger
  /// Nil for lines.
  public let style: TerminalStyle?
  /// Of the values by which runs are named.
  public let wording: RunLabel.Wording

  public init(
    console: Console, format: ConsoleLogHandler.Format, style: TerminalStyle?, wording: @escaping RunLabel.Wording
  ) {
    self.console = console
    self.style = style
    self.wording = wording
    logger = Logger(label: "sweep") { _ in ConsoleLogHandler(console: console, format: format) }
  }

  /// For this process: a block where standard error is a terminal and no format was asked for.
  public static func standardError(
    format: ConsoleLogHandler.Format?, wording: @escaping RunLabel.Wording
  ) -> SweepDisplay {
    SweepDisplay(
      console: .standardError(), format: format ?? .text, style: format == nil ? TerminalStyle.detect() : nil,
      wording: wording)
  }

  /// As many workers as there are threads for, and says so where these are fewer than wanted.
  ///
  /// Throws ``TooFewThreads``.
  public func workersWithThreads(upTo wanted: Int) throws -> Int {
    let workers = try LocalEngine.workersWithThreads(upTo: wanted)
    if workers < wanted {
      let limit = "no more threads can be started (ulimit -u, or the container's limit on processes)"
      logger.warning("\(Quantity.count(workers, "worker")) instead of \(wanted): \(limit)")
    }
    return workers
  }

  /// Says what is about to run.
  func begin(_ progress: SweepProgress, workers: Int, directory: String) {
    let resumed = progress.resumed > 0 ? ", \(Quantity.grouped(progress.resumed)) of them recorded already" : ""
    logger.info(
      "\(progress.name): \(Quantity.count(progress.total, "run"))\(resumed), \(Quantity.count(workers, "worker")), into \(directory)",
      metadata: [
        "total": .stringConvertible(progress.total), "resumed": .stringConvertible(progress.resumed),
        "workers": .stringConvertible(workers), "directory": .string(directory),
      ])
  }

  /// Starts to show progress.
  func monitor(_ progress: SweepProgress, label: RunLabel) -> ProgressMonitor {
    if let style {
      let view = TerminalView(style: style, label: label)
      return ProgressMonitor(progress, every: 0.1) { [console] progress, seconds in
        console.draw(block: view.lines(progress, at: seconds))
      }
    }
    let view = LockedLogView(LogView(logger: logger, label: label))
    return ProgressMonitor(progress, every: 0.25) { progress, seconds in view.show(progress, at: seconds) }
  }

  func end(_ monitor: ProgressMonitor) {
    monitor.end()
    console.draw(block: [])
  }
}

/// Lets a monitor's view keep when it last wrote.
private final class LockedLogView: Sendable {
  private let view: Mutex<LogView>

  init(_ view: consuming LogView) { self.view = Mutex(view) }

  func show(_ progress: SweepProgress, at seconds: Double) { view.withLock { $0.show(progress, at: seconds) } }
}
