import ArgumentParser
import Experiments
import Reports
import Store

struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Print the ranking; the word rank may be left out.")

  @OptionGroup var question: ResultsQuestion

  @Option(help: ArgumentHelp("Rows to show (default: 10; all with --csv and --json).", valueName: "n"))
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "Aggregate over everything but these hyperparameters, separated by commas.", valueName: "key[,key...]"))
  var group: String?

  @Option(
    help: """
      Show the metric against this cost instead, for each optimizer's best configuration. Gradients and products are in \
      passes over the training set, a batch counting by its samples; passes are both together, a product counting as the \
      gradients that it took as long as.
      """)
  var x: CostAxis?

  @Flag(help: "Rank single runs instead of configurations over their seeds.")
  var runs = false

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "Write CSV: the ranking only.")
  var csv = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
    if json && csv { throw ValidationError("--json and --csv exclude each other.") }
    if x != nil && (runs || group != nil || top != nil) {
      throw ValidationError("--x goes with none of --runs, --group and --top.")
    }
    if runs && group != nil { throw ValidationError("--runs and --group exclude each other.") }
  }

  func run() throws {
    if !json, !csv, let list = try reading(question.results, { try SweepList(question.results) }) {
      return try StandardOutput.write { list.report(into: &$0) }
    }
    if let x { return try showCosts(x) }
    var options = try question.options()
    options.top = top
    options.ranksRuns = runs
    options.groupKeys = group?.split(separator: ",").map(String.init) ?? []
    let reader = try openResults(question.results)
    var report = try question.report(options, reader)
    if !json, !csv, !runs, group == nil {
      let winners = report.tracedRuns
      report.traces = try reading(reader.path) { try reader.traces(of: ["val_loss", "train_loss"], runs: winners) }
      report.unread = OpenedResults.unreadResults
    }
    try StandardOutput.write { output in
      if json {
        report.writeJSON(to: &output)
      } else if csv {
        report.writeCSV(to: &output)
      } else {
        report.report(into: &output)
      }
    }
  }

  private func showCosts(_ axis: CostAxis) throws {
    let reader = try openResults(question.results)
    let ranking = try question.rankingOfOneProblem(reader)
    try question.answering {
      let metric = CostCurves.metric(of: ranking)
      let rows = CostCurves.configurations(of: ranking).flatMap { ranking.rows(of: $0) }
      let traces = try reading(reader.path) {
        try reader.traces(
          of: Set(["val_loss", metric.column] + axis.columns),
          runs: Set(rows.map { ranking.table.runs[$0].identity }))
      }
      let curves = try CostCurves(ranking, traces: traces, against: axis)
      try StandardOutput.write { output in
        let answer = PartialAnswer(curves, without: OpenedResults.unreadResults)
        if json {
          answer.writeJSON(to: &output)
        } else if csv {
          curves.writeCSV(to: &output)
        } else {
          answer.report(into: &output)
        }
      }
    }
  }
}

extension CostAxis: ExpressibleByArgument {}
