import Experiments

extension HyperparameterEffects: Answer {
  public var json: JSON {
    .object(["criterion": .object(criterion.json), "scopes": .array(scopes.map(\.json))])
  }
}

extension HyperparameterEffects.Scope {
  fileprivate var json: JSON {
    var members: [String: JSON] = ["optimizer": optimizer.map(JSON.string) ?? .null]
    switch result {
    case .complete(let analysis): members.merge(analysis.json) { $1 }
    case .nothingVaries: members["status"] = .string("nothing_varies")
    case .nothingRanked: members["status"] = .string("nothing_ranked")
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
    let effects = allTerms.map { term in
      JSON.object([
        "effect": .string(term.name), "hyperparameters": .array(term.factors.map { .string(factors[$0].name) }),
        "variance": .number(term.variance), "share": .number(share(term.variance)),
      ])
    }
    let marginals = factors.enumerated().map { index, factor in
      JSON.object([
        "hyperparameter": .string(factor.name),
        "levels": .array(
          factor.values.enumerated().map { level, value in
            .object(["value": value?.json ?? .null, "mean": .number(anova.marginals[index][level])])
          }),
      ])
    }
    return [
      "status": .string("complete"), "runs": .integer(runs), "replaced": .integer(replaced),
      "mean": .number(anova.mean), "variance": .number(totalVariance), "effects": .array(effects),
      "marginal_means": .array(marginals),
    ]
  }
}
