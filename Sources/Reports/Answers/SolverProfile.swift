import Experiments

/// Optimizers over several sweeps, each a problem: how often each reaches its problem's target within a factor of the
/// fastest one. See ``PerformanceProfile``.
public struct SolverProfile: Sendable {
  public let problems: [String]
  public let solvers: [String]
  public let unit: Unit
  /// Of each solver on each problem, in the unit; ∞ where the target is not met or the optimizer has no runs.
  public let times: [[Double]]
  /// Whether the optimizer has runs on the problem, be it that none can be ranked.
  public let hasRuns: [[Bool]]
  /// One a problem.
  let targets: [TargetTimes]
  public let profile: PerformanceProfile

  public enum Unit: String, Hashable, Sendable, CaseIterable {
    /// Gradients and products together.
    case passes
    case epochs
    case steps
    case gradients
    case products
    case seconds

    var path: KeyPath<TargetTimes.Cost, Double> {
      switch self {
      case .passes: \.passes
      case .epochs: \.epochs
      case .steps: \.steps
      case .gradients: \.gradients
      case .products: \.products
      case .seconds: \.seconds
      }
    }
  }

  /// - Parameter targets: One a problem, under its name.
  public init(_ targets: [(problem: String, times: TargetTimes)], in unit: Unit) {
    problems = targets.map(\.problem)
    self.unit = unit
    self.targets = targets.map(\.times)
    let solvers = Set(targets.flatMap { $0.times.tuned.map(\.optimizer) + $0.times.unranked }).sorted()
    self.solvers = solvers
    times = solvers.map { solver in
      targets.map { target in
        target.times.tuned.first { $0.optimizer == solver }?.medians[keyPath: unit.path] ?? .infinity
      }
    }
    hasRuns = solvers.map { solver in
      targets.map { target in
        target.times.tuned.contains { $0.optimizer == solver } || target.times.unranked.contains(solver)
      }
    }
    profile = PerformanceProfile(times: times)
  }

  private func timeText(_ solver: Int, _ problem: Int) -> String {
    hasRuns[solver][problem] ? unit.text(times[solver][problem]) : "no runs"
  }

  /// Ratios at which ρ is shown.
  private static let shown = [1.0, 1.25, 1.5, 2, 3, 4, 8, 16]

  public func report(into output: inout some TextOutputStream) {
    output.write("\(unit.title) to the target of each problem, optimizers at their best configurations\n")
    Table(
      columns: [.init("optimizer")] + problems.map { .init($0, .right) },
      rows: solvers.indices.map { solver in [solvers[solver]] + problems.indices.map { timeText(solver, $0) } }
    ).write(to: &output)
    if hasRuns.joined().contains(false) {
      output.write(
        TerminalText.wrapped(
          "An optimizer without runs on a problem counts there as one that never gets there.", first: "  "))
    }
    if unit == .seconds {
      for (problem, target) in zip(problems, targets) {
        guard let caution = target.concurrency.caution else { continue }
        output.write(TerminalText.wrapped("\(problem): \(caution)", first: "  "))
      }
    }
    if unit == .passes {
      for (problem, target) in zip(problems, targets) {
        guard let costs = target.productCosts.description else { continue }
        output.write(TerminalText.wrapped("\(problem): \(costs).", first: "  "))
      }
    }
    output.write("\nShare of the problems within τ times the fastest, and score B (area up to τ = 4)\n")
    let order = solvers.indices.sorted { profile.score($0) > profile.score($1) }
    Table(
      columns: [.init("optimizer"), .init("B", .right)]
        + Self.shown.map { .init("τ ≤ \(NumberText.short($0))", .right) },
      rows: order.map { solver in
        [solvers[solver], NumberText.significant(profile.score(solver), 3)]
          + Self.shown.map { NumberText.percent(profile.share(solver, within: $0)) }
      }
    ).write(to: &output)
  }
}
