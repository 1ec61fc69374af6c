import ArgumentParser
import Experiments
import Glibc
import Reports

/// What every command that compares runs asks for: which results, which of their runs, compared by what.
struct ResultsQuestion: ParsableArguments {
  @Argument(help: "The directory a sweep wrote.")
  var results: String

  @Option(help: "Rank by this metric instead of the experiment's own.")
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
  func report(_ options: SummaryReport.Options) throws -> SummaryReport {
    let sweep = try loadResults(results)
    return try answering { try SummaryReport(sweep, options: options) }
  }

  /// Ends the program with the status that a question has which the results cannot answer.
  func answering<Answer>(_ body: () throws -> Answer) throws -> Answer {
    do {
      return try body()
    } catch let error as ReportError {
      throw complain("\(results): \(error)", status: error.isUsage ? EX_USAGE : EX_DATAERR)
    }
  }
}

extension ReportError {
  /// Whether the question is wrong, not the data.
  fileprivate var isUsage: Bool {
    switch self {
    case .unknownKey, .malformedCondition, .notANumber: true
    case .nothingLeft: false
    }
  }
}

extension Criterion.Metric: ExpressibleByArgument {}
extension SelectionRule.Epoch: ExpressibleByArgument {}
