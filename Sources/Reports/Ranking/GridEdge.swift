import Experiments

/// A number that is the lowest or the highest of its optimizer's, where others lie beyond.
private struct GridEdge {
  let best: Double
  let lowest: Double
  let highest: Double

  var isLowest: Bool { best == lowest }
  var name: String { isLowest ? "lowest" : "highest" }
}

extension Ranking {
  /// Two values are enough to be on the edge.
  func learningRateOnEdge(_ winner: Configuration) -> Warning? {
    table.column("learning_rate").flatMap { sentence($0, winner, levels: 2) }.map {
      Warning(kind: .learningRateOnEdge, message: $0)
    }
  }

  /// The best of the optimizers that lost: they may have lost because their grids end too early.
  func otherLearningRatesOnEdge(_ winner: Configuration) -> Warning? {
    guard let optimizer = table.column("optimizer"), let column = table.column("learning_rate") else { return nil }
    var seen: Set<Int32> = [optimizer.codes[winner.row]]
    let others = configurations.filter { $0.isRanked && seen.insert(optimizer.codes[$0.row]).inserted }
    let parts = others.compactMap { best in
      edge(column, best, levels: 2).map {
        "\(optimizer.text(best.row)) (\(NumberText.short($0.best, column.digits)), the \($0.name))"
      }
    }
    guard !parts.isEmpty else { return nil }
    return Warning(
      kind: .otherLearningRateOnEdge,
      message: "Best learning rates of other optimizers lie on the edges of their grids:"
        + " \(parts.joined(separator: ", ")). Beyond them these may do better than here.")
  }

  /// Other numbers, from three values on: of two one is the best, whatever lies beyond.
  func hyperparametersOnEdge(_ winner: Configuration) -> [Warning] {
    table.columns.filter { $0.values.count > 2 && !Self.withoutEdge.contains($0.name) }
      .compactMap { column in
        sentence(column, winner, levels: 3).map { Warning(kind: .hyperparameterOnEdge, message: $0) }
      }
  }

  /// The learning rate has a warning of its own; more of the others is no better.
  private static let withoutEdge: Set<String> = [
    "learning_rate", "seed", "split_seed", "rotation_seed", "epochs_planned", "dimension",
  ]

  /// Whether the configuration's learning rate is the last of those that its optimizer has at the same level of a
  /// hyperparameter. In a random search every setting has rates of its own, so that the edges are those of all of the optimizer's.
  func learningRateEdge(of configuration: Configuration, level: String?) -> Convergence.Edge? {
    guard let column = table.column("learning_rate") else { return nil }
    let isGrid = column.values.count * 3 <= configurations.count * 2
    return edge(column, configuration, levels: 2, level: isGrid ? level : nil).map { $0.isLowest ? .lowest : .highest }
  }

  /// Where the configuration has the lowest or the highest of its optimizer's values in the sweep, and others lie beyond.
  private func edge(
    _ column: RunTable.Column, _ configuration: Configuration, levels: Int, level: String? = nil
  ) -> GridEdge? {
    // The full batch, stored as 0, is the largest there is.
    func number(_ value: HyperparameterValue) -> Double? {
      value.scalar.map { column.name == "batch_size" && $0 == 0 ? .infinity : $0 }
    }
    guard let best = column[configuration.row].flatMap(number) else { return nil }
    func numbers(_ runs: RunScope) -> Set<Double> {
      table.numbers(of: column.name, in: runs, like: configuration.row, level: level, number)
    }
    // Where a condition leaves one there was no choice.
    let chosen = numbers(.chosen)
    guard chosen.count >= levels else { return nil }
    let grid = table.choice == nil ? chosen : numbers(.sweep)
    guard grid.count >= levels, let lowest = grid.min(), let highest = grid.max(), best == lowest || best == highest,
      best != 0, best.isFinite, column.name != "batch_size" || best > 1
    else { return nil }
    return GridEdge(best: best, lowest: lowest, highest: highest)
  }

  private func sentence(_ column: RunTable.Column, _ winner: Configuration, levels: Int) -> String? {
    guard let edge = edge(column, winner, levels: levels) else { return nil }
    let label = column.name == "learning_rate" ? "learning rate" : column.name
    let name = table.column("optimizer")?[winner.row].map { " of \($0)" } ?? ""
    let last = edge.highest.isFinite ? NumberText.short(edge.highest, column.digits) : "full"
    return "The best \(label), \(NumberText.short(edge.best, column.digits)), is the \(edge.name) on the grid\(name)"
      + " (\(NumberText.short(edge.lowest, column.digits)) to \(last)): try \(edge.isLowest ? "lower" : "higher") ones."
  }
}
