import Experiments
import Settings
import TestSupport
import Testing

/// `--set key=value[,value…]`.
@Suite struct OverrideTests {
  private func trial(_ overrides: String...) throws -> Trial {
    let trials = try parse(SampleFile.text, overrides: overrides).trials
    return try #require(trials.count == 1 ? trials.first : nil)
  }

  @Test func pathsAndShortNames() throws {
    #expect(try trial("training.epochs=7").training.epochs == 7)
    #expect(try trial("epochs=7").training.epochs == 7)
    #expect(try trial("epochs=7", "epochs=8").training.epochs == 8)
    #expect(try trial("patience=3").training.patience == 3)
    #expect(try trial("grid.optimizer.beta1=0.5").optimizer["beta1"] == 0.5)
    #expect(try trial("grid.optimizer[0].beta1=0.5").optimizer["beta1"] == 0.5)
    #expect(try trial("optimizer={name: lion, learning_rate: 1e-4}").optimizer == .init(.lion, learningRate: 1e-4))
    #expect(try trial("l2=1e-3").l2 == 1e-3)
    #expect(try trial("input_noise=0.5").inputNoise == 0.5)
    #expect(
      try parse(SampleFile.text(("input_noise", "input_noise: 1")), overrides: ["input_noise=0,2"]).trials
        .map(\.inputNoise) == [0, 2])
    #expect(
      try trial("schedule={step: {every: 2, gamma: 0.5}}").schedule.choice
        == .schedule("step", ["every": 2, "gamma": 0.5]))
    #expect(try trial("precision=double").precision == .double)
    #expect(try trial("data.split.seed=5").data.split.seed == 5)
    #expect(try trial("optimizer=lion", "learning_rate=1", "grid.optimizer[0].beta1=0.2").optimizer["beta1"] == 0.2)
    #expect(try trial("hidden=[3,2,1]").network.hidden == [3, 2, 1])
    #expect(try trial("hidden=5").network.hidden == [5])
    #expect(try trial("hidden=[]").network.hidden == [])
    #expect(try trial("keep_probability=0.5").dropout.hidden == [0.5])
    #expect(
      try trial("source={csv: {path: \"a,b\", target: y}}").data.source
        == .csv(path: "a,b", target: "y", header: true, task: .classification))
    #expect(try parse(SampleFile.text, overrides: ["name=other"]).name == "other")
    #expect(try parse(SampleFile.text, overrides: ["epochs=3"]).overrides == ["epochs=3"])
  }

  @Test func severalValuesMakeAList() throws {
    #expect(
      try parse(SampleFile.text, overrides: ["batch_size=16,full"]).trials.map(\.batchSize) == [.samples(16), .full])
    #expect(
      try parse(SampleFile.text, overrides: ["hidden=[64],[32,16]"]).trials.map(\.network.hidden) == [[64], [32, 16]])
    #expect(
      try parse(SampleFile.text, overrides: ["optimizer=adam,lion", "learning_rate=0.1,0.2"]).trials.count == 4)
    #expect(try parse(SampleFile.text, overrides: ["seed={count: 4}"]).trials.map(\.seed) == [0, 1, 2, 3])
  }

  @Test func anOverrideTakesThePlaceOfItsRival() throws {
    let varied = SampleFile.text(
      ("network", "network: {bias: true}"), ("  hidden", "  hidden: [[8], [4]]"),
      ("  dropout", "  dropout: {form: weight_scaling, hidden: {dropout_rate: [0.1, 0.2]}}"))
    #expect(try parse(varied).trials.count == 4)
    #expect(try parse(varied, overrides: ["network.hidden=[7]"]).trials.map(\.network.hidden) == [[7], [7]])
    let kept = try parse(varied, overrides: ["keep_probability=0.5"]).trials.map(\.dropout)
    #expect(
      kept == [
        .init(form: .weightScaling, input: 1, hidden: [0.5]), .init(form: .weightScaling, input: 1, hidden: [0.5]),
      ])
  }

  @Test(arguments: [
    ("epochs=0", "--set epochs: training.epochs: 0 is out of range; accepted: a whole number from 1 to 1000000"),
    ("epochs", "--set epochs: no value; accepted: KEY=VALUE[,VALUE…]"),
    ("epochs=", "--set epochs: no value; accepted: KEY=VALUE[,VALUE…]"),
    ("=3", "--set =3: no key; accepted: KEY=VALUE[,VALUE…]"),
    (
      "training..epochs=3",
      "--set training..epochs: not a path; accepted: a path such as training.epochs or grid.optimizer[0].learning_rate"
    ),
    (
      "training.epcohs=3",
      "--set training.epcohs: training.epcohs: unknown key; did you mean epochs? accepted: epochs, order, drop_remainder, early_stopping, divergence_bound, evaluate_training"
    ),
    (
      "batch_size=8,8",
      "--set batch_size: grid.batch_size[1]: 8 occurs twice, first in grid.batch_size[0]; accepted: each value once"
    ),
    ("loss.x=3", "--set loss.x: x is not found: the value above it is \"softmax_cross_entropy\""),
    ("grid.optimizer[2].beta1=0", "--set grid.optimizer[2].beta1: no entry [2]: the value is not a list"),
    ("network.hidden[5]=3", "--set network.hidden[5]: no entry [5]: the list has 2"),
    (
      "network.hidden.x=3",
      "--set network.hidden.x: x is not found: the value above it is a list, which takes [0], [1], …"
    ),
    ("epochs=[3", "--set epochs: not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence)"),
    ("epochs={a: 1, a: 2}", "--set epochs: a: given more than once in one mapping, here for the first time"),
    (
      "learning_rate=1",
      "--set learning_rate: grid.learning_rate: unused: every optimizer has a learning_rate of its own; accepted: grid.optimizer[0].learning_rate=… and so on"
    ),
    ("epochs=3]\nloss: [x", "--set epochs: not valid YAML: did not find expected <document start>"),
  ])
  func errors(override: String, message: String) {
    #expect(errorText(SampleFile.text, overrides: [override]) == message)
  }

  @Test func unknownShortNames() {
    #expect(
      errorText(SampleFile.text, overrides: ["epocs=3"]).hasPrefix(
        "--set epocs: unknown key; did you mean epochs? accepted: a path such as training.epochs, or one of epochs, order"
      ))
    #expect(
      errorText(SampleFile.text, overrides: ["wd=0.5"]).hasPrefix(
        "--set wd: is a setting of "))
    #expect(
      errorText(SampleFile.text, overrides: ["momentum=0.5"]).hasSuffix(
        "accepted: a path such as grid.optimizer[0].momentum, which counts from 0"))
    #expect(errorText(SampleFile.text, overrides: ["p=0.5"]).hasPrefix("--set p: unknown key; accepted: a path"))
  }
}
