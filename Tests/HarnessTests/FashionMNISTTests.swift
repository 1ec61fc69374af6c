import Datasets
import Experiments
import Foundation
import Kernels
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// DeepOBS' fmnist_2c2d starts where its published runs did.
@Suite struct FashionMNISTTests {
  private static let experiment =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("experiments/fashion-mnist-2c2d.yaml")

  /// The published initial test loss, 2.3545 ± 0.027 over ten seeds, on 2,000 of the test images: ten seeds' mean within
  /// three standard errors of a difference of two such means, their deviation within a factor of two. He's initialization
  /// gives 2.5 and more.
  @Test func theInitialLossIsThePublishedOne() throws {
    let folder = "/usr/share/datasets/fashion-mnist/"
    let source = DataSource.idx(
      images: folder + "t10k-images-idx3-ubyte.gz", labels: folder + "t10k-labels-idx1-ubyte.gz", testImages: nil,
      testLabels: nil)
    let samples = try DataLoader.load(source).prepare(
      DataSpecification(
        source: source, standardization: .unit, split: SplitSpecification(train: 0.8, validation: 0.2, test: 0)),
      as: Float.self)
    let experiment = try ExperimentFile.parse(
      text: String(contentsOf: Self.experiment, encoding: .utf8), file: "fashion-mnist-2c2d.yaml", parts: .standard)
    let trial = try #require(experiment.trials.first)
    #expect(trial.data.standardization == .unit && trial.loss == .softmaxCrossEntropy)
    func losses(_ initialization: InitializationSpecification, seeds: Int) -> [Double] {
      (0..<seeds).map { seed in
        var trial = trial
        trial.network.initialization = initialization
        trial.seed = UInt64(seed)
        let run = TrialRun(trial, selection: .standard, keeping: .none)
        let engine: Backpropagation<Float> = run.engine(for: samples)
        let start: AlignedBuffer<Float> = engine.network.initialParameters(
          Initialization(initialization.choice.make(as: (any KernelInitializer).self)), bias: initialization.bias,
          seed: trial.seed)
        return withNumericEnvironment { engine.evaluate(start, on: samples.validation).loss }
      }
    }
    let found = losses(trial.network.initialization, seeds: 10)
    let mean = found.reduce(0, +) / 10
    let deviation = (found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9).squareRoot()
    #expect(abs(mean - 2.3545) < 3 * 0.027 * (2.0 / 10).squareRoot(), "\(found)")
    #expect(deviation > 0.027 / 2 && deviation < 0.027 * 2, "\(found)")
    #expect(abs(losses(.init(.he), seeds: 1)[0] - 2.3545) > 0.1)
  }
}
