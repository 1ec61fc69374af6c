extension ReferenceSection {
  private static let kind = ReferenceKey("kind", "what is descended")
  private static let eigenvalues = ReferenceKey("eigenvalues", "λ, numbers and ranges; one may come more than once")
  private static let rotation = ReferenceKey(
    "rotation_seed", "draws a random basis for the eigenvectors; without it they are the axes")

  /// One a kind that has settings.
  static let problemSections = [
    problem(
      "quadratic", "a quadratic",
      """
      ½wᵀQw with Q = RᵀΛR. A problem stands in place of `data`, `network` and `loss`, and of `hidden`, `activation`,
      `initialization`, `l2` and `dropout`; a list of problems in `grid` compares them. Optimizers, schedules and all else
      are those of networks. Without points to take batches of, an epoch is one step. A kind alone, `problem: rosenbrock`,
      has its defaults. `quadratic_deep` has no settings: DeepOBS' mean of ½(w − x)ᵀQ(w − x) over 1,000 points x in 100
      dimensions, whose published results [quadratic-deep.yaml](../experiments/quadratic-deep.yaml) gives. `curvature` probes
      a problem as it does a network, but for layers and dropout, of which there are none.
      """, "{kind: quadratic, eigenvalues: [1]}",
      [kind, eigenvalues, rotation, .init("start", "one number for all coordinates, or one each; 1")]),
    problem(
      "saddle", "a saddle at 0",
      """
      ½λu² in the directions with positive λ and ¼κ(u² − |λ|/κ)² in those with negative, u = Rw: the Hessian at 0 has these
      eigenvalues, and the minima, of value 0, are at u = ±√(|λ|/κ).
      """, "{kind: saddle}",
      [
        kind, .init("eigenvalues", "at least one of them negative; 1 and −1"), .init("quartic", "κ; 1"), rotation,
        .init("start", "as above; 1 where λ is positive, 0.1 where it is negative"),
      ]),
    problem(
      "rosenbrock", "Rosenbrock's function", "Σ 100(wᵢ₊₁ − wᵢ²)² + (1 − wᵢ)², a curved valley with its minimum at 1.",
      "{kind: rosenbrock}",
      [kind, .init("dimension", "parameters; 2"), .init("start", "as above; −1.2 and 1 in turn")]),
  ]

  private static func problem(
    _ kind: String, _ title: String, _ text: String, _ settings: String, _ keys: [ReferenceKey]
  ) -> ReferenceSection {
    ReferenceSection(path: "problem", title: title, text: text, context: [("problem", settings)], keys: keys)
  }
}
