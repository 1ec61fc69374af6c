import ArgumentParser
import Experiments
import Reports
import Store

/// What every command that compares runs asks for: which results, which of their runs, compared by what.
struct ResultsQuestion: ParsableArguments {
  @Argument(help: "The directory a sweep wrote.")
  var results: String

  @Option(
    help: ArgumentHelp(
      "Rank by this metric instead of the experiment's own: \(Criterion.Metric.names).", valueName: "metric"),
    transform: Criterion.Metric.named)
  var by: Criterion.Metric?

  @Option(help: "Read the metric at this epoch; best: the one the experiment's rule chose.")
  var epoch: SelectionRule.Epoch?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Keep only such runs; may be given more than once. Also !=, <, <=, >, >=; commas separate alternatives.",
      valueName: "key=value"))
  var conditions: [String] = []

  func validate() throws { _ = try options() }

  func options() throws -> SummaryReport.Options {
    var options = SummaryReport.Options()
    options.metric = by
    options.epoch = epoch
    do {
      options.conditions = try conditions.map { text throws(ReportError) in try Condition(text) }
    } catch {
      throw ValidationError("--where: \(error)")
    }
    return options
  }

  /// Reads the results and ranks what the conditions leave of them.
  func report(_ options: SummaryReport.Options, _ reader: ResultReader? = nil) throws -> SummaryReport {
    let sweep = try reader.map { try loadResults($0) } ?? loadResults(results)
    var report = try answering { try SummaryReport(sweep, options: options) }
    report.unread = OpenedResults.unreadResults
    return report
  }

  /// Ranks what the conditions leave of the results.
  func ranking(_ reader: ResultReader? = nil) throws -> Ranking {
    try report(try options(), reader).ranking
  }

  /// The same, of runs on one problem: what is said of optimizers would be of different problems otherwise.
  func rankingOfOneProblem(_ reader: ResultReader? = nil) throws -> Ranking {
    let ranking = try ranking(reader)
    let problems = ranking.problems
    guard problems.count == 1 else { throw refusal(.severalProblems(problems.map(\.name))) }
    return ranking
  }

  /// Ends the program with the status of a question that the results cannot answer.
  func answering<Answer>(_ body: () throws -> Answer) throws -> Answer {
    try SummaryCommand.answering(results, body)
  }

  func refusal(_ error: ReportError) -> ExitCode { SummaryCommand.refusal(results, error) }
}

/// Ends the program with the status of a question that the results at a path cannot answer.
func answering<Answer>(_ path: String, _ body: () throws -> Answer) throws -> Answer {
  do {
    return try body()
  } catch let error as ReportError {
    throw refusal(path, error)
  }
}

func refusal(_ path: String, _ error: ReportError) -> ExitCode {
  complain("\(path): \(error)", status: error.exitStatus)
}

/// How an answer is written.
struct AnswerFormat: ParsableArguments {
  @Flag(help: "Write JSON: everything unrounded, null where the text has – or ∞.")
  var json = false

  func write(_ answer: some Answer) throws {
    let answer = PartialAnswer(answer, without: OpenedResults.unreadResults)
    try StandardOutput.write { output in
      if json {
        answer.writeJSON(to: &output)
      } else {
        answer.report(into: &output)
      }
    }
  }
}

extension Criterion.Metric {
  fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  fileprivate static func named(_ text: String) throws -> Self {
    if let metric = Self(rawValue: text) { return metric }
    let hint = nearestName(to: text, in: allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ";"
    throw ValidationError("'\(text)' is not a metric\(hint) accepted: \(names)")
  }
}
extension SelectionRule.Epoch: ExpressibleByArgument {}
