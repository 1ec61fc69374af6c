/// Complete grids side by side, one a group, and the effects that all of them together have.
///
/// A factor that every group has with the same levels is crossed with the groups: it has an effect of its own, the mean over
/// the groups, and what it does otherwise in each of them. Any other factor is nested: its levels mean something within a
/// group only, and V is the mean over the groups of its effect there. All groups have equal weight, and in each all points.
/// A single group is a full grid, whose effects are those of ``FunctionalANOVA``.
public struct NestedGrid: Hashable, Sendable {
  public struct Group: Hashable, Sendable {
    /// Indices of the factors it has, ascending.
    public let factors: [Int]
    /// Levels of each of them, at least one.
    public let levels: [Int]

    public init(factors: [Int], levels: [Int]) {
      precondition(factors.count == levels.count)
      (self.factors, self.levels) = (factors, levels)
    }

    public var points: Int { levels.reduce(1, *) }
  }

  public enum Extent: Hashable, Sendable {
    /// The mean over the groups.
    case overall
    /// How the groups differ: in their means, or in the effect of a factor they share.
    case betweenGroups
    /// Within the groups, each by itself.
    case withinGroups
    /// All that is left.
    case higherOrder
  }

  public struct Term: Hashable, Sendable {
    /// None for the groups' means and for what is left.
    public let factors: [Int]
    public let extent: Extent
    public let degreesOfFreedom: Int
  }

  public let groups: [Group]
  /// Factors that every group has with the same levels.
  public let crossed: Set<Int>
  public let terms: [Term]

  /// - Parameter crossed: Factors whose levels are the same ones in every group.
  public init(_ groups: [Group], crossed: Set<Int>) {
    self.groups = groups
    self.crossed = crossed
    let factors = Set(groups.flatMap(\.factors)).sorted()
    let sets =
      factors.map { [$0] }
      + factors.indices.flatMap { first in factors[(first + 1)...].map { [factors[first], $0] } }
    var terms: [Term] = []
    if groups.count > 1 { terms.append(Term(factors: [], extent: .betweenGroups, degreesOfFreedom: groups.count - 1)) }
    for set in sets {
      let degrees = groups.map { $0.degreesOfFreedom(set) }
      guard let most = degrees.max(), most > 0 else { continue }
      if crossed.isSuperset(of: set) {
        terms.append(Term(factors: set, extent: .overall, degreesOfFreedom: most))
        // Of pairs it is an interaction of three.
        if groups.count > 1, set.count == 1 {
          terms.append(
            Term(factors: set, extent: .betweenGroups, degreesOfFreedom: most * (groups.count - 1)))
        }
      } else {
        terms.append(Term(factors: set, extent: .withinGroups, degreesOfFreedom: degrees.reduce(0, +)))
      }
    }
    let rest = groups.reduce(-1) { $0 + $1.points } - terms.reduce(0) { $0 + $1.degreesOfFreedom }
    terms.append(Term(factors: [], extent: .higherOrder, degreesOfFreedom: rest))
    self.terms = terms
  }

  /// V_U of each term, their sum the variance over all points.
  ///
  /// - Parameter values: Of each group, the response at each of its points, the last factor fastest.
  public func variances(_ values: [[Double]]) -> [Double] {
    let parts = zip(groups, values).map { FunctionalANOVA(levels: $0.levels, values: $1) }
    let mean = SampleStatistics(parts.map(\.mean)).mean
    func effects(_ factors: [Int]) -> [[Double]] {
      zip(groups, parts).map { group, part in
        part.terms.first { $0.factors.map { group.factors[$0] } == factors }?.effects ?? [0]
      }
    }
    func average(_ effects: [[Double]]) -> [Double] {
      effects[0].indices.map { level in effects.reduce(0) { $0 + $1[level] } / Double(effects.count) }
    }
    var variances = terms.dropLast().map { term -> Double in
      let own = effects(term.factors)
      switch term.extent {
      case .overall: return average(own).meanSquare
      case .withinGroups, .higherOrder: return own.map(\.meanSquare).reduce(0, +) / Double(own.count)
      case .betweenGroups:
        if term.factors.isEmpty { return parts.map { $0.mean - mean }.meanSquare }
        let average = average(own)
        return own.map { zip($0, average).map { $0 - $1 }.meanSquare }.reduce(0, +) / Double(own.count)
      }
    }
    let total = parts.map { $0.variance + ($0.mean - mean) * ($0.mean - mean) }.reduce(0, +) / Double(parts.count)
    let rest = terms[terms.count - 1].degreesOfFreedom > 0 ? total - variances.reduce(0, +) : 0
    variances.append(Rounding.covers(rest, of: total) ? 0 : rest)
    return variances
  }
}

extension NestedGrid.Group {
  /// Of the effect of these factors; 0 where the group lacks one.
  fileprivate func degreesOfFreedom(_ set: [Int]) -> Int {
    set.reduce(1) { product, factor in
      product * (factors.firstIndex(of: factor).map { levels[$0] - 1 } ?? 0)
    }
  }
}
