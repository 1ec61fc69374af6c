import Settings

extension ReferenceSection {
  private static let convolution: (path: String, value: String) = (
    "network", "{image: [8, 8], convolutions: {channels: 2, kernel: 3}, hidden: [2]}"
  )

  static let networkSections = [
    ReferenceSection(
      path: "network", title: "what is trained",
      text: "`hidden`, `activation` and `initialization` may stand in `grid` instead, with a list of values.",
      context: [convolution],
      keys: [
        .init("image", "shape of a sample; only with `convolutions`"),
        .init("convolutions", "from the image upwards, below the hidden layers; a list"),
        .init(
          "hidden", wrong: "x",
          "fully connected layers, lowest first; `[]` is a linear model; required here or in `grid`"),
        .init(
          "activation", "relu", "of hidden layers; the output layer is linear, the loss has its softmax or sigmoid"),
        .init(
          "initialization", "he", "of kernels, as below; biases start at 0 unless it is a mapping with another `bias`"
        ),
        .init("bias", "true", "whether layers have biases"),
      ]),
    ReferenceSection(
      path: "network.convolutions", title: "entries of the list", text: "", context: [convolution],
      keys: [
        .init("channels", "filters"), .init("kernel", "size of the window"), .init("stride", "1", "of the window"),
        .init("padding", "valid", "`same`: zeros around, so that the output is as large as the input over the stride"),
        .init("pool", "none", "after the activation; a size alone is maximum pooling with that stride"),
      ]),
    ReferenceSection(
      path: "network.convolutions.pool", title: "pooling",
      text: "", context: [convolution, ("network.convolutions.pool", "{size: 2}")],
      keys: [
        .init("kind", "max", "the window's maximum or mean"), .init("size", "of the window"),
        .init("stride", "2", "default: the window's size"), .init("padding", "valid", "as above"),
      ]),
  ]

  /// Activations, initializations and losses, as they declare themselves.
  static func networkParts(_ parts: Parts) -> [ReferenceSection] {
    let initializations = flatSections(
      of: .initialization, at: "network.initialization", nameKey: .init("kind", "the distribution"),
      text: """
        Inputs and outputs are those of a layer; of a convolution, its inputs are the scalars under the kernel. A name alone,
        or a mapping of `kind` and settings: `{kind: truncated_normal, deviation: 0.05, bias: 0.05}` is that of DeepOBS' 2c2d.
        """, parts, shared: [.init("bias", "0", "where biases start")])
    return sections(
      of: .activation, at: "network.activation", title: "φ of the hidden layers", text: "z is a unit's input.", parts)
      + initializations
      + sections(
        of: .loss, at: "loss", title: "what is minimised", text: "Of a sample's outputs z; the mean over samples.",
        parts)
  }

  static let trainingSections = [
    ReferenceSection(
      path: "training", title: "how long and in which order", text: "",
      keys: [
        .init("epochs", "passes over the training data"),
        .init(
          "order", "shuffled",
          "of samples; `shuffled_once`: one permutation a seed for all epochs; `fixed`: that of the data"),
        .init("drop_remainder", "false", "whether samples that fill no whole batch are left out of every epoch"),
        .init("early_stopping", "none", "ends a run that no longer improves"),
        .init(
          "divergence_bound", "1000000",
          "a loss above it, and above 1000 times the untrained network's, ends a run as diverged"),
        .init("evaluate_training", "true", "whether the training loss is measured after each epoch, which costs time"),
      ]),
    ReferenceSection(
      path: "training.early_stopping", title: "when to stop", text: "",
      context: [("training.early_stopping", "{patience: 3}")],
      keys: [
        .init("patience", "epochs without a better value of the selection's metric before a run ends"),
        .init("minimum_delta", "0", "by how much a value must be better"),
      ]),
  ]

  static func scheduleSections(_ parts: Parts) -> [ReferenceSection] {
    let text = "A name alone, or the name with its settings; t counts epochs and parts of them. May stand in `grid`."
    return sections(
      of: .schedule, at: "schedule", title: "the learning rate's factor", text: text, parts,
      shared: [.init("warmup_epochs", "0", "epochs in whose n steps the factor rises from 1/(n + 1)")])
  }

  static let selectionSections = [
    ReferenceSection(
      path: "selection", title: "how runs are ranked", text: "", context: [("selection", "{}")],
      keys: [
        .init("metric", "validation_loss", "what is compared"),
        .init("epoch", "best", "each run's best epoch by it, or its last"),
      ]),
    curvature,
    ReferenceSection(
      path: "curvature.density", title: "density of the spectrum", text: "By stochastic Lanczos quadrature.",
      context: [("curvature", "{density: {}}")],
      keys: [
        .init("probes", "8", "random vectors"), .init("steps", "64", "products a random vector"),
        .init("points", "256", "of the grid it is stored on"),
      ]),
  ]

  private static let curvature = ReferenceSection(
    path: "curvature", title: "probes of the loss surface",
    text: """
      They are part of what a run is: with other settings here it is another run. Training gives the same bits with and
      without. The same keys go to `sweep probe --set`. Only the data tell whether `samples` and `full_spectrum` fit.
      """,
    context: [("curvature", "{at: start}")],
    keys: [
      .init("at", "moments of training; without it best and final, or none with `every`"),
      .init("every", "none", "also after every so many epochs"),
      .init("data", "training", "whose loss; the test share is not looked at"),
      .init("samples", "all", "a fixed sample of so many examples"),
      .init("seed", "0", "chooses the sample and the random vectors"),
      .init("dropout", "off", "`frozen`: the masks of one step, the same in every product"),
      .init("matrix", "hessian", "exact products, the Gauss–Newton matrix, or central differences of the gradient"),
      .init("largest", "5", "how many of the largest eigenvalues"),
      .init("smallest", "5", "how many of the smallest; with 1 and 0 alone only λ_max is found, cheaply"),
      .init("tolerance", "0.0001", "residual over the largest magnitude at which an eigenvalue has converged"),
      .init("iterations", "500", "products that one search may take"),
      .init("full_spectrum", "false", "all eigenvalues, of networks of at most 5000 parameters"),
      .init("density", "false", "of the spectrum; `true` for its defaults"),
      .init("trace", "none", "an estimate with its standard error by so many random vectors; `true` for 32"),
      .init("layers", "true", "the extreme eigenvalues of each layer's block"),
      .init("taylor_models", "true", "how far the linear and the quadratic model of the loss are off"),
      .init("estimates", "none", wrong: "x", "other ways to the principal eigenvalue, a list"),
      .init("principal_eigenvector", "false", "whether the vector is kept"),
      .init("diagonal", "false", "whether the matrix' diagonal is kept, and LeCun's approximation of it"),
    ])
}
