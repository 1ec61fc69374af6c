/// Applies the exclusion rules, and sees to it that no trial comes twice.
struct TrialFilter {
  var rules: [ExclusionRule]
  var grid: DocumentField?

  /// The trials that no rule matches, in their order.
  ///
  /// Reports two trials of one identity, and rules that leave nothing; warns of a rule that matches no trial. Seeds are
  /// distinct, so configurations are compared, and trials are looked at one by one only where a rule speaks of seeds.
  func apply(to trials: TrialList, warnings: inout [String]) -> TrialList {
    var hits = [Bool](repeating: false, count: rules.count)
    var kept: [Int] = []
    var hasher = CanonicalHasher()
    var seen: Set<TrialIdentity> = []
    let (seeded, general) = (
      rules.indices.filter { rules[$0].names("seed") }, rules.indices.filter { !rules[$0].names("seed") }
    )
    for (trial, indices) in trials.configurations {
      let identity = hasher.identity(of: trial)
      func isExcluded(_ trial: Trial, by candidates: [Int]) -> Bool {
        let matching = candidates.filter { rules[$0].matches { hasher.value(of: $0, in: trial) } }
        for index in matching { hits[index] = true }
        return !matching.isEmpty
      }
      let isOut = isExcluded(trial, by: general)
      if isOut, seeded.isEmpty { continue }
      let left = seeded.isEmpty ? Array(indices) : indices.filter { !isExcluded(trials[$0], by: seeded) }
      if isOut || left.isEmpty { continue }
      guard seen.insert(identity).inserted else {
        reportDuplicate(trial)
        return trials.selecting(kept)
      }
      if !rules.isEmpty { kept += left }
    }
    for (rule, isHit) in zip(rules, hits) where !isHit {
      warnings.append("\(rule.field.node.location): \(rule.field.path): matches no trial")
    }
    let all = rules.isEmpty ? trials : trials.selecting(kept)
    if all.isEmpty { grid?.report("the exclude rules leave no trial", accepted: "rules that leave at least one") }
    return all
  }

  private func reportDuplicate(_ trial: Trial) {
    let keep = HyperparameterValue.list(trial.dropout.keepProbabilities(hiddenLayers: trial.network.hiddenLayers))
    let hidden = HyperparameterValue.list(trial.network.hidden.map(Double.init))
    grid?.report(
      "two trials are the same: hidden [\(hidden)], keep_probability [\(keep)] (the data first) occurs twice",
      accepted: "each trial once")
  }
}
