import ArgumentParser
import Datasets
import Experiments
import Harness

/// What every command about an experiment takes.
struct ExperimentOptions: ParsableArguments {
  @Argument(
    help: .init(
      "The experiment file (YAML). Without one, the built-in experiment on handwritten digits.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: .init(
      "Replace a value of the file, such as epochs=5 or batch_size=16,full. May be repeated.",
      valueName: "key=value[,value…]"))
  var overrides: [String] = []

  @Option(help: "The weights that each run keeps: none, best, or all (initial, best and final).")
  var weights = KeptWeights.best

  @Option(help: .init("Runs at a time, one thread each. Default: the number of cores.", valueName: "count"))
  var workers: Int?

  @Option(
    help: .init(
      """
      Memory that reading the data may take, such as 4G; with --engine slurm, memory of a task. Default: half of the \
      machine's.
      """, valueName: "size"))
  var memory: MemoryLimit?

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers is \(workers); accepted: a whole number from 1") }
  }

  var workerCount: Int { workers ?? LocalEngine.coreCount }

  func prepare(_ experiment: Experiment) throws -> PreparedSweep {
    try PreparedSweep(experiment, keeping: weights, within: memory ?? .halfOfMachine)
  }

  func load() throws -> Experiment {
    if let file { return try ExperimentFile.load(path: file, overrides: overrides, parts: .current) }
    let text = String(decoding: PackageResources.default_yaml, as: UTF8.self)
    return try ExperimentFile.parse(text: text, file: "experiments/default.yaml", overrides: overrides, parts: .current)
  }
}

extension KeptWeights: ExpressibleByArgument {}

extension MemoryLimit: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
