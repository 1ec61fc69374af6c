import Experiments

extension HyperparameterEffects: Answer {
  public var json: JSON {
    .object([
      "criterion": .object(criterion.json), "scale": .string(scale.rawValue), "scopes": .array(scopes.map(\.json)),
    ])
  }
}

extension HyperparameterEffects.Scope {
  fileprivate var json: JSON {
    var members: [String: JSON] = ["optimizer": optimizer.map(JSON.string) ?? .null]
    switch result {
    case .complete(let analysis):
      members.merge(analysis.json) { $1 }
      members["status"] = .string("complete")
    case .nested(let analysis):
      members.merge(analysis.json) { $1 }
      members["status"] = .string("nested")
    case .nothingVaries: members["status"] = .string("nothing_varies")
    case .nothingRanked: members["status"] = .string("nothing_ranked")
    case .oneSeed: members["status"] = .string("one_seed")
    case .notPositive: members["status"] = .string("not_positive")
    case .incomplete(let present, let combinations):
      members["status"] = .string("incomplete")
      members["present"] = .integer(present)
      members["combinations"] = .integer(combinations)
    }
    return .object(members)
  }
}

extension HyperparameterEffects.Analysis {
  /// Every effect, however small, in the order of factors and pairs.
  fileprivate var json: [String: JSON] {
    let effects = effects.map { effect in
      JSON.object([
        "effect": .string(effect.name), "hyperparameters": .array(effect.hyperparameters.map(JSON.string)),
        "variance": .number(effect.variance), "share": .number(share(effect)), "p_value": .number(effect.pValue),
      ])
    }
    let marginals = marginals.map { marginal in
      JSON.object([
        "hyperparameter": .string(marginal.factor.name),
        "levels": .array(
          marginal.means.indices.map { level in
            .object([
              "value": marginal.factor.values[level]?.json ?? .null, "mean": .number(marginal.means[level]),
              "runs": .integer(marginal.runs[level].outcomes.total), "lost": .integer(marginal.runs[level].lost),
              "outcomes": marginal.runs[level].outcomes.json,
            ])
          }),
      ])
    }
    return [
      "runs": .integer(runs), "replaced": .integer(replaced), "seeds": .integer(seeds), "mean": .number(mean),
      "variance": .number(totalVariance), "effects": .array(effects), "marginal_means": .array(marginals),
      "seeds_without_effect": .boolean(seedsHaveNoEffect), "only_value": onlyValue.map(JSON.number) ?? .null,
    ]
  }
}
