import ArgumentParser
import Foundation
import Harness
import Reports
import Store

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every byte of a sweep's results and say what can be saved.",
    discussion: """
      Reads shards, journals, quarantine and temporary files; tries every checksum; writes nothing unless --repair is \
      given. What a kill leaves is no damage: the next sweep takes it up. \
      Exit status: 0 whole, 65 something is damaged, 66 no such results, 74 something could not be read.
      """)

  @Argument(help: .init("The directory a sweep wrote, or a single file.", valueName: "results"), completion: .directory)
  var results: String

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(
    help: """
      Save the runs that are whole in damaged files, set these aside in quarantine/, and take up what killed sweeps \
      left. The same sweep then runs what is lost.
      """)
  var repair = false

  func run() throws {
    var status: ExitCode?
    try exitOnFailure {
      if repair {
        for line in try ResultRepair.repair(results) { print(TerminalText.escaped(line)) }
      }
      let verification = try Verification(of: results)
      var text = ""
      if json {
        try VerificationReport(verification).writeJSON(to: &text)
      } else {
        VerificationReport(verification).write(to: &text)
      }
      print(text, terminator: "")
      if !verification.unreadable.isEmpty {
        status = .inputOutput
      } else if !verification.isWhole {
        status = .dataError
      }
    }
    if let status { throw status }
  }
}
