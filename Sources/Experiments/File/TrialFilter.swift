/// Applies the exclusion rules, and sees to it that no trial comes twice.
struct TrialFilter {
  var rules: [ExclusionRule]
  var grid: DocumentField?

  /// The trials that no rule matches, in their order.
  ///
  /// Reports two trials of one identity, and rules that leave nothing; warns of a rule that matches no trial.
  func apply(to trials: [Trial], warnings: inout [String]) -> [Trial] {
    var hits = [Int](repeating: 0, count: rules.count)
    var kept: [Trial] = []
    var hasher = CanonicalHasher()
    var seen = Set<TrialIdentity>(minimumCapacity: trials.count)
    for trial in trials {
      let identity = hasher.identity(of: trial)
      var isExcluded = false
      for (index, rule) in rules.enumerated() where rule.matches({ hasher.value(of: $0, in: trial) }) {
        hits[index] += 1
        isExcluded = true
      }
      if isExcluded { continue }
      guard seen.insert(identity).inserted else {
        reportDuplicate(trial)
        return kept
      }
      kept.append(trial)
    }
    for (rule, count) in zip(rules, hits) where count == 0 {
      warnings.append("\(rule.field.node.location): \(rule.field.path): matches no trial")
    }
    if kept.isEmpty { grid?.report("the exclude rules leave no trial", accepted: "rules that leave at least one") }
    return kept
  }

  private func reportDuplicate(_ trial: Trial) {
    let keep = HyperparameterValue.list(trial.dropout.keepProbabilities(hiddenLayers: trial.network.hiddenLayers))
    let hidden = HyperparameterValue.list(trial.network.hidden.map(Double.init))
    grid?.report(
      "two trials are the same: hidden [\(hidden)], keep_probability [\(keep)] (the data first) occurs twice",
      accepted: "each trial once")
  }
}
