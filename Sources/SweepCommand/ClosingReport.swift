import Experiments
import Harness
import Reports
import Store

/// What `sweep run` says at its end, on standard output.
struct ClosingReport {
  private let outcome: SweepRun.Outcome
  private let sweep: PreparedSweep
  private let directory: String
  private let ranking: Ranking
  private let evaluation: TestEvaluation?

  /// - Parameter ranking: Of the experiment's runs.
  init(_ outcome: SweepRun.Outcome, _ ranking: Ranking, sweep: PreparedSweep, directory: String) throws {
    self.outcome = outcome
    self.ranking = ranking
    self.sweep = sweep
    self.directory = directory
    evaluation = try ResultReader(path: directory).testEvaluation
  }

  func print() throws {
    Swift.print(lines.joined(separator: "\n"))
  }

  private var lines: [String] {
    var lines = [counts]
    if let winner = ranking.winner {
      let label = sweep.label(LevelText.wording).text(ranking.table.runs[winner.row].hyperparameters)
      lines.append(
        "Best configuration\(outcome.isComplete ? "" : " so far"): \(label.isEmpty ? "the only one" : label)")
      lines.append("  \(value(winner)) (\(ranking.criterion.description(selection: sweep.experiment.selection)))")
      if case .winner(let loss, let accuracy, _, _, let looks) = ranking.testResult(evaluation) {
        var text = "  test loss \(measurement(loss))"
        if let accuracy { text += ", test accuracy \(measurement(accuracy))" }
        lines.append(text + ": the test set, looked at \(looks.description)")
      }
    }
    lines.append("Results: \(directory)")
    lines.append(
      outcome.isComplete
        ? "Ranking: summary \(directory)" : "The same command again runs the \(remaining) that are left.")
    return lines
  }

  private var counts: String {
    let parts = OutcomeCounts(ranking.table.runs).named.map { "\(Quantity.grouped($0.count)) \($0.name)" }
    let ran = Quantity.count(outcome.progress.finished, "run")
    let whole = outcome.resumed > 0 ? "; in all" : ""
    return "\(ran) in \(Quantity.duration(outcome.seconds))\(whole): \(parts.joined(separator: ", "))"
  }

  private var remaining: String { Quantity.grouped(outcome.total - outcome.progress.done) }

  private func value(_ winner: Ranking.Configuration) -> String {
    "\(measurement(winner.statistics)) over \(Quantity.count(winner.statistics.count, "seed"))"
  }

  private func measurement(_ statistics: SampleStatistics) -> String {
    NumberText.measurement(statistics.mean, statistics.standardError)
  }
}
