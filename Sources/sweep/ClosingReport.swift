import Experiments
import Harness
import Reports
import Store

/// What `sweep run` says at its end, on standard output.
struct ClosingReport {
  private let outcome: SweepRun.Outcome
  private let sweep: PreparedSweep
  private let directory: String
  private let runs: [RunSummary]
  private let evaluation: TestEvaluation?

  init(_ outcome: SweepRun.Outcome, sweep: PreparedSweep, directory: String) throws {
    self.outcome = outcome
    self.sweep = sweep
    self.directory = directory
    let reader = try ResultReader(path: directory)
    let identities = Set(sweep.experiment.trials.identities)
    runs = try reader.summaries().filter { identities.contains($0.identity) }
    evaluation = try reader.testEvaluation
  }

  func print() throws {
    Swift.print(lines.joined(separator: "\n"))
  }

  private var lines: [String] {
    let ranking = Ranking(RunTable(runs), by: Criterion(sweep.experiment.selection))
    var lines = [counts]
    if let winner = ranking.winner {
      let label = sweep.label.text(ranking.table.runs[winner.row].hyperparameters)
      lines.append(
        "Best configuration\(outcome.isComplete ? "" : " so far"): \(label.isEmpty ? "the only one" : label)")
      lines.append("  \(value(winner)) (\(ranking.criterion.description(selection: sweep.experiment.selection)))")
      if case .winner(let loss, let accuracy, _, _) = ranking.testResult(evaluation) {
        var text = "  test loss \(measurement(loss))"
        if let accuracy { text += ", test accuracy \(measurement(accuracy))" }
        lines.append(text + ": the test set, looked at for the winner only")
      }
    }
    lines.append("Results: \(directory)")
    lines.append(
      outcome.isComplete
        ? "Ranking: summary \(directory)" : "The same command again runs the \(remaining) that are left.")
    return lines
  }

  private var counts: String {
    let parts = OutcomeCounts(runs).named.map { "\(Quantity.grouped($0.count)) \($0.name)" }
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
