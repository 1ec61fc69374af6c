import Experiments
import TestSupport
import Testing

@testable import Harness

struct SweepProgressTests {
  private func run(_ seed: Int, _ loss: Double, outcome: TrialOutcome = .completed) -> RunSummary {
    RunSummary(fakeRecord(fakeTrials(seed + 1)[seed], validationLoss: [9, loss], outcome: outcome))
  }

  private func start(_ seed: Int, cost: Double = 1, epochs: Int = 1, at seconds: Double = 0) -> RunningRun {
    RunningRun(run(seed, 1).identity, cost: cost, plannedEpochs: epochs, began: seconds)
  }

  @Test func countsWhatStartsFinishesAndIsGivenUp() {
    var progress = SweepProgress(name: "a", total: 10, resumed: 3, selection: .standard, plannedCost: 7)
    for seed in 0..<4 { progress.start(start(seed)) }
    progress.finish(run(0, 1), cost: 1, at: 1)
    progress.finish(run(1, 1, outcome: .diverged(step: 4)), cost: 1, at: 1)
    progress.finish(run(2, 1, outcome: .failed(message: "")), cost: 1, at: 1)
    progress.abandon(run(3, 1).identity, at: 1)
    #expect(progress.running == 0)
    #expect(progress.done == 6)
    #expect(progress.diverged == 1)
    #expect(progress.failed == 1)
    // The three of before count as the mean of the seven.
    #expect(abs(progress.share - 0.6) < 1e-12)
  }

  @Test func timeLeftGoesByCost() {
    var progress = SweepProgress(name: "a", total: 3, selection: .standard, plannedCost: 100)
    #expect(progress.timeLeft(at: 5) == nil)
    #expect(progress.rate(at: 5) == nil)
    progress.start(start(0, cost: 80))
    progress.finish(run(0, 1), cost: 80, at: 8)
    // 80 of 100 took 8 s, so the other 20 take 2 s, though two of three runs are left.
    #expect(progress.timeLeft(at: 8) == 2)
    #expect(progress.rate(at: 8) == 0.125)
  }

  /// Three runs of six minutes and 300 epochs on two workers take twelve minutes: that is what is said from the first epoch
  /// to the last.
  @Test func timeLeftIsStableWhereRunsAreFewAndLong() throws {
    var progress = SweepProgress(name: "a", total: 3, selection: .standard, plannedCost: 300, workers: 2)
    progress.order = [100, 100, 100]
    for seed in 0..<2 { progress.start(start(seed, cost: 100, epochs: 300)) }
    #expect(progress.timeLeft(at: 1) == nil)
    for second in stride(from: 1.2, through: 720, by: 1.2) {
      if second > 360.5, progress.finished == 0 {
        for seed in 0..<2 { progress.finish(run(seed, 1), cost: 100, at: 360) }
        progress.start(start(2, cost: 100, epochs: 300, at: 360))
      }
      for seed in 0..<3 {
        let epochs = Int((seed < 2 ? second : second - 360) / 1.2 + 1e-6)
        progress.advance(run(seed, 1).identity, to: .init(epochs: epochs, reached: second))
      }
      let left = try #require(progress.timeLeft(at: second))
      #expect(abs(second + left - 720) < 1, "\(second) s: \(left) s left")
      #expect(abs(progress.share - (second < 360.5 ? 2 * second : 720 + second - 360) / 1080) < 0.01)
    }
    #expect(progress.done == 2)
  }

  @Test func probesAreWorkAsWell() {
    var progress = SweepProgress(name: "a", total: 1, selection: .standard, plannedCost: 10)
    let identity = run(0, 1).identity
    progress.start(
      RunningRun(identity, cost: 10, plannedEpochs: 4, plannedProbes: 2, probeShare: 0.8, began: 0))
    progress.advance(identity, to: .init(epochs: 0, probes: 1, reached: 4))
    #expect(progress.share == 0.4)
    progress.advance(identity, to: .init(epochs: 4, probes: 1, reached: 6))
    #expect(abs(progress.share - 0.6) < 1e-12)
    #expect(abs(progress.timeLeft(at: 6)! - 4) < 1e-9)
  }

  @Test func theBestSoFarMayBeInTraining() {
    var progress = SweepProgress(name: "a", total: 2, selection: .standard, plannedCost: 2)
    for seed in 0..<2 { progress.start(start(seed)) }
    progress.finish(run(0, 0.5), cost: 1, at: 1)
    progress.advance(run(1, 1).identity, to: .init(epochs: 7, value: 0.25))
    #expect(progress.best?.value == 0.25)
    #expect(progress.best?.epoch == 7)
    #expect(
      SelectionRule.standard.text(of: progress.best!, label: RunLabel([], wording: reportWording))
        == "best validation loss 0.25 so far, in training at epoch 7")
    // It diverges after all.
    progress.finish(run(1, 1, outcome: .diverged(step: 9)), cost: 1, at: 2)
    #expect(progress.best?.value == 0.5)
    #expect(progress.best?.epoch == nil)
  }

  @Test func theBestRunIsNoDivergedOneAndTiesGoToTheLowestIdentity() {
    let runs = [run(0, 0.5), run(1, 0.25), run(2, 0.25), run(3, 0.1, outcome: .diverged(step: 1)), run(4, .nan)]
    let expected = min(runs[1].identity, runs[2].identity)
    for order in [runs, runs.reversed()] {
      var progress = SweepProgress(name: "a", total: 5, selection: .standard, plannedCost: 5)
      for run in order {
        progress.start(RunningRun(run.identity, cost: 1, began: 0))
        progress.finish(run, cost: 1, at: 1)
      }
      #expect(progress.best?.identity == expected)
      #expect(progress.best?.value == 0.25)
    }
  }

  @Test func accuracyIsBetterWhenItIsHigher() {
    let rule = SelectionRule(metric: .validationAccuracy, epoch: .final)
    var progress = SweepProgress(name: "a", total: 2, selection: rule, plannedCost: 2)
    for run in [run(0, 3), run(1, 1)] {
      progress.start(RunningRun(run.identity, cost: 1, began: 0))
      progress.finish(run, cost: 1, at: 1)
    }
    #expect(progress.best?.value == 0.5)
  }
}

struct RunLabelTests {
  @Test func namesWhatVariesOnly() {
    var trials = fakeTrials(3)
    trials[1].batchSize = .full
    trials[2].optimizer = .init(.momentum, learningRate: 0.003)
    let namer = label(trials)
    // What only one optimizer has does not vary.
    #expect(namer.text(trials[1].hyperparameters) == "optimizer=adam, learning_rate=0.1, batch_size=full")
    #expect(namer.text(trials[2].hyperparameters) == "optimizer=momentum, learning_rate=0.003, batch_size=8")
    #expect(label(fakeTrials(3)).text(trials[0].hyperparameters) == "")
  }

  @Test func dropoutIsNamedOnceByItsKeepProbability() {
    var trials = fakeTrials(2)
    trials[1].dropout = .init(form: .inverted, input: 1, hidden: [0.8])
    #expect(label(trials).text(trials[1].hyperparameters) == "keep_probability=0.8")
    // The data too, and a layer each: as --where takes them.
    trials[0].dropout = .init(form: .inverted, input: 0.8, hidden: [0.5])
    #expect(label(trials).text(trials[0].hyperparameters) == "keep_probability=input 0.8, hidden 0.5")
  }

  @Test func closeRatesAreToldApart() {
    var trials = fakeTrials(2)
    trials[0].optimizer = .init(.adam, learningRate: 0.1234567)
    trials[1].optimizer = .init(.adam, learningRate: 0.1234568)
    #expect(
      trials.map { label(trials).text($0.hyperparameters) } == ["learning_rate=0.1234567", "learning_rate=0.1234568"])
  }
}

struct TerminalViewTests {
  private static let progress = {
    var trials = fakeTrials(480)
    trials[0].optimizer = .init(.adam, learningRate: 0.003)
    var progress = SweepProgress(name: "digits", total: 480, resumed: 118, selection: .standard, plannedCost: 362)
    for trial in trials[..<3] { progress.start(RunningRun(trial.identity, cost: 1, began: 3)) }
    progress.finish(RunSummary(fakeRecord(trials[0], validationLoss: [2, 0.0432])), cost: 1, at: 4)
    progress.finish(RunSummary(fakeRecord(trials[1], outcome: .diverged(step: 3))), cost: 1, at: 4)
    return (progress, label(trials))
  }()

  private func lines(_ style: TerminalStyle) -> [String] {
    TerminalView(style: style, label: Self.progress.1).lines(Self.progress.0, at: 4)
  }

  @Test func plainASCII() {
    #expect(
      lines(.init(width: 80, color: false, unicode: false)) == [
        "digits ##########------------------------------ 120/480 25%",
        "1 running, 1 diverged, 0.5 runs/s, 8 min 59 s left",
        "best validation loss 0.0432: learning_rate=0.003",
      ])
  }

  @Test func colorAndUnicode() {
    #expect(
      lines(.init(width: 42, color: true, unicode: true)) == [
        "digits \u{1b}[32m━━━━━\u{1b}[0m\u{1b}[2m─────────────────\u{1b}[0m 120/480 25%",
        "1 running · 1 diverged · 0.5 runs/s · 8 m…",
        "best validation loss 0.0432: learning_rat…",
      ])
  }

  @Test func linesNeverWrap() {
    for width in 1..<80 {
      for line in lines(.init(width: width, color: false, unicode: false)) { #expect(line.count <= width) }
    }
  }

  @Test func nothingIsFinishedYet() {
    let progress = SweepProgress(name: "digits", total: 3, selection: .standard, plannedCost: 3)
    let view = TerminalView(
      style: .init(width: 40, color: false, unicode: false), label: RunLabel([], wording: reportWording))
    #expect(view.lines(progress, at: 0) == ["digits ------------------------- 0/3 0%", "0 running, 0 diverged"])
  }
}
