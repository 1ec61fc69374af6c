import ArgumentParser
import Experiments
import Harness

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what an experiment would run and take, without running it.",
    discussion: """
      Times are estimated from a moment of training of some of the trials, and a few passes or one whole probe where the \
      curvature is probed; early stopping and convergence are not foreseen, so they are upper estimates.
      """)

  @OptionGroup var options: ExperimentOptions

  func run() throws {
    try exitOnFailure {
      let sweep = try options.prepare(options.load())
      let report = PlanReport(
        sweep: sweep, workers: options.workerCount, throughput: ThroughputProbe(sweep),
        probes: ProbeTiming(sweep))
      var text = ""
      report.write(to: &text)
      print(text, terminator: "")
    }
  }
}
