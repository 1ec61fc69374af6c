import Experiments
import Foundation
import Store

/// The memory of trials that are under way: one that would not fit beside them waits until it does, and one that does not fit
/// alone is not trained.
///
/// An allocation that fails ends the process with all of its trials. So the system is asked before a trial starts, for more
/// than the trial is planned to take; what others were promised is asked for too, whether they have taken it yet or not, which
/// at worst makes a trial wait.
final class MemoryBudget: Sendable {
  private let total: Double
  private let isThere: @Sendable (Double) -> Bool
  private let release: @Sendable () -> Void
  // NSCondition: the workers are threads of their own, which may wait.
  private let condition = NSCondition()
  private nonisolated(unsafe) var used = 0.0
  private nonisolated(unsafe) var underWay = 0
  private nonisolated(unsafe) var promised: [TrialIdentity: Double] = [:]

  /// - Parameters:
  ///   - total: Bytes that all trials may take together.
  ///   - isThere: Whether the system would give so many bytes.
  ///   - release: Gives up what is kept for later trials.
  init(
    _ total: Double, isThere: @escaping @Sendable (Double) -> Bool, release: @escaping @Sendable () -> Void = {}
  ) {
    self.total = total
    self.isThere = isThere
    self.release = release
  }

  /// By the system's own answer.
  convenience init(_ total: Double, release: @escaping @Sendable () -> Void = {}) {
    self.init(total, isThere: FreeMemory.has, release: release)
  }

  /// Runs `body` when its memory is there; nil where the system has none even while nothing else is under way.
  func with<Value>(_ bytes: Double, _ body: () -> Value) -> Value? {
    guard take(bytes) else { return nil }
    defer { give(bytes) }
    return body()
  }

  /// Takes so many bytes for a trial when they are there; false where the system has none even while nothing else is under way.
  func take(_ bytes: Double, for trial: TrialIdentity) -> Bool {
    guard take(bytes) else { return false }
    condition.withLock { promised[trial] = bytes }
    return true
  }

  /// Gives back what a trial has taken; nothing where it has taken nothing.
  func giveBack(by trial: TrialIdentity) {
    if let bytes = condition.withLock({ promised.removeValue(forKey: trial) }) { give(bytes) }
  }

  private func take(_ bytes: Double) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while underWay > 0, used + bytes > total || !has(bytes) { condition.wait() }
    if underWay == 0, !has(bytes) {
      release()
      guard has(bytes) else { return false }
    }
    used += bytes
    underWay += 1
    return true
  }

  /// Small trials are trained unasked: the question would take a share of their time that can be noticed.
  private func has(_ bytes: Double) -> Bool { bytes < Double(FreeMemory.smallestAsked) || isThere(used + bytes) }

  private func give(_ bytes: Double) {
    condition.lock()
    underWay -= 1
    used = underWay == 0 ? 0 : max(0, used - bytes)
    condition.broadcast()
    condition.unlock()
  }
}

/// The system has no memory for the look at the test set. All runs are recorded, and the same sweep looks again.
public struct TooLittleMemory: Error, Hashable, Sendable, CustomStringConvertible {
  public var bytes: Double

  public var description: String {
    "there is no memory to look at the test set for the winner: with what the process holds already, the system does not let"
      + " it have \(Quantity.bytes(bytes)) more. All runs are kept; the same command looks again"
  }
}
