import ArgumentParser
import Harness
import Reports

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show the processor, kernels, rates and libraries, and what is wrong with them.",
    discussion: "Takes a second. Exits with status 1 where something is wrong.")

  @Option(help: ArgumentHelp("Where results would go.", valueName: "folder"))
  var output = "results"

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output is empty; accepted: a folder, such as results or .") }
  }

  func run() throws {
    let examination = Examination(output: output)
    let width = examination.findings.map(\.name.count).max() ?? 0
    for finding in examination.findings {
      let gap = String(repeating: " ", count: width - finding.name.count)
      print("\(finding.name)\(gap)  \(TerminalText.escaped(finding.value))")
    }
    print("")
    for problem in examination.problems { print("! \(TerminalText.escaped(problem))") }
    if examination.problems.isEmpty { print("Nothing is wrong.") } else { throw ExitCode.failure }
  }
}
