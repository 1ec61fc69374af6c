extension PairedComparisons {
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Each \(key) at its best configuration, against each other: differences over shared seeds (Student's paired t,"
          + " Welch's where none are shared), p-values adjusted for all comparisons (Holm). Being the best of several on these"
          + " same seeds flatters a value, the more configurations it has: that is not corrected.", first: ""))
    guard !pairs.isEmpty else {
      let only = levels.first.map { "only \($0.value)" } ?? "no value"
      output.write(TerminalText.wrapped("Nothing to compare: \(only) has runs that can be ranked.", first: "\n"))
      if let hint = ranking.otherEpoch?.hint { output.write(TerminalText.wrapped("\(hint) ranks them.", first: "! ")) }
      return
    }
    output.write("\n")
    Table(
      columns: [
        .init(key), .init("minus"), .init("difference", .right), .init("95 % interval"), .init("seeds", .right),
        .init("p-value", .right), .init("adjusted", .right), .init("verdict"),
      ],
      rows: pairs.map { pair in
        let names = [levels[pair.first].value, levels[pair.second].value]
        guard let comparison = pair.comparison else {
          return names + [NumberText.missing, "", "", "", "", pair.verdict.rawValue]
        }
        let interval = comparison.confidenceInterval()
          .map { "\(NumberText.significant($0.lower, 3)) to \(NumberText.significant($0.upper, 3))" }
        return names + [
          NumberText.measurement(comparison.difference, comparison.standardError),
          interval ?? "",
          comparison.seedsText, comparison.pValueText,
          comparison.isExact ? comparison.pValueText : NumberText.pValue(pair.adjustedPValue),
          pair.verdict.rawValue,
        ]
      }
    ).write(to: &output)
    for note in notes { output.write(TerminalText.wrapped(note, first: "  ")) }
  }

  private var notes: [String] {
    var notes = ranking.otherEpoch.map { ["\($0.hint) ranks them."] } ?? []
    notes += ranking.cautions
    if ranking.seedsHaveNoEffect {
      notes.append(
        Ranking.seedsWithoutEffect(ranking.criterion.metric)
          + ". Differences have no noise to be tested against: they are exact for these runs, without p-values.")
    }
    let open = levels.filter { !$0.convergence.isConverged }
    if !open.isEmpty {
      notes.append(
        Convergence.sentence(open.map { ("\(key) \($0.value)", $0.convergence) }) + ": which is better may"
          + " change with more epochs or other learning rates.")
    }
    return notes
  }
}
