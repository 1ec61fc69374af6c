import ArgumentParser

@main
struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Train every configuration of an experiment file and store the results as HDF5.")
}
