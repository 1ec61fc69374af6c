extension ReferenceSection {
  private static let measures: [ReferenceKey] = [
    .init("keep_probability", "probability that a unit is present"),
    .init("dropout_rate", "1 − keep probability; only one of the two"),
  ]

  static let gridSections = [
    ReferenceSection(
      path: "grid", title: "what varies",
      text: """
        Each key takes one value or a list; its trials are all combinations, in this order from the outermost to the
        innermost. `hidden`, `activation`, `initialization`, `l2`, `input_noise` and `schedule` stand here or above,
        not both.
        """,
      context: [("network", "{}"), ("grid.hidden", "[[2]]")],
      keys: [
        .init("problem", "as above"), .init("hidden", wrong: "x", "as in `network`"),
        .init("activation", "relu", "as in `network`"),
        .init("initialization", "he", "as in `network`"), .init("l2", "0", "as above"),
        .init("schedule", "constant", "as above"),
        .init("optimizer", "a name, a mapping with settings, or a list of these"),
        .init("learning_rate", "η of the optimizers that have none of their own"),
        .init("batch_size", "samples a step; `full` is the whole training set, 1 on-line learning"),
        .init("dropout", "none", "which units are left out in training"),
        .init("input_noise", "0", "as above"),
        .init("seed", "0", "of initial weights, order, masks and noise"),
      ]),
    ReferenceSection(
      path: "grid.optimizer", title: "an optimizer",
      text: """
        Beside these two each optimizer has settings of its own, each a value or a list: [optimizers.md](optimizers.md)
        has them, their defaults, and what goes with what.
        """,
      context: [("grid.optimizer", "{name: gradient_descent, learning_rate: 0.1}")],
      keys: [
        .init("name", "the method"),
        .init("learning_rate", "η; without it `grid.learning_rate`, or 1 for batch methods"),
        .init("weight_decay", "0", "λ on all parameters, biases too; first-order methods have it"),
      ]),
    ReferenceSection(
      path: "grid.learning_rate", title: "ranges",
      text: "In place of a number, wherever the grid takes one: numbers at equal distances, or of equal ratios.",
      context: [("grid.optimizer", "adam"), ("grid.learning_rate", "{}")],
      keys: [.init("linear", "equal distances"), .init("log", "equal ratios")]),
    ReferenceSection(
      path: "grid.learning_rate.log", title: "a range",
      text: "`linear` has the same keys; its `from` and `to` are what the key itself accepts.",
      context: [("grid.optimizer", "adam"), ("grid.learning_rate", "{log: {from: 0.1, to: 1, count: 2}}")],
      keys: [.init("from", "first value"), .init("to", "last value"), .init("count", "values, both ends included")]),
    ReferenceSection(
      path: "grid.dropout", title: "which units are left out",
      text: """
        `{keep_probability: 0.8}` is about hidden layers (and convolutions), the data are left alone; `hidden` says the
        same in full. A list inside the list gives each layer its own: `[[0.9, 0.5]]`.
        """,
      context: [("grid.dropout", "{}")],
      keys: [
        .init("form", "inverted", "scale by 1/p in training, or `weight_scaling`: weights times p in evaluation"),
        .init("input", "of the data: a mapping of `keep_probability` or `dropout_rate`"),
        .init("hidden", "of hidden layers: the same mapping"), measures[0], measures[1],
        .init("channels", "false", "whether channels of images are dropped whole"),
      ]),
    ReferenceSection(
      path: "grid.dropout.hidden", title: "probabilities", text: "Likewise `grid.dropout.input`.",
      context: [("grid.dropout", "{hidden: {}}")], keys: measures),
    ReferenceSection(
      path: "grid.seed", title: "many seeds", text: "", context: [("grid.seed", "{from: 0, count: 1}")],
      keys: [.init("from", "0", "the first"), .init("count", "how many")]),
    ReferenceSection(
      path: "search", title: "some of the grid",
      text: """
        Spread evenly over the grid by a scrambled Halton sequence, each with every seed. Ranges with a large count are
        then as good as continuous ones, and a larger number goes on where a smaller one ended.
        """,
      context: [("grid.learning_rate", "[1, 2]"), ("grid.optimizer", "adam"), ("search", "{halton: 1}")],
      keys: [.init("halton", "configurations"), .init("seed", "0", "keys the scrambling")]),
    ReferenceSection(
      path: "exclude", title: "entries of a rule",
      text: """
        A rule is a mapping of hyperparameters to a value or a list of values; a trial that matches all of them is left
        out. `batch_size: 0` is the full batch. One number for `keep_probability` means all hidden layers; a list inside
        the list means the data, then each layer. `eigenvalues` and `start` of a problem are a list of numbers or a list
        of such lists. Names:
        """,
      context: [("exclude", "{}")], keys: []),
    ReferenceSection(
      path: "slurm", title: "what sbatch is told", text: "Flags of `sweep run` come first.",
      context: [("slurm", "{}")],
      keys: [
        .init("tasks", "tasks the runs are dealt out to"), .init("time", "limit on a task's time"),
        .init("partition", "partition"), .init("account", "account"), .init("memory", "of a task"),
        .init("options", "further options, a list"),
      ]),
  ]
}
