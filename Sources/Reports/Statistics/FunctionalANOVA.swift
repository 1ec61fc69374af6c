/// How much of a response's variance over a full grid each factor explains alone, and each pair beyond that.
///
/// The functional decomposition f(x) = f₀ + Σ fᵢ(xᵢ) + Σ fᵢⱼ(xᵢ, xⱼ) + … under equal weight of all grid points, where
/// f₀ + fᵢ(a) is the mean over all points with xᵢ = a, and so on; V_U is the mean square of f_U. Source: F. Hutter, H.
/// Hoos, K. Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance" (2014), section 3. On a grid
/// the sums are exact, and V_U·N are the sums of squares of the balanced analysis of variance.
public struct FunctionalANOVA: Hashable, Sendable {
  /// f₀, the mean over the grid.
  public let mean: Double
  /// V, the mean square of f − f₀.
  public let variance: Double
  /// f₀ + fᵢ, for each factor and level.
  public let marginals: [[Double]]
  /// Each factor, then each pair.
  public let terms: [Term]

  public struct Term: Hashable, Sendable {
    /// One or two indices of factors, ascending.
    public let factors: [Int]
    /// f_U at each combination of the factors' levels, the last factor fastest.
    public let effects: [Double]

    /// V_U.
    public var variance: Double { effects.meanSquare }
  }

  /// - Parameters:
  ///   - levels: Levels of each factor, at least one.
  ///   - values: The response at each point, the last factor fastest.
  public init(levels: [Int], values: [Double]) {
    precondition(values.count == levels.reduce(1, *) && !values.isEmpty, "one value for each point of the grid")
    let mean = SampleStatistics(values).mean
    self.mean = mean
    variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    var strides = [Int](repeating: 1, count: levels.count)
    for factor in levels.indices.dropLast().reversed() { strides[factor] = strides[factor + 1] * levels[factor + 1] }

    /// Means over all points that share the levels of these factors.
    func means(_ factors: [Int]) -> [Double] {
      var sums = [Double](repeating: 0, count: factors.reduce(1) { $0 * levels[$1] })
      for (point, value) in values.enumerated() {
        sums[factors.reduce(0) { $0 * levels[$1] + point / strides[$1] % levels[$1] }] += value - mean
      }
      let size = Double(values.count / sums.count)
      return sums.map { $0 / size }
    }
    let effects = levels.indices.map { means([$0]) }
    marginals = effects.map { $0.map { $0 + mean } }
    var terms = effects.indices.map { Term(factors: [$0], effects: effects[$0]) }
    for first in levels.indices {
      for second in levels.indices.dropFirst(first + 1) {
        let joint = means([first, second])
        let interaction = joint.indices.map {
          joint[$0] - effects[first][$0 / levels[second]] - effects[second][$0 % levels[second]]
        }
        terms.append(Term(factors: [first, second], effects: interaction))
      }
    }
    self.terms = terms
  }

  /// What interactions of three factors and more explain: V less all terms.
  public var higherOrderVariance: Double { max(0, variance - terms.reduce(0) { $0 + $1.variance }) }
}

extension [Double] {
  /// Σx²/n.
  var meanSquare: Double { reduce(0) { $0 + $1 * $1 } / Double(count) }
}
