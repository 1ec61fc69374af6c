/// How often each solver is within a factor τ of the fastest one, over problems.
///
/// With t the time solver s takes on problem p, r = t/min_s t; ρ(τ) is the share of problems with r ≤ τ. A solver that
/// never gets there has r = ∞, and so has every solver where none does. Source: E. D. Dolan, J. J. Moré, "Benchmarking
/// optimization software with performance profiles", Math. Program. 91 (2002).
public struct PerformanceProfile: Hashable, Sendable {
  /// Of each solver, over the problems.
  public let ratios: [[Double]]

  /// - Parameter times: Of each solver on each problem; positive, ∞ where it never got there.
  public init(times: [[Double]]) {
    precondition(times.allSatisfy { $0.count == times[0].count && $0.allSatisfy { $0 >= 0 } })
    let problems = times.first?.indices ?? 0..<0
    let fastest = problems.map { problem in times.map { $0[problem] }.min() ?? .infinity }
    ratios = times.map { row in
      problems.map { problem in
        if row[problem] == fastest[problem] { return row[problem].isFinite ? 1 : .infinity }
        return row[problem] / fastest[problem]
      }
    }
  }

  /// ρ(τ) of a solver.
  public func share(_ solver: Int, within ratio: Double) -> Double {
    let problems = ratios[solver]
    return Double(problems.count { $0 <= ratio }) / Double(problems.count)
  }

  /// 1/(r_max − 1)·∫ρ over [1, r_max]: 1 for a solver that is always the fastest.
  ///
  /// Source: G. Dahl et al., "Benchmarking Neural Network Training Algorithms" (2023), section 4.5.
  public func score(_ solver: Int, upTo maximum: Double = 4) -> Double {
    let areas = ratios[solver].map { max(0, maximum - $0) / (maximum - 1) }
    return areas.reduce(0, +) / Double(areas.count)
  }
}
