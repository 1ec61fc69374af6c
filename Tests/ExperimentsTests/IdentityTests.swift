import Experiments
import Settings
import TestSupport
import Testing

/// Identities are on disk in every result, so a change of one of these values is a change of format.
@Suite struct IdentityTests {
  static let first = Trial(
    data: DataSpecification(source: .digits), network: NetworkSpecification(hidden: [8, 4]),
    loss: .softmaxCrossEntropy, optimizer: OptimizerSpecification(.adam, learningRate: 0.01), batchSize: .samples(32),
    training: TrainingSpecification(epochs: 2), seed: 0)

  static let second = Trial(
    data: DataSpecification(
      source: .csv(path: "a b.csv", target: "price", header: true, task: .regression), standardization: .none,
      split: SplitSpecification(train: 0.5, validation: 0.5, test: 0, seed: 3, stratified: false)),
    network: NetworkSpecification(hidden: [16], activation: .lecunTanh, initialization: .init(.lecun), bias: false),
    loss: .squaredError, l2: 1e-4,
    optimizer: OptimizerSpecification(
      .momentum, learningRate: 0.003, ["momentum": 0.99, "weight_decay": 5e-4]),
    schedule: ScheduleSpecification(.schedule("step", ["every": 10, "gamma": 0.5]), warmupEpochs: 1.5),
    batchSize: .full,
    dropout: DropoutSpecification(form: .weightScaling, input: 0.9, hidden: [0.7]),
    training: TrainingSpecification(
      epochs: 12, order: .fixed, patience: 3, minimumDelta: 1e-3, divergenceBound: 1e9, evaluatesTraining: false),
    precision: .double, seed: 7)

  /// The first three are the published vectors; the others were computed in Python from texts written by hand:
  /// `h = ((h ^ byte) * (2**88 + 0x13b)) % 2**128` from `0x6c62272e07bb014262b821756295c58d`.
  @Test(arguments: [
    ("", "6c62272e07bb014262b821756295c58d"),
    ("a", "d228cb696f1a8caf78912b704e4a8964"),
    ("foobar", "343e1662793c64bf6f0d3597ba446f18"),
    (first.canonicalText, "075aa294b5c80e51f09543ad3e8fd6b9"),
    (second.canonicalText, "548812f3144074d0e19e364ef48a3306"),
  ])
  func golden(text: String, hash: String) {
    #expect(TrialIdentity(hashing: text).description == hash)
    #expect(TrialIdentity(hash) == TrialIdentity(hashing: text))
  }

  @Test func canonicalText() {
    #expect(
      Self.second.canonicalText == """
        optimizer=momentum
        learning_rate=0.003
        momentum=0.99
        weight_decay=0.0005
        schedule=step
        schedule_every=10
        schedule_gamma=0.5
        warmup_epochs=1.5
        batch_size=0
        keep_probability=0.9 0.7
        dropout_rate=0.1 0.3
        dropout_form=weight_scaling
        hidden=16
        activation=lecun_tanh
        initialization=lecun
        bias=0
        loss=squared_error
        l2=0.0001
        epochs_planned=12
        order=fixed
        patience=3
        minimum_delta=0.001
        divergence_bound=1000000000
        evaluates_training=0
        precision=double
        seed=7
        data=csv path=a b.csv target=price header=true task=regression
        standardization=none
        split=0.5 0.5 0
        split_seed=3
        stratified=0

        """)
  }

  /// Noise of zero is no noise: the identity is the one from before there was any.
  @Test func noiseIsNamedWhereThereIsSome() {
    var trial = Self.first
    trial.inputNoise = 0
    #expect(trial.identity.description == "075aa294b5c80e51f09543ad3e8fd6b9")
    trial.inputNoise = 0.25
    #expect(trial.canonicalText.contains("\nl2=0\ninput_noise=0.25\nepochs_planned=2\n"))
  }

  /// Likewise settings of the initial weights.
  @Test func initialWeightsAreNamedWhereTheyHaveSettings() {
    var trial = Self.first
    trial.network.initialization = .init(.he, bias: 0)
    #expect(trial.identity.description == "075aa294b5c80e51f09543ad3e8fd6b9")
    trial.network.initialization = .init(.truncatedNormal(deviation: 0.05), bias: 0.1)
    #expect(
      trial.canonicalText.contains(
        "\ninitialization=truncated_normal\ninitialization_deviation=0.05\ninitial_bias=0.1\nbias=1\nloss="))
  }

  /// The fast path keeps parts of the last trial, so what matters is every kind of change between neighbours.
  @Test func manyAtOnceEqualOneByOne() {
    var trials = [Self.first, Self.second, Self.first]
    func add(_ change: (inout Trial) -> Void) {
      var trial = Self.first
      change(&trial)
      trials += [trial, Self.first]
    }
    add { $0.seed = 1 }
    add { $0.batchSize = .full }
    add { $0.l2 = 0.5 }
    add { $0.inputNoise = 0.5 }
    add { $0.loss = .squaredError }
    add { $0.precision = .double }
    add { $0.optimizer.learningRate = 0.5 }
    add { $0.schedule = .init(.schedule("cosine")) }
    add { $0.network.bias = false }
    add { $0.network.initialization.bias = 0.5 }
    add { $0.network.initialization = .init(.truncatedNormal(deviation: 0.5)) }
    add { $0.dropout.input = 0.5 }
    add { $0.training.epochs = 3 }
    add { $0.data.split.seed = 3 }
    add { $0.training.dropRemainder = true }
    add { $0.training.patience = 3 }
    add {
      $0.training.patience = 3
      $0.training.stoppingMetric = .validationAccuracy
    }
    add { $0.problem = ProblemSpecification(.rosenbrock(dimension: 2), start: [1]) }
    add { $0.problem = ProblemSpecification(.rosenbrock(dimension: 3), start: [1]) }
    var hasher = CanonicalHasher()
    let identities = trials.map { hasher.identity(of: $0) }
    #expect(identities == trials.map(\.identity))
    #expect(trials.allSatisfy { hasher.hyperparameters(of: $0) == $0.hyperparameters })
    #expect(Set(identities).count == 21)
  }

  /// Without early stopping the metric changes no bit of a run, so that its identity is what it was; with it the trials are
  /// others, and results of versions that stopped by the loss are not taken for them.
  @Test func theMetricThatStopsIsPartOfTheTrial() throws {
    func trial(_ selection: String, _ training: String) throws -> Trial {
      try parse(
        SampleFile.text(
          ("training", "training: {epochs: 2\(training)}\nselection: {metric: validation_\(selection)}"))
      ).trials[0]
    }
    let stopping = ", early_stopping: {patience: 3}"
    #expect(try trial("accuracy", "").identity == trial("loss", "").identity)
    #expect(try trial("accuracy", stopping).identity != trial("loss", stopping).identity)
    #expect(try !trial("loss", stopping).canonicalText.contains("stopping_metric"))
    let accuracy = try trial("accuracy", stopping)
    #expect(accuracy.training.stoppingMetric == .validationAccuracy)
    #expect(accuracy.canonicalText.contains("\nstopping_metric=validation_accuracy\n"))
  }

  @Test func notAHash() {
    for text in [
      "", "075aa294b5c80e51f09543ad3e8fd6b", "075aa294b5c80e51f09543ad3e8fd6bg", "é75aa294b5c80e51f09543ad3e8fd6b",
    ] {
      #expect(TrialIdentity(text) == nil)
    }
  }
}
