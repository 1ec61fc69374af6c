import Experiments

/// Two sweeps side by side: what differs in their settings, their winners, and the runs that both have.
public struct SweepComparison: Sendable {
  public let names: [String]
  public let rankings: [Ranking]
  /// Hyperparameters of which the two have different values: name, values of the first, of the second.
  public let differences: [(name: String, first: String, second: String)]
  /// First winner minus second; nil without two seeds each.
  public let winners: MeanComparison?
  /// Whether each winner could still be better than it is; nil where a sweep has none.
  public let winnersConvergence: [Convergence]?
  /// What can be said of the winners' difference; nil where a sweep has none.
  public let winnersVerdict: DifferenceVerdict?
  /// Runs of equal hyperparameters, the seed included: first value minus second; nil without any.
  public let shared: ClusteredDifferences?
  /// The shared runs.
  public let runs: RunPairs
  /// Shared runs with equal values to the last bit.
  public let equalRuns: Int
  /// Where no trial is in both: pairs of runs that differ only in what is the same in all of each sweep.
  public let matched: Matched?
  /// What the data of each sweep hash to; empty where that is not known.
  public let dataHashes: [String]

  /// Whether the two are of the same data, to the last bit; nil where that is not known.
  public var hasSameData: Bool? { dataHashes.contains("") ? nil : dataHashes[0] == dataHashes[1] }

  /// Both rankings are by the same criterion.
  public init(
    _ first: (name: String, ranking: Ranking), _ second: (name: String, ranking: Ranking),
    dataHashes: [String] = ["", ""]
  ) {
    self.dataHashes = dataHashes
    names = [first.name, second.name]
    rankings = [first.ranking, second.ranking]
    differences = Self.differences(first.ranking.table, second.ranking.table)
    let winners = Self.compareWinners(first.ranking, second.ranking)
    self.winners = winners
    let convergence = [first.ranking, second.ranking].compactMap { ranking in
      ranking.winner.map { ranking.convergence(of: $0, level: nil) }
    }
    winnersConvergence = convergence.count == 2 ? convergence : nil
    winnersVerdict =
      convergence.count == 2
      ? .init(
        winners, pValue: winners?.pValue ?? .nan, convergence,
        obstacle: Self.obstacle(differences.map(\.name), first.ranking.criterion.metric)
          ?? (rankings.contains(where: \.table.isChosenByResult) ? .chosenByResult : nil)) : nil
    // The same trial has the same identity in every sweep.
    let pairs = PairedRuns(first.ranking, second.ranking) { $0.identity }
    runs = pairs.summary
    equalRuns = pairs.pairs.count { $0.first == $0.second }
    shared = pairs.differences
    matched = runs.count > 0 ? nil : Matched(first.ranking, second.ranking, differences.map(\.name))
  }

  /// What of the different settings keeps values from being compared; nil for settings that a method may have.
  private static func obstacle(_ names: [String], _ metric: Criterion.Metric) -> DifferenceVerdict? {
    let isLoss = metric == .validationLoss || metric == .trainLoss
    let problems = Set(Ranking.problemColumns).subtracting(["data"])
    if names.contains(where: { problems.contains($0) || (isLoss && $0 == "loss") }) { return .otherProblem }
    return names.contains { ["data", "split", "split_seed", "stratified"].contains($0) } ? .otherSamples : nil
  }

  /// What the settings that keep values from being compared make of every difference.
  private var obstacleText: String? {
    switch Self.obstacle(differences.map(\.name), rankings[0].criterion.metric) {
    case .otherProblem?:
      "The sweeps are of different losses or problems: a difference of their values, and its p-value, says nothing."
    case .otherSamples?:
      "The sweeps have other samples to learn from and to validate on: differences hold what other samples make of a mean, and p-values,"
        + " which are over seeds alone, do not. Repeat both over several splits, with the same values of data.split.seed."
    default: nil
    }
  }

  private static func differences(_ first: RunTable, _ second: RunTable) -> [(String, String, String)] {
    let names = first.columns.map(\.name) + second.columns.map(\.name).filter { first.column($0) == nil }
    return names.compactMap { name in
      let level = LevelText(name, [first, second].flatMap { $0.column(name)?.values ?? [] })
      func text(_ table: RunTable) -> String {
        guard let column = table.column(name) else { return NumberText.missing }
        let values = column.values.map { level($0) }
        return values.prefix(8).joined(separator: ", ") + (values.count > 8 ? ", … (\(values.count))" : "")
      }
      let hasSame = first.column(name)?.values == second.column(name)?.values
      return hasSame ? nil : (name, text(first), text(second))
    }
  }

  /// Paired over the seeds that both winners have, by the seeds' values.
  private static func compareWinners(_ first: Ranking, _ second: Ranking) -> MeanComparison? {
    guard let winner = first.winner, let other = second.winner else { return nil }
    func values(_ ranking: Ranking, _ configuration: Ranking.Configuration) -> [HyperparameterValue: Double] {
      guard let seed = ranking.table.column("seed") else { return [:] }
      let rows = ranking.rankedRows(of: configuration)
      return Dictionary(
        rows.compactMap { row in seed[row].map { ($0, ranking.values[row]) } }, uniquingKeysWith: { first, _ in first })
    }
    let (mine, others) = (values(first, winner), values(second, other))
    let seeds = mine.keys.filter { others[$0] != nil }.sorted { $0.precedes($1) }
    if seeds.count >= 2 { return .paired(seeds.map { mine[$0]! }, seeds.map { others[$0]! }) }
    return .welch(winner.statistics, other.statistics)
  }

  public func report(into output: inout some TextOutputStream) {
    let metric = rankings[0].criterion.metric.rawValue
    Table(
      columns: [.init(""), .init(names[0], .right), .init(names[1], .right)],
      rows: [
        ["runs"] + rankings.map { "\($0.table.runs.count)" },
        ["outcomes"] + rankings.map { OutcomeCounts($0.table.runs).description },
        ["configurations"] + rankings.map { "\($0.configurations.count)" },
        ["best \(metric)"]
          + rankings.map { ranking in
            ranking.winner.map { NumberText.measurement($0.statistics.mean, $0.statistics.standardError) }
              ?? NumberText.missing
          },
        ["trained"] + rankings.map { Concurrency($0.table.runs).description ?? "unknown" },
      ] + winnerRows
    ).write(to: &output)
    if hasSameData == false {
      output.write(
        TerminalText.wrapped(
          "The data differ: hash \(dataHashes[0]) and \(dataHashes[1]). Every difference below is one of the data as well,"
            + " and runs that stand as pairs share a seed, but not what they learned from.", first: "\n! "))
    }
    if let obstacleText { output.write(TerminalText.wrapped(obstacleText, first: "\n! ")) }
    if rankings[0].criterion.metric.isTime,
      Set(rankings.map { Concurrency($0.table.runs).counts.map(\.workers) }).count > 1
    {
      output.write(
        TerminalText.wrapped(
          "The sweeps were not trained with as many at a time: differences of their times are of that as well.",
          first: "\n! "))
    }
    if let winners {
      output.write(
        TerminalText.wrapped(
          "Winners, first minus second: \(winners.sentence) Each is the best of its sweep's configurations on these same"
            + " seeds, which flatters the one of more of them: that is not corrected.\(convergenceSentence)",
          first: "\n"))
    }
    output.write("\nShared runs (the same trial in both): \(runs.count)\n")
    if let shared {
      output.write(
        TerminalText.wrapped(
          "\(equalRuns) have equal values to the last bit; first minus second: \(shared.sentence)"
            + runs.sentence, first: "  "))
    }
    if let matched {
      output.write(
        TerminalText.wrapped(
          "Runs that differ in \(matched.names.joined(separator: ", ")) alone: \(matched.pairs.count); first minus second:"
            + " \(matched.differences.sentence)" + matched.pairs.sentence, first: ""))
    }
    for (name, ranking) in zip(names, rankings) {
      for note in notes(ranking) { output.write(TerminalText.wrapped("\(name): \(note)", first: "\n! ")) }
    }
    guard !differences.isEmpty else { return }
    output.write("\nDifferent settings\n")
    Table(
      columns: [.init("hyperparameter"), .init(names[0]), .init(names[1])],
      rows: differences.map { [$0.name, $0.first, $0.second] }
    ).write(to: &output)
  }

  /// What stands against one of the sweeps.
  private func notes(_ ranking: Ranking) -> [String] {
    let repeated =
      ranking.seedsHaveNoEffect
      ? Ranking.seedsWithoutEffect(ranking.criterion.metric) + ". They are one observation, however many there are."
      : nil
    return [repeated].compactMap(\.self) + ranking.cautions
      + (ranking.otherEpoch.map { ["\($0.hint) ranks them."] } ?? [])
  }

  /// Why the winners' difference does not say which sweep is better, where it does not.
  private var convergenceSentence: String {
    guard winnersVerdict == .notConverged, let winnersConvergence else { return "" }
    let open = zip(names, winnersConvergence).filter { !$0.1.isConverged }
    return " Which is better cannot be told. " + Convergence.sentence(open.map { ($0.0, $0.1) })
      + ": more epochs or other learning rates may change it."
  }

  /// The winners' values of what varies in either sweep.
  private var winnerRows: [[String]] {
    let varying = rankings.map { ColumnRoles($0.table).varying.map(\.name) }
    let names = varying[0] + varying[1].filter { !varying[0].contains($0) }
    return names.map { name in
      let level = LevelText(name, rankings.flatMap { $0.table.column(name)?.values ?? [] })
      return ["  \(name)"]
        + rankings.map { ranking in
          ranking.winner.flatMap { winner in ranking.table.column(name)?[winner.row] }.map { level($0) }
            ?? NumberText.missing
        }
    }
  }
}

extension ClusteredDifferences {
  /// For example "-0.010 ± 0.002 (3 seeds × 24 configurations, 95 % interval -0.015 to -0.005, p-value 0.001)."
  fileprivate var sentence: String {
    let sample =
      "\(seeds) seed\(seeds == 1 ? "" : "s") × \(configurations) configuration\(configurations == 1 ? "" : "s")"
    let rest =
      leftOut > 0
      ? " \(leftOut) pair\(leftOut == 1 ? "" : "s") of configurations that lack a seed \(leftOut == 1 ? "is" : "are") left out."
      : ""
    guard let comparison else {
      return "\(NumberText.significant(difference)) (\(sample)), of which a single seed cannot tell noise.\(rest)"
    }
    return comparison.sentence(over: sample) + rest
  }
}

extension MeanComparison {
  /// For example "-0.010 ± 0.002 (10 paired, 95 % interval -0.015 to -0.005, p-value 0.001)."
  fileprivate var sentence: String { sentence(over: seedsText) }

  fileprivate func sentence(over sample: String) -> String {
    guard let interval = confidenceInterval() else {
      return "\(NumberText.significant(difference)) (\(sample), alike in all seeds)."
    }
    return "\(NumberText.measurement(difference, standardError)) (\(sample), 95 % interval"
      + " \(NumberText.significant(interval.lower, 3)) to \(NumberText.significant(interval.upper, 3)), p-value"
      + " \(NumberText.pValue(pValue)))."
  }
}
