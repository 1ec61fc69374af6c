extension Ranking {
  /// Whether the runs share one split of the data into training, validation and test. Problems have none.
  var isOfOneSplit: Bool { splitSeed != nil }

  /// What follows "over seeds".
  var splitText: String { isOfOneSplit ? ", this split" : "" }

  /// The seed of that split, as text.
  private var splitSeed: String? {
    guard let column = table.column("split_seed"), column.values.count == 1, !column.codes.contains(-1) else {
      return nil
    }
    return column.values[0].description
  }

  /// Claims about a method that only seeds stand behind: which keep probability is best, and whether dropout helps.
  func singleSplit(_ answer: KeepProbabilityAnswer?) -> Warning? {
    guard let answer, let splitSeed, ([answer.overall] + answer.optimizers).contains(where: \.claimsMore) else {
      return nil
    }
    return Warning(
      kind: .singleSplit,
      message: "P(best) and whether dropout helps are told over seeds, at one split of the data (split.seed"
        + " \(splitSeed)): they hold for its validation samples. Which keep probability is best on other samples they do not tell;"
        + " run the sweep again with other values of data.split.seed.")
  }
}

extension KeepProbabilityAnswer.Scope {
  /// Whether the answer is more than what was seen: a probability of being the best, or a verdict.
  fileprivate var claimsMore: Bool {
    confidence != nil || contrast?.verdict == .dropoutHelps || contrast?.verdict == .dropoutHurts
  }
}
