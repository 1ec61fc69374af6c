import Foundation
import TestSupport
import Testing

/// Drives the built `sweep plan` as a user does.
@Suite struct SweepPlanTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  @Test func manyValuesAreShownByTheFirstAndTheLast() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 100_000))
    let result = try fixture.sweep("plan", file)
    #expect(result.status == 0)
    #expect(result.standardOutput.hasPrefix("spirals: 800,000 trials\n"))
    #expect(result.standardOutput.contains("0, 1, 2, 3, 4, 5, 6, 7, …, 99999 (100,000 values)\n"))
  }

  @Test func showsParametersAndEstimatesAndWritesNothing() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    let result = try fixture.sweep("plan", file, "--workers", "2", "--weights", "all")
    #expect(result.status == 0)
    #expect(result.standardError == "")
    let measured = ["rate ", "time "]
    let text = result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { line in !measured.contains { line.hasPrefix($0) } }.joined(separator: "\n")
    // By hand: 16 trials × 20 epochs × ⌈360/32⌉ steps; 624 weights and 51 biases. Operations of a trial: training
    // 20·360·(6·624 − 2·64), evaluation 21·480·2·624, updates 240·675·12 with adam and ·2 with gradient descent. Memory
    // of a worker: 4·(7·675 + 64·205) bytes, a block being of 64 rows, of the data 4·600·3; to read
    // it 1,200 features of 8 + 4 bytes and 600 classes of 16. Disk: 16·(400 + 21·10·8 +
    // 3·4·675) bytes.
    #expect(
      text == """
        spirals: 16 trials

        Varied
        optimizer         adam, gradient_descent
        learning_rate     0.003, 0.03, 0.1, 1e+06
        keep_probability  0.8, 1
        dropout_rate      0.2, 0
        seed              0, 1

        Fixed
        beta1               0.9
        beta2               0.999
        epsilon             1e-08
        weight_decay        0
        schedule            constant
        warmup_epochs       0
        batch_size          32
        dropout_form        inverted
        hidden              32/16
        activation          relu
        initialization      he
        bias                1
        loss                softmax_cross_entropy
        l2                  0
        epochs_planned      20
        order               shuffled
        patience            none
        minimum_delta       0
        divergence_bound    1000
        evaluates_training  1
        precision           float
        data                spirals samples=600 classes=3 turns=1.0 noise=0.0 seed=0
        standardization     standardize
        split               0.6/0.2/0.2
        split_seed          0
        stratified          1

        Estimates
        data       360 training, 120 validation and 120 test samples of 2 features
        networks   2-32-16-3 (675 parameters)
        work       3,840 steps, 0.64 GFLOP
        memory     146 KiB to train, 23 KiB to read the data
        disk       159 KiB before compression, weights kept: all

        """)
    let lines = result.standardOutput.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("rate       GFLOP/s a worker: ") && $0.hasSuffix(" at batch 32") })
    #expect(lines.contains { $0.hasPrefix("time       ") && $0.hasSuffix(" on 2 workers") })
    #expect(!fixture.exists("results"))
  }

  /// Every batch size is there, and of networks of different sizes the slowest and the fastest.
  @Test func ratesAreThoseOfEachNetwork() throws {
    let text = SweepFixture.experiment(seeds: 1).replacing("network: {hidden: [32, 16]}", with: "network: {}")
      .replacing("batch_size: [32]", with: "batch_size: [16, 32]\n  hidden: [[4], [512, 512]]")
    let result = try fixture.sweep("plan", try fixture.write(text))
    #expect(result.status == 0, "\(result.standardError)")
    let line = try #require(result.standardOutput.split(separator: "\n").first { $0.hasPrefix("rate ") })
    #expect(line.contains(" to ") && line.contains(" at batch 16, ") && line.hasSuffix(" at batch 32"), "\(line)")
    #expect(!result.standardOutput.contains("\nprobes "))
  }

  @Test(arguments: ["full_spectrum: true", "density: true, estimates: [taylor, online]", "matrix: gauss_newton"])
  func probesAreCountedAndTimed(settings: String) throws {
    let text = SweepFixture.experiment(seeds: 1)
    let file = try fixture.write(text + "\ncurvature: {at: [start, final], every: 5, samples: 100, \(settings)}\n")
    let result = try fixture.sweep("plan", file, "--workers", "1")
    #expect(result.status == 0, "\(result.standardError)")
    let line = try #require(result.standardOutput.split(separator: "\n").first { $0.hasPrefix("probes ") })
    // Eight trials, at the start and after 5, 10, 15 and 20 epochs.
    #expect(line.hasPrefix("probes     40 probes of the curvature over 100 samples, "), "\(line)")
    #expect(line.hasSuffix(" of one worker's time"))
  }

  @Test func theSameMistakesAreErrors() throws {
    let result = try fixture.sweep("plan", "nowhere.yaml")
    #expect(result.status == 66)
    #expect(result.standardError == "Error: nowhere.yaml: no such file; accepted: an experiment file (YAML)\n")
    #expect(result.standardOutput == "")
  }
}
