import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

struct SpectrumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrum", abstract: "Print and draw what the probes of a run's curvature found.",
    discussion: """
      RESULTS may name a run as well, as in results/digits/0f3a9c: the same as --run 0f3a9c.

      Every probe with its extreme eigenvalues, their number below zero, the verdict, the condition number, and \
      eta*lambda_max/2, over which 1 gradient descent on the quadratic model diverges; lambda_max along training \
      against 2/eta; and for the last probe its layers, Taylor models, eigenvalues and spectral density.

      summary rank RESULTS --by lambda_max ranks by curvature, --where 'learning_rate_over_bound<1' filters.
      """)

  @OptionGroup var question: ResultsQuestion
  @OptionGroup var format: AnswerFormat

  @Option(
    name: .customLong("run"),
    help: .init("The first digits of a run. Default: the best-ranked run with probes.", valueName: "run"))
  var digits: String?

  func run() throws {
    let place = try runPath(question.results, digits)
    var question = question
    question.results = place.results
    let reader = try openResults(place.results)
    let identity = try identity(place.digits, question, in: reader)
    let record = try record(identity, in: reader)
    try format.write(try question.answering { try SpectrumReport(record) })
  }

  private func identity(
    _ digits: String?, _ question: ResultsQuestion, in reader: ResultReader
  ) throws -> TrialIdentity {
    if let digits {
      let runs = try reading(reader.path) { try reader.summaries() }.map(\.identity)
      let identity = try question.answering { try TrialIdentity.named(digits, among: runs) }
      OpenedResults.warn()
      reader.forgetUnread()
      return identity
    }
    let ranking = try question.ranking(reader)
    // Runs without probes are passed over; of those that cannot be ranked the first comes last.
    for row in ranking.rankedRows() {
      let identity = ranking.table.runs[row].identity
      if try reading(reader.path, { try reader.hasCurvature(identity) }) { return identity }
    }
    throw question.refusal(.noCurvature(run: nil))
  }
}
