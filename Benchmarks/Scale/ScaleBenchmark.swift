import Experiments
import Foundation
import Harness
import Learning
import Settings
import Store

/// Makes the results of a large sweep without training it: `scale-benchmark FOLDER RUNS [left [configurations]]` writes
/// FOLDER/scale.yaml and FOLDER/results/scale with all but `left` of its runs: 500 configurations over their seeds, or
/// another multiple of 200. scripts/bench-scale and scripts/check-report then measure on them.
@main
struct ScaleBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    let configurations = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 500
    guard arguments.count >= 3, let runs = Int(arguments[2]), configurations >= 200, runs >= configurations else {
      print("scale-benchmark FOLDER RUNS [left [configurations]]")
      exit(64)
    }
    let left = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0
    let file = "\(arguments[1])/scale.yaml"
    try experiment(configurations, seeds: runs / configurations).write(toFile: file, atomically: true, encoding: .utf8)
    let sweep = try PreparedSweep(ExperimentFile.load(path: file, parts: .standard), keeping: .none)
    let store = try ResultStore.open(
      directory: "\(arguments[1])/results/scale", manifest: SweepManifest(sweep, arguments: []),
      options: .init(trials: runs))
    let run = TrialRun(sweep.experiment.trials[0], selection: .standard, keeping: .none)
    guard let template = sweep.library.run(run, shouldStop: { false }) else { exit(70) }
    for trial in sweep.experiment.trials.dropLast(left) {
      var record = template
      record.identity = trial.identity
      record.hyperparameters = trial.hyperparameters
      // Some spread, so that there is a ranking.
      let offset = Double(record.identity.low % 1009) / 1009
      for index in record.trace.validationLoss.indices { record.trace.validationLoss[index] += offset }
      try store.append(record)
    }
    try store.close()
  }

  private static func experiment(_ configurations: Int, seeds: Int) -> String {
    let names = configurations == 500 ? ["adam"] : ["adam", "rmsprop", "momentum", "gradient_descent"]
    let rates = configurations / (50 * names.count)
    let optimizers = names.map {
      "    - {name: \($0), learning_rate: {log: {from: 1e-4, to: 1e-1, count: \(rates)}}}"
    }
    return """
      name: scale
      data: {source: digits}
      network: {hidden: [8]}
      loss: softmax_cross_entropy
      training: {epochs: 30}
      grid:
        optimizer:
      \(optimizers.joined(separator: "\n"))
        batch_size: [16, 32, 64, 128, full]
        dropout: {keep_probability: {linear: {from: 0.1, to: 1, count: 10}}}
        seed: {from: 0, count: \(seeds)}

      """
  }
}
