import Experiments

/// Names on disk: docs/format.md.
enum Schema {
  static let conventions = "CF-1.11"
  /// The global attribute that tells a shard from other HDF5 files.
  static let format = (name: "format", value: "ravine-shard-2")
  /// Begins the format of every version.
  static let formatPrefix = "ravine-"
  /// What is read: in the first version, texts of hyperparameters are codes whose meaning is the shard's own.
  static let readableFormats = ["ravine-shard-1", format.value]

  enum Attribute {
    static let manifest = "manifest"
    /// Of a merged file: what `test.json` of its sweep says.
    static let testEvaluation = "test_evaluation"
    /// One line a hyperparameter column: variable, kind, name and categories, separated by tabs.
    static let columns = "hyperparameter_columns"
    /// One line a layout: the positions of its columns and categories, in the order of the trial's hyperparameters.
    static let layouts = "hyperparameter_layouts"
    static let parameters = "parameters"
  }

  enum Name {
    static let run = "run"
    static let epoch = "epoch"
    static let identity = "run_id"
    static let layout = "hyperparameter_layout"
    static let outcome = "outcome"
    static let divergedStep = "diverged_step"
    static let failureMessage = "failure_message"
    static let epochs = "epochs"
    static let traceLength = "trace_length"
    static let bestEpoch = "best_epoch"
    static let steps = "steps"
    static let gradients = "gradients"
    static let products = "products"
    static let trainingSeconds = "training_seconds"
    static let totalSeconds = "total_seconds"
    static let workers = "workers"
    static let validationSamples = "validation_samples"
    static let checksum = "record_checksum"
    static let probe = "probe"
    static let probeCount = "probe_count"
    static let probeMoment = "probe_moment"
  }

  /// Counts, and sets of probes, which are 0 and empty where there are none or nothing is known of them.
  static let zeroForNone = Set(
    [Name.workers, Name.validationSamples, Name.checksum, Name.probeCount, Name.probeMoment]
      + CurvatureMeasurement.lists.map(\.count))
  static let probeDimensions = [Name.run, Name.probe]
  static let direction = "direction"

  /// Names a hyperparameter's column may not take.
  static let reserved: Set<String> = {
    let names = [
      Name.run, Name.epoch, Name.identity, Name.layout, Name.outcome, Name.divergedStep, Name.failureMessage,
      Name.epochs, Name.traceLength, Name.bestEpoch, Name.steps, Name.gradients, Name.products, Name.trainingSeconds,
      Name.totalSeconds, Name.workers, Name.validationSamples, Name.checksum, "layer", "hidden_layer", "part",
      Name.probe, Name.probeCount, Name.probeMoment,
    ]
    let probes =
      CurvatureMeasurement.integers.map(\.name) + CurvatureMeasurement.numbers.map(\.name)
      + CurvatureMeasurement.categories.map(\.name)
      + CurvatureMeasurement.lists.flatMap { list in
        [list.dimension, list.count] + (list.columns + list.flags + list.byDirection).map(\.name)
      }
    return Set(
      names + probes + metrics.flatMap { ["\($0.name)_final", "\($0.name)_best"] } + Trace.columns.map(\.name))
  }()

  /// A metric of a summary, stored at the final and at the best epoch.
  struct Metric: Sendable {
    var name: String
    var longName: String
    var value: any WritableKeyPath<RunSummary.Metrics, Double> & Sendable
    /// Whether files may be without it: those in which no run has it.
    var isOptional = false
  }

  static let metrics: [Metric] = [
    Metric(name: "train_loss", longName: "training loss", value: \.trainLoss),
    Metric(name: "train_accuracy", longName: "training accuracy", value: \.trainAccuracy),
    Metric(name: "val_loss", longName: "validation loss", value: \.validationLoss),
    Metric(name: "val_accuracy", longName: "validation accuracy", value: \.validationAccuracy),
    Metric(
      name: "val_loss_variance", longName: "variance of the losses of the validation samples, with n - 1",
      value: \.validationLossVariance, isOptional: true),
  ]

  /// Which vectors of a run are kept.
  struct WeightKind: Sendable {
    var name: String
    var longName: String
    var values: any WritableKeyPath<Weights, WeightVector> & Sendable
  }

  static let weightKinds: [WeightKind] = [
    WeightKind(name: "initial", longName: "weights before training", values: \.initial),
    WeightKind(name: "best", longName: "weights at the best epoch", values: \.best),
    WeightKind(name: "final", longName: "weights at the final epoch", values: \.final),
  ]

  /// The dimension a list of numbers runs along; nil for a list that is not known here and has one of its own.
  static func listDimension(_ hyperparameter: String) -> (name: String, longName: String)? {
    switch hyperparameter {
    case "keep_probability", "dropout_rate": ("layer", "layer input, the data first")
    case "hidden": ("hidden_layer", "hidden layer from the input upwards")
    case "split": ("part", "training, validation, test")
    default: nil
    }
  }

  /// Begin the names of weights and of their dimensions.
  static let weightPrefixes = (vector: "weights", parameter: "parameter")
  /// Begins the names of vectors that probes keep.
  static let curvaturePrefix = "vector"

  /// `text` in the characters every reader of netCDF takes in a name.
  static func variableName(_ text: String) -> String {
    let safe = String(text.map { isWordCharacter($0) ? $0 : "_" })
    let isTaken = [weightPrefixes.vector, weightPrefixes.parameter, curvaturePrefix].contains {
      safe.hasPrefix($0 + "_")
    }
    return safe.first?.isLetter == true && !isTaken ? safe : "h_\(safe)"
  }

  /// A word of CF's `flag_meanings`, which are separated by blanks.
  static func flagMeaning(_ text: String) -> String {
    text.isEmpty ? "empty" : String(text.map { isWordCharacter($0) || "-.+@".contains($0) ? $0 : "_" })
  }

  private static func isWordCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}
