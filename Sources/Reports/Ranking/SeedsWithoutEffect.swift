extension Ranking {
  /// Whether several seeds all give the same to rounding: nothing is drawn at random, as on a problem without noise.
  ///
  /// Runs of such seeds are one observation, however many there are.
  public var seedsHaveNoEffect: Bool { seedsHaveNoEffect { _ in true } }

  /// The same of some of the configurations.
  func seedsHaveNoEffect(on isIncluded: (Configuration) -> Bool) -> Bool {
    let repeated = configurations.filter { $0.statistics.count >= 2 && isIncluded($0) }
    return !repeated.isEmpty && repeated.allSatisfy { $0.statistics.standardDeviation == 0 }
  }

  /// The configurations whose seeds all give the same to rounding, which is one draw and not several: each by itself where
  /// that is no chance, else all of an optimizer's or none.
  func repeatedConfigurations(of isIncluded: (Configuration) -> Bool) -> [Configuration] {
    let repeated = configurations.filter {
      $0.statistics.count >= 2 && isIncluded($0) && $0.statistics.standardDeviation == 0
    }
    return criterion.metric.isContinuous || seedsHaveNoEffect(on: isIncluded) ? repeated : []
  }

  /// The one value that all runs that can be ranked have, to rounding; nil where they differ, and where no run can be.
  public var onlyValue: Double? {
    let measured = values.filter { !$0.isNaN }
    return Set(Rounding.merged(measured.sorted())).count == 1 ? measured[0] : nil
  }

  /// The beginning of what is said of them.
  static func seedsWithoutEffect(_ metric: Criterion.Metric) -> String {
    "Seeds have no effect: all seeds of each configuration give the same \(metric.rawValue) to rounding"
  }

  func seedsWithoutEffect() -> Warning? {
    guard seedsHaveNoEffect else { return nil }
    return Warning(
      kind: .seedsWithoutEffect,
      message: Self.seedsWithoutEffect(criterion.metric)
        + ". ± 0 is no certainty beyond these runs, differences have no noise to be tested against, and one"
        + " seed says as much.")
  }
}
