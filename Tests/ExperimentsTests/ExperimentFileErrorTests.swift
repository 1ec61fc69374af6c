import Experiments
import Testing

/// Files that are refused, and the exact words.
@Suite struct ExperimentFileErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var key: String
    var line: String
    var message: String

    init(_ key: String, _ line: String, _ message: String) {
      (self.key, self.line, self.message) = (key, line, message)
    }

    var testDescription: String { line }
  }

  static let top =
    "name, description, data, network, loss, problem, l2, input_noise, precision, training, schedule, selection, curvature,"
    + " search, grid, exclude, slurm"
  static let nameRule = "letters, digits, '.', '_' and '-', at most 100, the first a letter, digit or '_'"

  @Test(arguments: [
    // keys
    Case("lose", "lose: x", "e.yaml:9: lose: unknown key; did you mean loss? accepted: \(top)"),
    Case("zzzz", "zzzz: 1", "e.yaml:9: zzzz: unknown key; accepted: \(top)"),
    Case(
      "training", "training: {epcohs: 3}",
      "e.yaml:5: training.epcohs: unknown key; did you mean epochs?"
        + " accepted: epochs, order, drop_remainder, early_stopping, divergence_bound, evaluate_training"),
    Case("training", "training: {}", "e.yaml:5: training.epochs: missing; accepted: a whole number from 1 to 1000000"),
    Case("training", "training:", "e.yaml:5: training: has no value; accepted: a value, or no such key"),
    Case("name", "name: a\nname: b", "e.yaml:1: name: given more than once in one mapping, here for the first time"),
    // names
    Case("name", "name: ../a", "e.yaml:1: name: \"../a\" is not a name; accepted: \(nameRule)"),
    Case("name", "name: .hidden", "e.yaml:1: name: \".hidden\" is not a name; accepted: \(nameRule)"),
    Case("name", "name: -rf", "e.yaml:1: name: \"-rf\" is not a name; accepted: \(nameRule)"),
    Case("name", "name: [a]", "e.yaml:1: name: a list is not text; accepted: \(nameRule)"),
    Case("name", "name: é", "e.yaml:1: name: \"é\" is not a name; accepted: \(nameRule)"),
    // numbers
    Case(
      "training", "training: {epochs: ten}",
      "e.yaml:5: training.epochs: \"ten\" is not a whole number; accepted: a whole number from 1 to 1000000"),
    Case(
      "training", "training:\n  epochs: \"10\"",
      "e.yaml:6: training.epochs: \"10\" is not a whole number but quoted text;"
        + " accepted: a whole number from 1 to 1000000"),
    Case(
      "training", "training: {epochs: 0}",
      "e.yaml:5: training.epochs: 0 is out of range; accepted: a whole number from 1 to 1000000"),
    Case(
      "training", "training: {epochs: 2.5}",
      "e.yaml:5: training.epochs: 2.5 is not a whole number; accepted: a whole number from 1 to 1000000"),
    Case(
      "training", "training: {epochs: [1, 2]}",
      "e.yaml:5: training.epochs: a list is not a whole number; accepted: a whole number from 1 to 1000000"),
    Case("l2", "l2: -1", "e.yaml:9: l2: -1 is out of range; accepted: a finite number of at least 0"),
    Case("l2", "l2: .inf", "e.yaml:9: l2: .inf is out of range; accepted: a finite number of at least 0"),
    Case(
      "training", "training: {epochs: 2, early_stopping: {minimum_delta: 0}}",
      "e.yaml:5: training.early_stopping.patience: missing; accepted: a whole number from 1 to 1000000"),
    // names of choices
    Case(
      "loss", "loss: softmax",
      "e.yaml:4: loss: \"softmax\" is not a loss; did you mean softmax_cross_entropy?"
        + " accepted: softmax_cross_entropy, squared_error, binary_cross_entropy, {huber: {delta}}"),
    Case(
      "precision", "precision: half",
      "e.yaml:9: precision: \"half\" is not a precision that Ravine has; accepted: float, double"),
    Case(
      "network", "network: {hidden: [8, 4], activation: rleu}",
      "e.yaml:3: network.activation: \"rleu\" is not an activation; did you mean relu?"
        + " accepted: relu, identity, tanh, lecun_tanh, sigmoid, softplus, gelu, silu"),
    Case(
      "network", "network: {hidden: [8, 4], bias: no}",
      "e.yaml:3: network.bias: \"no\" is not a truth value; accepted: true or false"),
    Case(
      "network", "network: {hidden: [8, 0]}",
      "e.yaml:3: network.hidden[1]: 0 is out of range; accepted: a whole number from 1 to 65536"),
    Case(
      "network", "network: {activation: relu}",
      "e.yaml:3: network.hidden: missing;"
        + " accepted: a list of units, one entry a hidden layer, each a whole number from 1 to 65536"),
    // the grid
    Case(
      "  batch_size", "  batch_size: []",
      "e.yaml:8: grid.batch_size: an empty list; accepted: a whole number from 1 to 2147483647, or full"),
    Case(
      "  batch_size", "  batch_size: [32, 16, 32]",
      "e.yaml:8: grid.batch_size[2]: 32 occurs twice, first in grid.batch_size[0]; accepted: each value once"),
    Case(
      "  batch_size", "  batch_size: [32, fulll]",
      "e.yaml:8: grid.batch_size[1]: \"fulll\" is not a whole number; accepted: a whole number from 1 to 2147483647, or full"
    ),
    Case(
      "  batch_size", "  batch_size: {log: {from: 1, to: 10, count: 3}}",
      "e.yaml:8: grid.batch_size: 3.16227766017 is not a whole number; accepted: a range of whole numbers"),
    Case(
      "  optimizer", "  optimizer: {name: adma, learning_rate: 1}",
      "e.yaml:7: grid.optimizer.name: \"adma\" is not an optimizer; did you mean adam?"
        + " accepted: gradient_descent, momentum, nesterov, adagrad, adadelta, rmsprop, adam, adamw, amsgrad, nadam, lion,"
        + " newton, gauss_newton, levenberg_marquardt, truncated_newton, conjugate_gradient, bfgs, lbfgs,"
        + " diagonal_newton, stochastic_diagonal_lm"),
    Case(
      "  optimizer", "  optimizer: [{name: adam, momentum: 0.9, learning_rate: 1}]",
      "e.yaml:7: grid.optimizer[0].momentum: unknown key;"
        + " accepted: name, learning_rate, beta1, beta2, epsilon, weight_decay"),
    Case(
      "  optimizer",
      "  optimizer:\n    - {name: adam, learning_rate: 1}\n    - {name: momentum, learning_rate: 1, momentum: 1}",
      "e.yaml:9: grid.optimizer[1].momentum: 1 is out of range; accepted: a number in [0, 1)"),
    Case(
      "  optimizer", "  optimizer: adam",
      "e.yaml:7: grid.optimizer: adam has no learning rate; accepted: learning_rate here, or grid.learning_rate"),
    Case(
      "  optimizer", "  optimizer: [{name: adam, learning_rate: [0.1, 0.2]}, {name: adam, learning_rate: 0.2}]",
      "e.yaml:7: grid.optimizer[1]: adam with learning_rate 0.2 and the same settings is also given by"
        + " grid.optimizer[0]; accepted: each optimizer once"),
    Case(
      "  optimizer", "  optimizer: {name: adam, learning_rate: {log: {from: 0, to: 1, count: 3}}}",
      "e.yaml:7: grid.optimizer.learning_rate.log.from: 0 is out of range; accepted: a finite number above 0"),
    Case(
      "  optimizer", "  optimizer: {name: adam, learning_rate: {log: {from: 1, to: 2, count: 1}}}",
      "e.yaml:7: grid.optimizer.learning_rate.log.count: 1 is out of range;"
        + " accepted: a whole number from 2 to 100000"),
    Case(
      "  optimizer", "  optimizer: {name: adam, learning_rate: {log: {from: 1, to: 1, count: 3}}}",
      "e.yaml:7: grid.optimizer.learning_rate: 1 occurs twice, first in grid.optimizer.learning_rate;"
        + " accepted: each value once"),
    Case(
      "  optimizer", "  optimizer: {learning_rate: 1}",
      "e.yaml:7: grid.optimizer: an optimizer without a name; accepted: {name: …} with one of"
        + " gradient_descent, momentum, nesterov, adagrad, adadelta, rmsprop, adam, adamw, amsgrad, nadam, lion,"
        + " newton, gauss_newton, levenberg_marquardt, truncated_newton, conjugate_gradient, bfgs, lbfgs,"
        + " diagonal_newton, stochastic_diagonal_lm"),
    Case(
      "  hidden", "  hidden: [[8], [4]]",
      "e.yaml:9: grid.hidden: given beside network.hidden; accepted: only one of network.hidden, grid.hidden"),
    Case(
      "  seed", "  seed: {from: 0, count: 0}",
      "e.yaml:9: grid.seed.count: 0 is out of range; accepted: a whole number from 1 to 1000000"),
    Case(
      "  batch_size", "  batch_size: {linear: {from: 1, to: 5000, count: 5000}}\n  seed: {count: 5000}",
      "e.yaml:7: grid: 25000000 trials; accepted: at most 10000000"),
    // dropout
    Case(
      "  dropout", "  dropout: {keep_probability: [0.5, 0]}",
      "e.yaml:9: grid.dropout.keep_probability[1]: 0 is out of range; accepted: a number in (0, 1]"),
    Case(
      "  dropout", "  dropout: {keep_probability: 1.5}",
      "e.yaml:9: grid.dropout.keep_probability: 1.5 is out of range; accepted: a number in (0, 1]"),
    Case(
      "  dropout", "  dropout: {dropout_rate: 1}",
      "e.yaml:9: grid.dropout.dropout_rate: 1 is out of range; accepted: a number in [0, 1)"),
    Case(
      "  dropout", "  dropout: {hidden: {keep_probability: [0.5, [0.5, 0.6, 0.7]]}}",
      "e.yaml:9: grid.dropout.hidden.keep_probability[1]: 3 values for 2 hidden layers;"
        + " accepted: one value for all layers, or a list with one value a hidden layer"),
    Case(
      "  dropout", "  dropout: {keep_probability: 0.5, dropout_rate: 0.2}",
      "e.yaml:9: grid.dropout.dropout_rate: given beside grid.dropout.keep_probability;"
        + " accepted: only one of hidden, keep_probability, dropout_rate"),
    Case(
      "  dropout", "  dropout: {p: 0.5}",
      "e.yaml:9: grid.dropout.p: unknown key; accepted: form, input, hidden, keep_probability, dropout_rate, channels"),
    Case(
      "  dropout", "  dropout: {input: 0.8}",
      "e.yaml:9: grid.dropout.input: 0.8 does not say which probability it is;"
        + " accepted: {keep_probability: …}, or {dropout_rate: …} = 1 − keep probability"),
    Case(
      "  dropout", "  dropout: {hidden: {keep_probability: [0.5, [0.5, 0.5]]}}",
      "e.yaml:7: grid: two trials are the same: hidden [8 4], keep_probability [1 0.5 0.5] (the data first)"
        + " occurs twice; accepted: each trial once"),
    // data
    Case(
      "data", "data: {source: digits, split: {train: 0.8, validation: 0.3}}",
      "e.yaml:2: data.split: the shares sum to 1.1;"
        + " accepted: train, validation and test shares that sum to 1"),
    Case(
      "data", "data: {source: digits, split: {train: 1.2, validation: -0.2, test: 0}}",
      "e.yaml:2: data.split.train: 1.2 is out of range; accepted: a number in [0, 1]\n"
        + "e.yaml:2: data.split.validation: -0.2 is out of range; accepted: a number in [0, 1]"),
    Case(
      "data", "data: {source: digits, split: {train: 0.5, test: 0.5}}",
      "e.yaml:2: data.split: no samples to validate on; accepted: a train and a validation share above 0"),
    Case(
      "data", "data: {source: {idx: {images: a, labels: b, test_images: c}}}",
      "e.yaml:2: data.source.idx.test_images: given without test_labels; accepted: both, or neither"),
    Case(
      "data", "data: spirals", "e.yaml:2: data: spirals needs settings; accepted: {spirals: {…}}"),
    Case(
      "data", "data: mnist",
      "e.yaml:2: data: \"mnist\" is not a data source; did you mean idx? accepted: one of digits, idx, csv, hdf5, two_gaussians,"
        + " spirals, teacher, linear_regression"),
    Case(
      "data", "data: {source: {csv: {path: a, target: price, task: regression}}}",
      "e.yaml:4: loss: softmax_cross_entropy needs classes, and the data are for regression;"
        + " accepted: squared_error, binary_cross_entropy, huber"),
    Case(
      "data",
      "data: {source: {linear_regression: {samples: 10, features: 2}}, split: {stratified: true}}\n"
        + "selection: {metric: validation_accuracy}",
      "e.yaml:2: data.split.stratified: regression has no classes to stratify by; accepted: false\n"
        + "e.yaml:3: selection: regression has no accuracy to select by; accepted: metric: validation_loss\n"
        + "e.yaml:5: loss: softmax_cross_entropy needs classes, and the data are for regression;"
        + " accepted: squared_error, huber"),
    // schedules and rules
    Case(
      "schedule", "schedule: {step: {every: 10}}",
      "e.yaml:9: schedule.step.gamma: missing; accepted: a number in (0, 1]"),
    Case(
      "exclude", "exclude: [{optimiser: adam}]",
      "e.yaml:9: exclude[0].optimiser: unknown key; did you mean optimizer? accepted: "),
    Case(
      "exclude", "exclude: [{optimizer: adam}]",
      "e.yaml:7: grid: the exclude rules leave no trial; accepted: rules that leave at least one"),
    // YAML itself
    Case("l2", "l2: [1", "e.yaml:10: not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence)"),
    Case(
      "l2", "l2:\t- x\n\ty: 1",
      "e.yaml:9: not valid YAML: block sequence entries are not allowed in this context"),
    Case("l2", "l2: !!float 3", "e.yaml:9: tags (tag:yaml.org,2002:float) are not accepted"),
    Case("l2", "l2: *x", "e.yaml:9: not valid YAML: found undefined alias"),
    Case("l2", "? [a]\n: b", "e.yaml:9: a key must be a word, not a list or a mapping"),
    Case(
      "l2", "---\na: b",
      "e.yaml:9: not valid YAML: but found another document (expected a single document in the stream)"),
  ])
  func message(_ sample: Case) {
    let text = errorText(SampleFile.text((sample.key, sample.line)))
    if sample.message.hasSuffix("accepted: ") {
      #expect(text.hasPrefix(sample.message))
    } else {
      #expect(text == sample.message)
    }
  }
}
