import Experiments
import Testing

/// `problem:` in experiment files: its kinds, and the keys that say nothing of it.
@Suite struct ProblemFileTests {
  private func file(_ problem: String, training: String = "{epochs: 2}", grid: String = "") -> String {
    """
    name: p
    problem: \(problem)
    training: \(training)
    grid:
      optimizer: {name: gradient_descent, learning_rate: 0.01}
    \(grid)
    """
  }

  /// What a rule leaves of two saddles, two quadratics and Rosenbrock's function, by name and dimension.
  @Test(arguments: [
    ("eigenvalues: [1, -1]", ["saddle 3", "quadratic 2", "quadratic 3", "rosenbrock 2"]),
    ("eigenvalues: [[2, -1, -1], [4, 1]]", ["saddle 2", "quadratic 3", "rosenbrock 2"]),
    ("eigenvalues: [{log: {from: 100, to: 1, count: 3}}]", ["saddle 2", "saddle 3", "quadratic 2", "rosenbrock 2"]),
    ("start: 0.5", ["saddle 3", "quadratic 2", "quadratic 3", "rosenbrock 2"]),
    ("start: [0.5, 0.5]", ["saddle 3", "quadratic 2", "quadratic 3", "rosenbrock 2"]),
    ("start: [[1, 3], [-1.2, 1]]", ["saddle 2", "saddle 3", "quadratic 3"]),
    ("problem: saddle, start: [1, 3]", ["saddle 2", "saddle 3", "quadratic 2", "quadratic 3", "rosenbrock 2"]),
  ])
  func exclusion(rule: String, left: [String]) throws {
    let text = """
      name: p
      training: {epochs: 2}
      grid:
        problem:
          - {kind: saddle, start: 0.5}
          - {kind: saddle, eigenvalues: [2, -1, -1]}
          - {kind: quadratic, eigenvalues: [4, 1], start: [1, 3]}
          - {kind: quadratic, eigenvalues: [100, 10, 1]}
          - rosenbrock
        optimizer: newton
      exclude: [{\(rule)}]
      """
    #expect(try parse(text).trials.compactMap(\.problem).map { "\($0.name) \($0.dimension)" } == left)
  }

  @Test func exclusionOfWhatIsNoList() {
    let text = file("rosenbrock") + "\nexclude: [{start: one}, {eigenvalues: [[1, two]]}]\n"
    let errors = errorText(text)
    #expect(errors.contains("exclude[0].start: \"one\" is not a number"), "\(errors)")
    #expect(errors.contains("exclude[1].eigenvalues[0][1]: \"two\" is not a number"), "\(errors)")
  }

  @Test(arguments: [
    ("quadratic_deep", ProblemSpecification(.quadraticDeep, start: [1])),
    ("rosenbrock", ProblemSpecification(.rosenbrock(dimension: 2), start: [-1.2, 1])),
    ("{kind: rosenbrock, dimension: 3}", ProblemSpecification(.rosenbrock(dimension: 3), start: [-1.2, 1, -1.2])),
    ("saddle", ProblemSpecification(.saddle(eigenvalues: [1, -1], quartic: 1, rotationSeed: nil), start: [1, 0.1])),
    (
      "{kind: saddle, eigenvalues: [-2, 3], quartic: 0.5, rotation_seed: 4, start: [0.5, 0.5]}",
      ProblemSpecification(.saddle(eigenvalues: [-2, 3], quartic: 0.5, rotationSeed: 4), start: [0.5])
    ),
    (
      "{kind: quadratic, eigenvalues: [5, 5, {log: {from: 1, to: 0.01, count: 3}}]}",
      ProblemSpecification(.quadratic(eigenvalues: [5, 5, 1, 0.1, 0.01], rotationSeed: nil), start: [1])
    ),
  ])
  func kinds(text: String, expected: ProblemSpecification) throws {
    let trial = try #require(parse(file(text)).trials.first)
    #expect(trial.problem == expected)
    #expect(trial.batchSize == .full && expected.startingPoint.count == expected.dimension)
  }

  /// What is stored is the problem, and nothing of the network that there is not.
  @Test func canonicalText() throws {
    let trial = try parse(file("{kind: quadratic, eigenvalues: [4, 1], rotation_seed: 2, start: [1, 3]}")).trials[0]
    #expect(
      trial.canonicalText == """
        optimizer=gradient_descent
        learning_rate=0.01
        weight_decay=0
        schedule=constant
        warmup_epochs=0
        batch_size=0
        epochs_planned=2
        order=shuffled
        patience=-1
        minimum_delta=0
        divergence_bound=1000000
        evaluates_training=1
        precision=float
        seed=0
        problem=quadratic
        dimension=2
        eigenvalues=4 1
        rotation_seed=2
        start=1 3

        """)
  }

  /// Problems are an axis of the grid, outside all others.
  @Test func grid() throws {
    let text = file(
      "x", grid: "  seed: [0, 1]\n  problem: [rosenbrock, {kind: quadratic, eigenvalues: [1, 2]}, saddle]"
    )
    .replacing("problem: x\n", with: "")
    let trials = try parse(text).trials
    #expect(
      trials.map { $0.problem?.name } == ["rosenbrock", "rosenbrock", "quadratic", "quadratic", "saddle", "saddle"])
    var hasher = CanonicalHasher()
    #expect(trials.map { hasher.identity(of: $0) } == trials.map(\.identity))
    #expect(Set(trials.map(\.identity)).count == 6)
    let plan = Plan(
      experiment: try parse(text), inputs: 2, outputs: 1, trainSamples: 1, validationSamples: 1,
      memory: FixedMemory(rows: 0))
    #expect(plan.axes.first { $0.name == "problem" }?.values.count == 3)
    #expect(!plan.axes.contains { ["keep_probability", "loss", "data", "hidden"].contains($0.name) })
    #expect(plan.networks.map(\.parameters) == [2, 2, 2])
    #expect(try parse(text, overrides: ["problem=quadratic_deep"]).trials.count == 2)
    let searched = try parse(text + "\nsearch: {halton: 3}").trials
    #expect(Set(searched.map { $0.problem?.name }).count == 3 && searched.count == 6)
  }

  @Test(arguments: [
    ("data: digits", "e.yaml:6: data: a problem has no data; accepted: no such key beside a problem"),
    ("network: {hidden: [3]}", "e.yaml:6: network: a problem has no network; accepted: no such key beside a problem"),
    ("loss: squared_error", "e.yaml:6: loss: a problem is its own loss; accepted: no such key beside a problem"),
    (
      "l2: 0.1",
      "e.yaml:6: l2: the penalty is on a network's kernels, and a problem has none;"
        + " accepted: no such key beside a problem"
    ),
    (
      "  input_noise: 0.1",
      "e.yaml:6: grid.input_noise: the noise is on data, and a problem has none;"
        + " accepted: no such key beside a problem"
    ),
    (
      "  hidden: [[3]]", "e.yaml:6: grid.hidden: a problem has no network; accepted: no such key beside a problem"
    ),
    (
      "  activation: relu",
      "e.yaml:6: grid.activation: a problem has no network; accepted: no such key beside a problem"
    ),
    (
      "  dropout: {keep_probability: 0.5}",
      "e.yaml:6: grid.dropout: a problem has no units to drop; accepted: no such key beside a problem"
    ),
    (
      "curvature: {dropout: frozen}",
      "e.yaml:6: curvature.dropout: a problem has no units to drop; accepted: off, or no such key"
    ),
    (
      "  batch_size: 32",
      "e.yaml:6: grid.batch_size: rosenbrock is one function, without points to take batches of;"
        + " accepted: full, or no such key"
    ),
    (
      "  problem: rosenbrock",
      "e.yaml:6: grid.problem: given beside problem; accepted: only one of problem, grid.problem"
    ),
    (
      "selection: {metric: validation_accuracy}",
      "e.yaml:6: selection: a problem has no accuracy to select by; accepted: metric: validation_loss"
    ),
  ])
  func whatSaysNothingOfAProblem(line: String, message: String) {
    #expect(errorText(file("rosenbrock", grid: line)) == message)
  }

  @Test func points() throws {
    #expect(
      errorText(file("rosenbrock", training: "{epochs: 2, order: fixed}"))
        == "e.yaml:3: training.order: rosenbrock is one function, without points to take batches of;"
        + " accepted: no such key")
    #expect(errorText(file("rosenbrock", grid: "  batch_size: full")) == "accepted")
    let trial = try parse(
      file(
        "quadratic_deep", training: "{epochs: 2, order: shuffled_once, drop_remainder: true}",
        grid: "  batch_size: 128")
    ).trials[0]
    #expect(trial.training.order == .shuffledOnce && trial.training.dropRemainder)
    #expect(trial.canonicalText.contains("order=shuffled_once\n") && trial.canonicalText.contains("drop_remainder=1\n"))
    #expect(trial.stepsPerEpoch(trainingSamples: 1000) == 7)
    let both = file("x", grid: "  problem: [rosenbrock, quadratic_deep]").replacing("problem: x\n", with: "")
    #expect(errorText(both).contains("quadratic_deep is a mean over points, and rosenbrock has none"))
  }

  @Test(arguments: [
    ("cubic", "\"cubic\" is not a problem"), ("quadratic", "quadratic needs settings"),
    ("{eigenvalues: [1]}", "problem.kind: missing"), ("[rosenbrock]", "a list is not a problem"),
    ("{kind: quadratic}", "problem.eigenvalues: missing"),
    ("{kind: quadratic, eigenvalues: [1, -2]}", "a quadratic with the eigenvalue -2 has no minimum"),
    ("{kind: quadratic, eigenvalues: []}", "an empty list"),
    ("{kind: quadratic, eigenvalues: [1, x]}", "\"x\" is not a number"),
    ("{kind: quadratic, eigenvalues: [{linear: {from: 1, to: 2, count: 2000}}]}", "2000 eigenvalues"),
    ("{kind: quadratic, eigenvalues: [1, 2], start: [1, 2, 3]}", "3 numbers for 2 coordinates"),
    ("{kind: quadratic, eigenvalues: [1], rotation_seed: -1}", "-1 is out of range"),
    ("{kind: saddle, eigenvalues: [1, 2]}", "a saddle without a negative eigenvalue"),
    ("{kind: saddle, quartic: 0}", "0 is out of range"), ("{kind: rosenbrock, dimension: 1}", "1 is out of range"),
    ("{kind: rosenbrock, eigenvalues: [1]}", "unknown key"), ("{kind: quadratic_deep, start: 2}", "unknown key"),
  ])
  func refused(problem: String, reason: String) {
    #expect(errorText(file(problem)).contains(reason))
  }

  @Test func masksOfNothing() {
    let text = file("rosenbrock").replacing(
      "{name: gradient_descent, learning_rate: 0.01}", with: "{name: bfgs, frozen_masks: true}")
    #expect(errorText(text).contains("a problem has no dropout whose masks could be frozen"))
  }
}
