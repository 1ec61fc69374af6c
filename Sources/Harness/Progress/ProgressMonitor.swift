import Dispatch
import Experiments
import Synchronization

/// Keeps a sweep's progress while workers report to it, and shows it at regular times.
public final class ProgressMonitor: Sendable {
  /// Shows the state at a number of seconds since the start.
  public typealias View = @Sendable (SweepProgress, Double) -> Void

  private let progress: Mutex<SweepProgress>
  private let view: View
  private let start = ContinuousClock.now
  private let queue = DispatchQueue(label: "progress")
  // nonisolated(unsafe): written in the initialiser only.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  /// Starts to show `progress` every `interval` seconds.
  public init(_ progress: SweepProgress, every interval: Double, view: @escaping View) {
    self.progress = Mutex(progress)
    self.view = view
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now(), repeating: interval, leeway: .milliseconds(10))
    timer.setEventHandler { [unowned self] in show() }
    timer.resume()
  }

  public var current: SweepProgress { progress.withLock { $0 } }

  /// Seconds since the start.
  public var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Says in which order runs will start, by their costs.
  public func planned(_ costs: [Double]) { progress.withLock { $0.order = costs } }

  /// A worker has begun a run. Its start is the monitor's own time.
  public func started(_ run: RunningRun) {
    var run = run
    run.began = seconds
    progress.withLock { $0.start(run) }
  }

  /// A run has come so far.
  public func advanced(_ identity: TrialIdentity, to state: RunState) {
    var state = state
    state.reached = seconds
    progress.withLock { $0.advance(identity, to: state) }
  }

  public func abandoned(_ identity: TrialIdentity) {
    let now = seconds
    progress.withLock { $0.abandon(identity, at: now) }
  }

  public func finished(_ record: TrialRecord, cost: Double) {
    let summary = RunSummary(record)
    let now = seconds
    progress.withLock { $0.finish(summary, cost: cost, at: now) }
  }

  /// Stops the timer. No view is called after it returns.
  public func end() {
    timer.cancel()
    queue.sync {}
  }

  private func show() { view(current, seconds) }
}
