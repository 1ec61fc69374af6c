import ArgumentParser
import Experiments
import Foundation
import Harness
import Settings
import Store

struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train every configuration of an experiment file and store the results as HDF5.",
    discussion: """
      Results go to results/NAME, NAME being the experiment's. The same command again goes on where it stopped. \
      `summary results/NAME` ranks the runs.
      """,
    version: "ravine \(Ravine.version)",
    subcommands: [
      InitCommand.self, ReferenceCommand.self, SchemaCommand.self, RunCommand.self, PlanCommand.self, ProbeCommand.self,
      DataCommand.self,
      VerifyCommand.self, MergeCommand.self, StatusCommand.self, CancelCommand.self, DoctorCommand.self,
      TaskCommand.self,
    ])
}

/// The command line of `sweep`.
public enum SweepProgram {
  /// Runs what the process' arguments say, with the parts that are ``Parts/current``.
  public static func run() {
    ProgramOutput.prepare()
    Sweep.main(nil)
  }

  /// Ends the process because its author's parts cannot be registered.
  public static func refuse(_ reason: String) -> Never {
    ProgramOutput.prepare()
    FileHandle.standardError.write(Data("Error: \(reason)\n".utf8))
    exit(EX_SOFTWARE)
  }
}
