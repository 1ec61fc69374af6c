import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a sweep that is running.",
    discussion: """
      Writes a line whenever runs have come, and the ranking when the sweep has ended; on a terminal the ranking so far \
      is redrawn in place. Ends at once where no sweep is running.
      """)

  @OptionGroup var question: ResultsQuestion

  @Option(help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
  var interval = 2.0

  @Option(help: ArgumentHelp("Rows to show.", valueName: "n"))
  var top = 5

  func validate() throws {
    guard (0.1...3600).contains(interval) else {
      throw ValidationError("--interval must be from 0.1 to 3600 seconds, not \(interval).")
    }
    if top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
  }

  func run() throws {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var shown = -1
    while true {
      // What could not be read a while ago may be read now.
      OpenedResults.removeAll()
      let reader = try openResults(question.results)
      // Asked first: what a sweep wrote before it ended is then read.
      let isRunning = try reading(reader.path) { try reader.writer != nil }
      var options = try question.options()
      options.top = top
      let report = try question.report(options, reader)
      if !isRunning {
        try StandardOutput.write { output in
          if isTerminal { output.write("\u{1B}[H\u{1B}[2J") }
          report.report(into: &output)
        }
        return
      }
      let count = report.ranking.table.runs.count
      if count != shown {
        shown = count
        try StandardOutput.write { output in
          if isTerminal {
            output.write("\u{1B}[H\u{1B}[2J")
            report.report(into: &output)
          } else {
            output.write(report.progressLine + "\n")
          }
        }
      }
      usleep(UInt32(interval * 1e6))
    }
  }
}
