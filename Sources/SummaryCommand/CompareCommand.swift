import ArgumentParser
import Experiments
import Reports

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Set two sweeps side by side.",
    discussion: """
      Their settings where they differ, their winners, and the trials that both ran: equal to the last bit, or by how \
      much they differ; where there are none, the runs that differ only in what is the same throughout each sweep. \
      Both are ranked by the first one's rule unless --by says otherwise.

      Example:
        summary compare results/digits results/digits-longer
      """)

  @OptionGroup var question: ResultsQuestion

  @Argument(help: "The directory that another sweep wrote.")
  var other: String

  @OptionGroup var format: AnswerFormat

  func run() throws {
    let first = try question.report(try question.options())
    var second = question
    second.results = other
    var options = try question.options()
    options.metric = first.ranking.criterion.metric
    options.epoch = first.ranking.criterion.epoch
    let ranking = try second.report(options)
    // Sweeps of one name are told apart by their paths.
    let names = first.name == ranking.name ? [question.results, other] : [first.name, ranking.name]
    let hashes = try [question.results, other].map { try openResults($0).manifest.provenance.dataHash }
    try format.write(
      SweepComparison((names[0], first.ranking), (names[1], ranking.ranking), dataHashes: hashes))
  }
}
