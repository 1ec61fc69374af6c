import Foundation
import Kernels
import Learning
import Settings
import TestSupport
import Testing

@testable import Experiments
@testable import Harness

/// What `sweep plan` says of memory against the engine that takes it.
@Suite struct PlannedMemoryTests {
  /// Blocks are as large as the engine makes them.
  @Test(
    arguments: [
      "hidden: [8]", "hidden: []", "hidden: [300, 200]",
      "image: [8, 8], hidden: [], convolutions: [{channels: 4, kernel: 3}]",
      "image: [8, 8], hidden: [16], convolutions: [{channels: 256, kernel: 3, padding: same, pool: 2}]",
      "image: [8, 8], hidden: [], convolutions: [{channels: 64, kernel: 3}, {channels: 700, kernel: 3}]",
    ], ["1", "32", "100", "600", "full"])
  func blocksAreTheEngines(network: String, batch: String) throws {
    let text = """
      name: memory
      data: digits
      network: {\(network)}
      loss: softmax_cross_entropy
      training: {epochs: 1}
      grid:
        optimizer: {name: adam, learning_rate: 0.01}
        batch_size: \(batch)
      """
    let experiment = try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .none)
    let trial = experiment.trials[0]
    let run = TrialRun(trial, selection: experiment.selection, keeping: .none)
    let engine = run.engine(for: sweep.library.samples(sweep.library.float, trial))
    let size = sweep.library.size(for: trial)
    let asked = TrainingMemory().blockRows(of: trial, inputs: size.features, outputs: size.outputs)
    #expect(asked == engine.blockRows)
    // And the plan goes by the answer: two vectors more than Adam's two, and one copy.
    let planned = sweep.plan.size(of: trial)
    let numbers = Double(asked) * Double(planned.activations) + Double(planned.windows)
    #expect(sweep.plan.workerBytes(of: trial) == 4 * (5 * Double(planned.parameters) + numbers))
  }

  /// What reading is planned to take is what a process takes more than for data of a few samples, within a quarter, and
  /// what `--memory` has to be, the test share included.
  @Test(arguments: ["idx", "csv"]) func readingTakesWhatIsPlanned(kind: String) throws {
    let folder = try TemporaryDirectory()
    let small = try DataFile(kind, samples: 60, in: folder)
    let large = try DataFile(kind, samples: kind == "csv" ? 90_000 : 24_000, in: folder)
    let planned = try Double(large.prepared().library.readingBytes)
    let command = Command("sweep", environment: ["MALLOC_MMAP_THRESHOLD_": "65536"])
    func peak(_ data: DataFile, _ arguments: String...) throws -> Double {
      Double(try command.peakMemory(["plan", data.experiment, "--workers", "1"] + arguments))
    }
    let taken = try peak(large, "--memory", "\(Int(planned))") - peak(small)
    #expect(taken / planned > 0.6 && taken / planned < 1.25, "\(taken) of \(planned) planned")
    let refused = try command.run(["plan", large.experiment, "--memory", "\(Int(planned * 0.8))"])
    #expect(refused.status == 65 && refused.standardError.contains("are accepted"), "\(refused)")
    let plan = try command.run(["plan", large.experiment])
    #expect(plan.standardOutput.contains(" to train, \(Quantity.bytes(planned)) to read the data"), "\(plan)")
  }

  /// The data of all shares are held while trials train: Σ samples × (features + 1) numbers of four bytes.
  @Test(arguments: [("idx", 28_800, 785), ("csv", 20_000, 51)])
  func dataWhileTraining(kind: String, samples: Int, numbers: Int) throws {
    let folder = try TemporaryDirectory()
    let data = try DataFile(kind, samples: kind == "csv" ? 20_000 : 24_000, in: folder)
    #expect(try data.prepared().plan.dataBytes == Double(4 * samples * numbers))
  }

  /// A data set on disk, and the file of an experiment that trains on it.
  private struct DataFile {
    var experiment: String

    init(_ kind: String, samples: Int, in folder: TemporaryDirectory) throws {
      let path = "\(folder.path)/\(kind)-\(samples)"
      let source: String
      if kind == "csv" {
        let row = (0..<50).map { "\($0 % 10)" }.joined(separator: ",")
        let rows = (0..<samples).map { "\(row),\($0 % 2)\n" }.joined()
        let header = (0...50).map { "c\($0)" }.joined(separator: ",") + "\n"
        try Data((header + rows).utf8).write(to: URL(fileURLWithPath: path + ".csv"))
        source = "{csv: {path: \(path).csv, target: c50}}"
      } else {
        func write(_ name: String, _ dimensions: [Int], _ value: (Int) -> UInt8) throws {
          var bytes: [UInt8] = [0, 0, 8, UInt8(dimensions.count)]
          for extent in dimensions { bytes += withUnsafeBytes(of: UInt32(extent).bigEndian, Array.init) }
          let values = (0..<dimensions.reduce(1, *)).map(value)
          try Data(bytes + values).write(to: URL(fileURLWithPath: "\(path)-\(name)"))
        }
        try write("images", [samples, 28, 28]) { UInt8(truncatingIfNeeded: $0) }
        try write("labels", [samples]) { UInt8($0 % 2) }
        var test = ""
        if kind == "idx" {
          try write("test-images", [samples / 5, 28, 28]) { UInt8(truncatingIfNeeded: $0) }
          try write("test-labels", [samples / 5]) { UInt8($0 % 2) }
          test = ", test_images: \(path)-test-images, test_labels: \(path)-test-labels"
        }
        source = "{idx: {images: \(path)-images, labels: \(path)-labels\(test)}}"
      }
      let text = """
        name: memory
        data: {source: \(source), split: {seed: 0}}
        network: {hidden: [2]}
        loss: softmax_cross_entropy
        training: {epochs: 1}
        grid:
          optimizer: {name: gradient_descent, learning_rate: 0.01}
          batch_size: 32

        """
      experiment = path + ".yaml"
      try text.write(toFile: experiment, atomically: false, encoding: .utf8)
    }

    func prepared() throws -> PreparedSweep {
      try PreparedSweep(try ExperimentFile.load(path: experiment, overrides: [], parts: .standard), keeping: .none)
    }
  }

  /// First-order optimizers keep as many vectors as they say.
  @Test(arguments: Parts.standard.optimizers.filter { !$0.type.isSecondOrder })
  func vectorsAreTheOptimizers(kind: OptimizerKind) {
    let specification = OptimizerSpecification(kind, learningRate: 0.1)
    let pool = BufferPool<Float>()
    let state = (specification.optimizer as? any FirstOrderOptimizer)?.makeState(parameterCount: 64, buffers: pool)
    let said = TrainingMemory().kept(by: specification, .float)
    withExtendedLifetime(state) { #expect(said == OptimizerMemory(vectors: pool.count)) }
  }

  /// Second-order methods take what they say, by the peak memory of a process: over half of it, and not a quarter beyond.
  @Test(arguments: Precision.allCases, [40, 900])
  func methodsTakeWhatTheySay(precision: Precision, samples: Int) throws {
    try compare(
      [
        "conjugate_gradient", "lbfgs, memory: 3", "truncated_newton", "diagonal_newton",
        "diagonal_newton, diagonal: squares", "stochastic_diagonal_lm, learning_rate: 1e-6",
      ], precision, hidden: 500, samples: samples)
  }

  /// Matrices of 1,936 × 1,936 numbers.
  @Test(arguments: Precision.allCases)
  func matricesAreWhatTheySay(precision: Precision) throws {
    try compare(["newton", "gauss_newton", "levenberg_marquardt", "bfgs"], precision, hidden: 40, samples: 40)
  }

  private func compare(_ optimizers: [String], _ precision: Precision, hidden: Int, samples: Int) throws {
    let folder = try TemporaryDirectory()
    func run(_ optimizer: String) throws -> (planned: Double, peak: Double) {
      try sweep(optimizer, precision, hidden: hidden, samples: samples, in: folder)
    }
    let simple = try run("gradient_descent, learning_rate: 1e-6")
    for optimizer in optimizers {
      let tried = try run(optimizer)
      let share = (tried.peak - simple.peak) / (tried.planned - simple.planned)
      #expect(share > 0.5 && share < 1.25, "\(optimizer): \(share) of what is planned")
    }
  }

  /// What a run is planned to take, and what its process took, in bytes.
  private func sweep(
    _ optimizer: String, _ precision: Precision, hidden: Int, samples: Int, in folder: TemporaryDirectory
  ) throws -> (planned: Double, peak: Double) {
    let text = """
      name: memory
      data: {source: {teacher: {samples: \(samples), features: 5, hidden: [3], noise: 0.1}}}
      network: {hidden: [\(hidden), \(hidden)], activation: tanh}
      loss: squared_error
      training: {epochs: 4}
      precision: \(precision.rawValue)
      grid:
        optimizer: {name: \(optimizer)}
        batch_size: full

      """
    let experiment = try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .none)
    let path = folder.path + "/e.yaml"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    let results = folder.path + "/" + optimizer.filter(\.isLetter)
    // Freed vectors go back to the system, so that the peak is of those in use.
    let command = Command("sweep", environment: ["MALLOC_MMAP_THRESHOLD_": "65536"])
    let peak = try command.peakMemory(["run", path, "--output", results, "--weights", "none", "--workers", "1"])
    return (sweep.plan.workerBytes(of: experiment.trials[0]), Double(peak))
  }
}
