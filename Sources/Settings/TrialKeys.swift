/// The names under which every trial is stored, whatever its parts: no setting of a part may have one of them, since results
/// have one column a name.
///
/// `ExperimentsTests` hold the list to what trials store.
enum TrialKeys {
  static let all: Set<String> = [
    "optimizer", "learning_rate", "schedule", "warmup_epochs", "batch_size", "image", "convolutions", "drop_channels",
    "keep_probability", "dropout_rate",
    "dropout_form", "hidden", "activation", "initialization", "initial_bias", "bias",
    "loss", "l2", "input_noise", "epochs_planned", "order", "patience", "minimum_delta", "divergence_bound",
    "evaluates_training", "drop_remainder", "stopping_metric", "precision", "seed", "data", "standardization", "split",
    "split_seed", "stratified", "problem", "dimension", "eigenvalues", "quartic", "rotation_seed", "start", "curvature",
  ]
}
