import ArgumentParser
import Experiments
import Harness
import Learning
import Settings
import Store

@main
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
      InitCommand.self, ReferenceCommand.self, RunCommand.self, PlanCommand.self, ProbeCommand.self, DataCommand.self,
      VerifyCommand.self, MergeCommand.self, StatusCommand.self, CancelCommand.self, DoctorCommand.self,
      TaskCommand.self,
    ])

  static func main() {
    ProgramOutput.prepare()
    Parts.$current.withValue(.standard) { main(nil) }
  }
}
