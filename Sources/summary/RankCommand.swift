import ArgumentParser
import Experiments
import Reports

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

  @Flag(help: "Rank single runs instead of configurations over their seeds.")
  var runs = false

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "Write CSV: the ranking only.")
  var csv = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
    if json && csv { throw ValidationError("--json and --csv exclude each other.") }
    if runs && group != nil { throw ValidationError("--runs and --group exclude each other.") }
  }

  func run() throws {
    var options = try question.options()
    options.top = top
    options.ranksRuns = runs
    options.groupKeys = group?.split(separator: ",").map(String.init) ?? []
    let report = try question.report(options)
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
}
