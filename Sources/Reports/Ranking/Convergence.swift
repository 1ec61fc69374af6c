import Experiments

/// Whether a configuration could still be better than it is: with more epochs, or at a learning rate that was not tried.
public struct Convergence: Hashable, Sendable {
  /// Runs that can be ranked, and those of them whose best epoch is among the last tenth of all that they trained.
  public let runs: Int
  public let improving: Int
  /// Those whose best epoch is 0, before the first step.
  public let untrained: Int
  /// Where its learning rate is the last on its optimizer's grid.
  public internal(set) var learningRateEdge: Edge?

  public enum Edge: String, Hashable, Sendable {
    case lowest
    case highest
  }

  /// Half of the runs or more.
  public var isStillImproving: Bool { improving > 0 && improving * 2 >= runs }

  /// Half of the runs or more: what ranks is where training started, and not what it led to.
  public var isUntrained: Bool { untrained > 0 && untrained * 2 >= runs }

  public var isConverged: Bool { !isStillImproving && !isUntrained && learningRateEdge == nil }
}

extension Ranking {
  /// - Parameter level: The hyperparameter whose value the configuration is the best of: its learning rates at that value
  ///   are its grid. Nil: it is the best of all.
  func convergence(of configuration: Configuration, level: String?) -> Convergence {
    let rows = rankedRows(of: configuration)
    return Convergence(
      runs: rows.count, improving: rows.count(where: isStillImproving), untrained: rows.count(where: isUntrained),
      learningRateEdge: learningRateEdge(of: configuration, level: level))
  }

  /// Whether the run was best before its first step, where the best epoch is what ranks.
  func isUntrained(_ row: Int) -> Bool {
    criterion.epoch == .best && !criterion.metric.isWholeRun && table.runs[row].bestEpoch == 0
      && table.runs[row].epochs > 0
  }

  /// Whether the run could have gone on and was best at its last epoch or, trained to the end, in the last tenth of them. A
  /// run that stopped early has by its own rule waited long enough.
  func isStillImproving(_ row: Int) -> Bool {
    guard !criterion.metric.isWholeRun, let best = table.runs[row].bestEpoch else { return false }
    let run = table.runs[row]
    switch run.outcome {
    case .completed: return run.epochs > 0 && best * 10 > run.epochs * 9
    case .stoppedEarly: return run.epochs > 0 && best == run.epochs
    case .converged, .stalled, .diverged, .failed: return false
    }
  }
}

extension KeepProbabilityAnswer.Scope {
  /// Where levels could still become better than they are, and so another one the best.
  func notConverged() -> Warning? {
    let open = levels.filter { $0.convergence.map { !$0.isConverged } ?? false }
    guard levels.count > 1, !open.isEmpty else { return nil }
    let reasons = open.prefix(6).map {
      "\($0.label) (\($0.convergence!.reasons.joined(separator: "; ")))"
    }
    return Warning(
      kind: .levelsNotConverged,
      message: "Not converged at keep_probability \(reasons.joined(separator: ", "))"
        + (open.count > 6 ? " and \(open.count - 6) more" : "")
        + ": which is best may change with more epochs or other learning rates.")
  }
}

extension Convergence {
  /// For example "Not converged: adam (3 of 3 runs best in the last tenth of their epochs) and 2 more".
  static func sentence(_ open: [(name: String, convergence: Convergence)]) -> String {
    let reasons = open.prefix(6).map { "\($0.name) (\($0.convergence.reasons.joined(separator: "; ")))" }
    return "Not converged: \(reasons.joined(separator: ", "))" + (open.count > 6 ? " and \(open.count - 6) more" : "")
  }

  /// For a table: "yes", or what is missing.
  var mark: String {
    let parts =
      (isStillImproving ? ["improving"] : []) + (isUntrained ? ["untrained"] : [])
      + (learningRateEdge.map { ["\($0.rawValue) rate"] } ?? [])
    return parts.isEmpty ? "yes" : parts.joined(separator: ", ")
  }

  /// What could still make it better; empty where it has converged.
  var reasons: [String] {
    (isStillImproving ? ["\(improving) of \(runs) runs best in the last tenth of their epochs"] : [])
      + (isUntrained ? ["\(untrained) of \(runs) runs best before the first step"] : [])
      + (learningRateEdge.map { ["its learning rate the \($0.rawValue) on the grid"] } ?? [])
  }
}
