import Experiments

extension RunSummary {
  /// 2/λ_max at the final epoch, or at the best one where only that was probed: gradient descent with a larger learning
  /// rate diverges on the loss' quadratic model there. NaN where λ_max was not measured or is not positive.
  var stabilityLimit: Double {
    let measured = [final, best].map(\.curvature.lambdaMax).first { !$0.isNaN } ?? .nan
    return measured > 0 ? 2 / measured : .nan
  }
}

extension LearningRateSensitivity {
  /// The median of 2/λ_max over the probed runs of each optimizer's best configuration.
  static func stability(_ ranking: Ranking) -> [JSON] {
    guard let sensitivity = LearningRateSensitivity(ranking) else { return [] }
    return sensitivity.optimizers.compactMap { optimizer in
      optimizer.stabilityLimit.map { .object(["optimizer": .string(optimizer.name), "rate": .number($0)]) }
    }
  }
}
