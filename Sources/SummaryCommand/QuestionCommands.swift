import ArgumentParser
import Experiments
import Reports

struct EffectsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "effects", abstract: "Show how much each hyperparameter and each pair of them matters.",
    discussion: """
      Functional analysis of variance, exact on a complete grid: what each hyperparameter explains of the variance by \
      itself, each pair beyond that, and the seed; for all runs and for each optimizer. The seeds' noise is taken out, \
      which takes at least two seeds; where seeds have no effect there is none, and no p-value. Where optimizers have \
      learning rates of their own, these are nested in them. A level whose runs all diverged or failed has no mean.
      """)

  @OptionGroup var question: ResultsQuestion
  @OptionGroup var format: AnswerFormat

  @Option(
    help: ArgumentHelp(
      "What of a run is analysed: its value, the log of it or its rank, which a few bad runs do not rule.",
      valueName: "scale"))
  var scale = HyperparameterEffects.Scale.value

  func run() throws {
    let effects = HyperparameterEffects(try question.ranking(), scale: scale)
    if let refusal = effects.refusal { throw question.refusal(refusal) }
    try format.write(effects)
  }
}

extension HyperparameterEffects.Scale: ExpressibleByArgument {}

struct BudgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget", abstract: "Compare optimizers at equal tuning budget.",
    discussion: """
      The expected best result after k random trials of each optimizer, ± the standard error of that estimate; the \
      probability that the best of k new trials is then the best of all; and tunability: the expected best weighted over \
      k. Trials are drawn without replacement, so that k ends with the runs of the optimizer with the fewest. Where seeds \
      have no effect, a configuration is one trial, however many seeds it ran with.
      """)

  @OptionGroup var question: ResultsQuestion
  @OptionGroup var format: AnswerFormat

  func run() throws {
    let ranking = try question.rankingOfOneProblem()
    guard let budget = TuningBudget(ranking) else { throw question.refusal(ranking.nothingRanked) }
    try format.write(budget)
  }
}

struct SensitivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity", abstract: "Show how much depends on the learning rate, and where runs diverge.")

  @OptionGroup var question: ResultsQuestion
  @OptionGroup var format: AnswerFormat

  @Option(help: ArgumentHelp("How much worse than the best still counts as good, relatively.", valueName: "share"))
  var tolerance = 0.1

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance must be a number from 0, not \(tolerance).")
    }
  }

  func run() throws {
    let ranking = try question.rankingOfOneProblem()
    try question.answering {
      guard let answer = LearningRateSensitivity(ranking, tolerance: tolerance) else {
        throw ReportError.unknownKey("learning_rate", nearest: nil, known: ranking.table.columns.map(\.name))
      }
      try format.write(answer)
    }
  }
}

struct PairsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pairs", abstract: "Compare all values of a hyperparameter with each other, seed by seed.",
    discussion: """
      Each value at its best configuration. Values differ where the difference is more than its noise and both sides have \
      converged: not with half of their runs best in the last tenth of their epochs, nor with their learning rate the last \
      on the grid.
      """)

  @OptionGroup var question: ResultsQuestion
  @OptionGroup var format: AnswerFormat

  @Option(help: "The hyperparameter.")
  var of = "optimizer"

  func run() throws {
    let ranking = try question.rankingOfOneProblem()
    try question.answering {
      try format.write(try PairedComparisons(ranking, of: of))
    }
  }
}
