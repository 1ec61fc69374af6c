import Experiments

/// What conditions chose runs from.
///
/// A grid ends where the sweep's does, not where a condition cuts it, and a seed is lost where it was run, not where its
/// result was left out.
final class RunChoice: Sendable {
  /// Before any condition.
  let all: RunTable
  /// The conditions on what came out of the runs; those on hyperparameters choose without looking.
  let byResult: [Condition]
  /// How many seeds the runs have that the other conditions leave.
  let seeds: Int

  init(all: RunTable, byResult: [Condition], seeds: Int) {
    (self.all, self.byResult, self.seeds) = (all, byResult, seeds)
  }
}

extension RunTable {
  /// Whether a condition looked at what came out of the runs: what is said of them is not what new runs would give.
  var isChosenByResult: Bool { choice?.byResult.isEmpty == false }

  /// How many different seeds the runs have, at least 1.
  var seeds: Int { max(1, column("seed")?.values.count ?? 1) }

  /// Distinct numbers that a hyperparameter has with the same optimizer on the same problem as a row.
  ///
  /// - Parameters:
  ///   - runs: These runs, or all those of the sweep.
  ///   - level: A hyperparameter that has to be the row's as well.
  ///   - value: The number that a value is ordered by; nil for none.
  func numbers(
    of name: String, in runs: RunScope, like row: Int, level: String?, _ value: (HyperparameterValue) -> Double?
  ) -> Set<Double> {
    let all = runs == .sweep ? choice?.all ?? self : self
    guard let tried = all.column(name) else { return [] }
    let same = (["optimizer"] + Ranking.problemColumns + [level].compactMap(\.self)).compactMap { name in
      all.column(name)?.byLevel.rows(with: column(name)?.byLevel[row])
    }
    let numbers = tried.values.map(value)
    return Set(
      all.runs.indices.lazy.filter { row in tried.codes[row] >= 0 && same.allSatisfy { $0(row) } }
        .compactMap { numbers[Int(tried.codes[$0])] })
  }
}

/// Which runs are meant where conditions leave some of a sweep's.
enum RunScope {
  case chosen
  case sweep
}

extension RunTable.Column {
  /// Whether a row has this value; nil: none.
  fileprivate func rows(with value: HyperparameterValue?) -> (Int) -> Bool {
    let isValue = values.map { $0 == value }
    return { row in codes[row] < 0 ? value == nil : isValue[Int(codes[row])] }
  }
}
