import Settings

extension ReferenceSection {
  static func all(_ parts: Parts) -> [ReferenceSection] {
    [file] + dataSections + networkSections + networkParts(parts) + problemSections + trainingSections
      + scheduleSections(parts)
      + selectionSections + gridSections
  }

  private static let file = ReferenceSection(
    path: "", title: "The file", text: "",
    keys: [
      .init("name", "the directory of the results under `results/`"),
      .init("description", "the question, in words; stored and shown"),
      .init("data", "what is learned from; just a source's name stands for `{source: …}`"),
      .init("network", "what is trained"),
      .init("loss", "mean over samples, one of those below"),
      .init("problem", "in place of data, network and loss: a function to descend"),
      .init("l2", "0", "λ of the penalty ½λ‖W‖² on weights, biases left out"),
      .init(
        "input_noise", "0",
        "σ of normal noise on the inputs in training, drawn anew for each batch; in units of the inputs as standardized"
      ),
      .init("precision", "float", "of the network; losses and eigenvalues are summed and searched in double"),
      .init("training", "how long and in which order"),
      .init("schedule", "constant", "the learning rate's factor along training"),
      .init("selection", "{metric: validation_loss, epoch: best}", "the rule by which runs are ranked"),
      .init("curvature", "none", "probes of the loss surface along training"),
      .init("search", "instead of the whole grid, a number of its configurations"),
      .init("grid", "what varies: every combination is trained"),
      .init("exclude", "rules; trials that match all entries of one are left out"),
      .init("slurm", "what `sweep run --engine slurm` tells sbatch; no result depends on it"),
    ])

  private static let dataSections = [
    ReferenceSection(
      path: "data", title: "what is learned from", text: "",
      keys: [
        .init("source", wrong: "x", "where samples come from"),
        .init(
          "standardization", "standardize",
          "by the training data: each feature to mean 0 and deviation 1, or all by one factor to the largest magnitude 1"
        ),
        .init("split", "the shares of training, validation and test"),
      ]),
    ReferenceSection(
      path: "data.source", title: "one of these",
      text: "A relative path is taken from the experiment file's directory.",
      context: [("data.source", "{}")],
      keys: [
        .init(
          "digits", wrong: "{}", "1,797 handwritten digits, 8×8 pixels, 10 classes, built in: written `source: digits`"),
        .init("idx", "MNIST and its kin, gzipped or not"),
        .init("csv", "a table"),
        .init("hdf5", "two data sets of one file: samples × features, and classes or samples × outputs"),
        .init("two_gaussians", "two classes in the plane around ± `mean` (LeCun et al., 1998, section 5)"),
        .init("spirals", "interleaved spirals in the plane, one a class"),
        .init("teacher", "a random network's outputs on normal inputs: regression"),
        .init("linear_regression", "y = Xw + noise, XᵀX/N with exactly this condition number"),
      ]),
    ReferenceSection(
      path: "data.source.idx", title: "IDX files", text: "Without test files the test share is split off.",
      context: [("data.source", "{idx: {images: a, labels: b}}")],
      keys: [
        .init("images", "images to train and validate on"), .init("labels", "their classes"),
        .init("test_images", "given with `test_labels`"), .init("test_labels", "given with `test_images`"),
      ]),
    ReferenceSection(
      path: "data.source.csv", title: "a table",
      text: """
        Numbers are decimal and finite; an empty field is an error. What a missing value is written as is no class: `nan`, \
        `NA`, `n/a`, `null`, `?`, `inf` and the others that pandas takes for missing are refused with their line and column. \
        `none`, `nil`, `NaT`, `.`, `-` and the like are refused too, but may be a class: they are one in quotes (`"none"`), \
        where not every field of the line is quoted.
        """,
      context: [("data.source", "{csv: {path: a, target: b}}")],
      keys: [
        .init("path", "the file"), .init("target", "the column to predict; classes may be words"),
        .init("header", "true", "whether the first line has the columns' names"),
        .init("task", "classification", "what the target means"),
      ]),
    ReferenceSection(
      path: "data.source.hdf5", title: "HDF5",
      text: """
        Numbers are read as the conventions of netCDF and CF mean them: `_Unsigned`, then `scale_factor` and `add_offset`. \
        What is no value is refused with its index: a `_FillValue` or `missing_value`, a number outside of `valid_range`, \
        `valid_min` and `valid_max`, and in files that netCDF wrote what was never written. Only finite numbers are accepted.
        """,
      context: [("data.source", "{hdf5: {path: a, features: b, targets: c}}")],
      keys: [
        .init("path", "the file"), .init("features", "samples × features; more dimensions are flattened"),
        .init("targets", "classes, or numbers to predict"), .init("task", "classification", "what the targets mean"),
      ]),
    generated(
      "two_gaussians", "two classes in the plane", "{samples: 10}",
      [
        .init("mean", "[0.4, 0.8]", "of the classes"),
        .init("deviation", "0.2", "of each class in each direction"),
      ]),
    generated(
      "spirals", "interleaved spirals", "{samples: 10}",
      [
        .init("classes", "2", "spirals"), .init("turns", "1", "of each spiral"),
        .init("noise", "0", "standard deviation of normal noise on the coordinates"),
      ]),
    generated(
      "teacher", "a random network's outputs", "{samples: 10, features: 2, hidden: [2]}",
      [
        .init("features", "inputs"), .init("hidden", wrong: "x", "units of the teacher's hidden layers"),
        .init("outputs", "1", "outputs"), .init("noise", "0", "standard deviation of normal noise on the targets"),
      ]),
    generated(
      "linear_regression", "a linear model with noise", "{samples: 10, features: 2}",
      [
        .init("features", "inputs"), .init("condition_number", "1", "of XᵀX/N"),
        .init("noise", "0", "standard deviation of normal noise on the targets"),
      ]),
    ReferenceSection(
      path: "data.split", title: "shares of the samples",
      text: """
        The shares sum to 1. Where none is given they are 0.6, 0.2 and 0.2, or 0.8, 0.2 and 0 where the source brings a
        test set; where some are, the others are 0.
        """,
      context: [("data.split", "{}")],
      keys: [
        .init("train", "trained on"), .init("validation", "ranked by"),
        .init("test", "looked at once, for the winner"), .init("seed", "0", "says which samples go where"),
        .init(
          "stratified", "true", "whether each class is split in the same shares; regression has none, default false"),
      ]),
  ]

  private static func generated(
    _ name: String, _ title: String, _ settings: String, _ keys: [ReferenceKey]
  ) -> ReferenceSection {
    let context: [(path: String, value: String)] = [("data.source", "{\(name): \(settings)}")]
    return ReferenceSection(
      path: "data.source.\(name)", title: title, text: "", context: context,
      keys: [.init("samples", "samples in all")] + keys + [.init("seed", "0", "keys the random numbers")])
  }
}
