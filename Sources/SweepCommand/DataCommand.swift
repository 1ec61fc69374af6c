import ArgumentParser
import Experiments
import Harness
import Store

/// The experiment's loss is a function of its parameters alone.
struct NoData: Error, CustomStringConvertible {
  var experiment: String
  var problem: String
  var description: String {
    "\(experiment): problem: '\(problem)' has no data to write: it is a function of its parameters alone; accepted: an"
      + " experiment with data:, or problem: quadratic_deep, which is a mean over points"
  }
}

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Write an experiment's data as its trials see them, split and scaled, as HDF5.",
    discussion: """
      The file has train/features (samples × features), train/targets (classes as int32, or samples × outputs), and the \
      same under validation, in the precision the trials train in. Other programs can so repeat what a run measured.

      Example:
        sweep data experiments/default.yaml digits.h5
      """)

  @Argument(help: .init("The experiment file (YAML).", valueName: "experiment"))
  var experiment: String

  @Argument(help: .init("The HDF5 file to write; replaced if it is there.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: .init("Replace a value of the experiment file. May be repeated.", valueName: "key=value[,value…]"))
  var overrides: [String] = []

  @Flag(help: "The test share as well. Whoever chooses by it has none left to judge by.")
  var test = false

  func validate() throws {
    if file.isEmpty { throw ValidationError("the file's name is empty; accepted: a path") }
  }

  func run() throws {
    try exitOnFailure {
      let experiment = try ExperimentFile.load(path: experiment, overrides: overrides, parts: .current)
      if let problem = experiment.trials[0].problem, !problem.hasPoints {
        throw NoData(experiment: self.experiment, problem: problem.name)
      }
      let library = try SampleLibrary(for: experiment.trials, directory: experiment.directory)
      try ExportedFile.write(
        library.arrays(for: experiment.trials[0], includingTest: test), attributes: ["experiment": experiment.name],
        to: file)
    }
  }
}
