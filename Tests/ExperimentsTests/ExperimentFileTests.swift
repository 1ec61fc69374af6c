import Experiments
import Foundation
import Learning
import Settings
import TestSupport
import Testing

/// Files that are sound, and what they mean.
@Suite struct ExperimentFileTests {
  @Test func smallestFileTakesDefaults() throws {
    let experiment = try parse(SampleFile.text)
    let expected = Trial(
      data: DataSpecification(source: .digits), network: NetworkSpecification(hidden: [8, 4]),
      loss: .softmaxCrossEntropy, optimizer: OptimizerSpecification(.adam, learningRate: 0.01),
      batchSize: .samples(32), training: TrainingSpecification(epochs: 2), seed: 0)
    #expect(experiment.name == "sample")
    #expect(experiment.summary == "")
    #expect(experiment.trials == [expected])
    #expect(experiment.selection == .standard)
    #expect(experiment.warnings == [])
    #expect(experiment.sourceText == SampleFile.text)
  }

  @Test func everyKeyReachesTheTrial() throws {
    let experiment = try parse(
      """
      name: all_keys-1.0
      description: "Every key: given"
      data:
        source: {csv: {path: data/a b.csv, target: price, header: true, task: regression}}
        standardization: none
        split: {train: 0.5, validation: 0.3, test: 0.2, seed: 7}
      network: {hidden: [16], activation: lecun_tanh, initialization: lecun, bias: false}
      loss: squared_error
      l2: 1e-4
      precision: double
      training:
        epochs: 12
        order: fixed
        early_stopping: {patience: 3, minimum_delta: 1e-3}
        divergence_bound: 1e9
        evaluate_training: false
      schedule: {step: {every: 4, gamma: 0.5, warmup_epochs: 1.5}}
      selection: {metric: validation_loss, epoch: final}
      grid:
        optimizer: {name: nadam, learning_rate: 2e-3, beta1: 0.8, beta2: 0.99, epsilon: 1e-7, momentum_decay: 0.01, weight_decay: 0.1}
        batch_size: full
        dropout: {form: weight_scaling, input: {keep_probability: 0.9}, hidden: {dropout_rate: 0.3}}
        seed: 4
      """)
    let expected = Trial(
      data: DataSpecification(
        source: .csv(path: "data/a b.csv", target: "price", header: true, task: .regression), standardization: .none,
        split: SplitSpecification(train: 0.5, validation: 0.3, test: 0.2, seed: 7, stratified: false)),
      network: NetworkSpecification(hidden: [16], activation: .lecunTanh, initialization: .init(.lecun), bias: false),
      loss: .squaredError, l2: 1e-4,
      optimizer: OptimizerSpecification(
        .nadam, learningRate: 2e-3,
        ["beta1": 0.8, "beta2": 0.99, "epsilon": 1e-7, "momentum_decay": 0.01, "weight_decay": 0.1]),
      schedule: ScheduleSpecification(.schedule("step", ["every": 4, "gamma": 0.5]), warmupEpochs: 1.5),
      batchSize: .full,
      dropout: DropoutSpecification(form: .weightScaling, input: 0.9, hidden: [0.7]),
      training: TrainingSpecification(
        epochs: 12, order: .fixed, patience: 3, minimumDelta: 1e-3, divergenceBound: 1e9, evaluatesTraining: false),
      precision: .double, seed: 4)
    #expect(experiment.trials == [expected])
    #expect(experiment.summary == "Every key: given")
    #expect(experiment.selection == SelectionRule(metric: .validationLoss, epoch: .final))
  }

  @Test(arguments: [
    ("digits", DataSource.digits),
    ("{idx: {images: a, labels: b}}", .idx(images: "a", labels: "b", testImages: nil, testLabels: nil)),
    (
      "{idx: {images: a, labels: b, test_images: c, test_labels: d}}",
      .idx(images: "a", labels: "b", testImages: "c", testLabels: "d")
    ),
    (
      "{csv: {path: a, target: 3, header: false}}",
      .csv(path: "a", target: "3", header: false, task: .classification)
    ),
    (
      "{hdf5: {path: a, features: x, targets: g/y}}",
      .hdf5(path: "a", features: "x", targets: "g/y", task: .classification)
    ),
    (
      "{two_gaussians: {samples: 100}}", .twoGaussians(samples: 100, mean: [0.4, 0.8], deviation: 0.2, seed: 0)
    ),
    (
      "{two_gaussians: {samples: 1e3, mean: [-1, 2], deviation: 0.5, seed: 9}}",
      .twoGaussians(samples: 1000, mean: [-1, 2], deviation: 0.5, seed: 9)
    ),
    (
      "{spirals: {samples: 90, classes: 3, turns: 1.5, noise: 0.1}}",
      .spirals(samples: 90, classes: 3, turns: 1.5, noise: 0.1, seed: 0)
    ),
  ])
  func sources(text: String, expected: DataSource) throws {
    let experiment = try parse(SampleFile.text(("data", "data: {source: \(text)}")))
    #expect(experiment.trials[0].data.source == expected)
  }

  @Test(arguments: [
    (
      "{teacher: {samples: 50, features: 4, hidden: [5, 6], outputs: 2, noise: 0.5, seed: 1}}",
      DataSource.teacher(samples: 50, features: 4, hidden: [5, 6], outputs: 2, noise: 0.5, seed: 1)
    ),
    (
      "{linear_regression: {samples: 50, features: 4, condition_number: 100}}",
      .linearRegression(samples: 50, features: 4, conditionNumber: 100, noise: 0, seed: 0)
    ),
  ])
  func regressionSources(text: String, expected: DataSource) throws {
    let experiment = try parse(
      SampleFile.text(("data", "data: {source: \(text)}"), ("loss", "loss: squared_error")))
    #expect(experiment.trials[0].data.source == expected)
    #expect(experiment.trials[0].data.split.stratified == false)
  }

  @Test func testFilesLeaveNoShareToTest() throws {
    let source = "data: {source: {idx: {images: a, labels: b, test_images: c, test_labels: d}}}"
    let split = try parse(SampleFile.text(("data", source))).trials[0].data.split
    #expect([split.train, split.validation, split.test] == [0.8, 0.2, 0])
  }

  @Test(arguments: [
    ("constant", ScheduleSpecification.constant),
    ("cosine", ScheduleSpecification(.schedule("cosine"))),
    ("{constant: {warmup_epochs: 2}}", ScheduleSpecification(.schedule("constant"), warmupEpochs: 2)),
    ("{exponential: {gamma: 0.9}}", ScheduleSpecification(.schedule("exponential", ["gamma": 0.9]))),
    ("{inverse_time: {decay: 0.1}}", ScheduleSpecification(.schedule("inverse_time", ["decay": 0.1]))),
    (
      "{cosine: {floor: 0.1, warmup_epochs: 3}}",
      ScheduleSpecification(.schedule("cosine", ["floor": 0.1]), warmupEpochs: 3)
    ),
  ])
  func schedules(text: String, expected: ScheduleSpecification) throws {
    #expect(try parse(SampleFile.text(("schedule", "schedule: \(text)"))).trials[0].schedule == expected)
  }

  @Test func anchorsMayRepeatAValue() throws {
    let text = SampleFile.text(
      (
        "  optimizer",
        "  optimizer: [{name: adam, learning_rate: &rates [0.1, 0.2]}, {name: lion, learning_rate: *rates}]"
      ))
    #expect(try parse(text).trials.map(\.optimizer.learningRate) == [0.1, 0.2, 0.1, 0.2])
  }

  @Test(arguments: ["default", "second-order", "fashion-mnist", "mnist-dropout"])
  func shippedExperimentsLoad(name: String) throws {
    let experiment = try ExperimentFile.load(path: "\(packageDirectory)/experiments/\(name).yaml", parts: .standard)
    #expect(experiment.warnings == [])
    #expect(Set(experiment.trials).count == experiment.trials.count)
    #expect(experiment.directory == "\(packageDirectory)/experiments")
    if name == "default" {
      #expect(experiment.trials.count >= 200)
      #expect(Set(experiment.trials.map(\.dropout.hidden)) == [[0.5], [0.6], [0.7], [0.8], [0.9], [1]])
      #expect(Set(experiment.trials.map(\.seed)).count >= 3)
    } else if name == "second-order" {
      #expect(
        Set(experiment.trials.map(\.optimizer.kind)).isSuperset(
          of: Parts.standard.optimizers.filter { $0.type.isSecondOrder }))
    } else if name == "mnist-dropout" {
      #expect(experiment.trials[0].network.hidden == [512, 512])
    } else {
      #expect(experiment.trials[0].network.hidden == [256, 128])
    }
  }

  @Test func pathsAreTakenFromTheFilesDirectory() {
    let source = DataSource.idx(images: "a.gz", labels: "/b", testImages: "../c", testLabels: nil)
    #expect(
      source.resolvingPaths(in: "x/y")
        == .idx(images: "x/y/a.gz", labels: "/b", testImages: "x/y/../c", testLabels: nil))
    #expect(source.resolvingPaths(in: ".") == source)
  }
}

/// Scalars that YAML's versions, or its readers, disagree about.
@Suite struct NumberTests {
  @Test(arguments: [
    ("1e-3", 1e-3), ("1E-3", 1e-3), ("1.e-3", 1e-3), (".5", 0.5), ("+0.25", 0.25), ("1_000", 1000), ("1_000.5", 1000.5),
    ("3", 3), ("0.1", 0.1), ("2.5e+2", 250), ("0e0", nil), ("0x10", nil), ("010", nil), ("1:30", nil), ("1_", nil),
    ("_1", nil), ("1__0", nil), ("1e", nil), ("e3", nil), (".", nil), ("-.5", nil), ("1e400", nil), (".inf", nil),
    (".nan", nil), ("nan", nil), ("\"0.1\"", nil), ("'1'", nil), ("yes", nil), ("on", nil), ("0b1", nil), ("٣", nil),
    ("1,5", nil), ("~", nil), ("\"\"", nil), ("1e-400", nil), ("0o7", nil), ("--1", nil),
  ])
  func learningRates(text: String, expected: Double?) {
    let file = SampleFile.text(("  optimizer", "  optimizer:\n    name: adam\n    learning_rate: \(text)"))
    #expect((try? parse(file))?.trials[0].optimizer.learningRate == expected)
  }

  @Test(arguments: [
    ("30", 30), ("1e2", 100), ("1_000", 1000), ("30.0", 30), ("30.5", nil), ("0", nil), ("-1", nil), ("1e30", nil),
    ("99999999999999999999", nil), ("true", nil), ("\"3\"", nil), ("010", nil), ("[3]", nil), ("null", nil),
  ])
  func epochs(text: String, expected: Int?) {
    #expect(
      (try? parse(SampleFile.text(("training", "training: {epochs: \(text)}"))))?.trials[0].training.epochs == expected)
  }

  @Test(arguments: [
    ("true", true), ("False", false), ("yes", nil), ("no", nil), ("on", nil), ("off", nil), ("1", nil),
    ("\"true\"", nil),
    ("y", nil),
  ])
  func truths(text: String, expected: Bool?) {
    let file = SampleFile.text(("network", "network: {hidden: [8, 4], bias: \(text)}"))
    #expect((try? parse(file))?.trials[0].network.bias == expected)
  }

  @Test(arguments: ["no", "on", "2024", "1e3", "0.1", "true", "_x", "a.b-c"])
  func wordsStayText(name: String) throws {
    #expect(try parse(SampleFile.text(("name", "name: \(name)"))).name == name)
  }
}
