import ArgumentParser
import Experiments
import Reports
import Store

/// Which target is to be met.
struct TargetOptions: ParsableArguments {
  @Option(help: "The value to reach: validation loss at most, or validation accuracy at least.")
  var target: Double?

  @Option(
    help: """
      Aim at the median of this optimizer's best, over the seeds of its best configuration (default: the optimizer \
      whose best ranks last).
      """)
  var reference: String?

  func validate() throws {
    if target != nil && reference != nil { throw ValidationError("--target and --reference exclude each other.") }
    if let target, !target.isFinite { throw ValidationError("--target must be a finite number, not \(target).") }
  }

  func times(_ ranking: Ranking, _ reader: ResultReader) throws -> TargetTimes {
    let metric = ranking.criterion.metric == .validationAccuracy ? "val_accuracy" : "val_loss"
    let traces = try reading(reader.path) {
      try reader.traces(
        of: Set([metric] + TargetTimes.columns), runs: Set(ranking.table.runs.map(\.identity)))
    }
    return try TargetTimes(
      ranking, traces: traces, target: target.map { .value($0) } ?? .reference(optimizer: reference))
  }
}

struct TargetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "target", abstract: "Show the passes over the data and the seconds that optimizers take to a target.",
    discussion: """
      The target is met at the first evaluation that does. A run that never meets it takes infinitely long. Passes are \
      gradients and products together, a product counting as the gradients that it took as long as. Seconds of \
      runs that ran beside each other are not those of runs that ran alone.
      """)

  @OptionGroup var question: ResultsQuestion
  @OptionGroup var target: TargetOptions
  @OptionGroup var format: AnswerFormat

  func run() throws {
    let reader = try openResults(question.results)
    let ranking = try question.rankingOfOneProblem(reader)
    try question.answering {
      try format.write(try target.times(ranking, reader))
    }
  }
}

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Compare optimizers over several sweeps by performance profiles.",
    discussion: """
      Each sweep is a problem with the target of `summary target`, and each problem where a sweep has several. A profile \
      is the share of the problems on which an optimizer, at its best configuration, takes at most τ times as long as the \
      fastest one.
      """)

  @Argument(help: "The directories that sweeps wrote.")
  var results: [String]

  @Option(help: "What is counted to the target: passes are gradients and products together, over all of the data.")
  var unit = SolverProfile.Unit.passes

  @OptionGroup var target: TargetOptions
  @OptionGroup var format: AnswerFormat

  func run() throws {
    let targets = try results.flatMap { path in
      let reader = try openResults(path)
      let sweep = try loadResults(reader)
      let problems = Ranking(RunTable(sweep.runs), by: Criterion(sweep.selection)).problems
      return try problems.map { problem in
        let name = problem.name.isEmpty ? sweep.name : "\(sweep.name): \(problem.name)"
        return (problem: name, times: try answering(path) { try target.times(problem.ranking, reader) })
      }
    }
    try format.write(SolverProfile(targets, in: unit))
  }
}

extension SolverProfile.Unit: ExpressibleByArgument {}
