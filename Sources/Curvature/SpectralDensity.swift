import Kernels
import RealModule

/// The density of an operator's eigenvalues by stochastic Lanczos quadrature.
///
/// φ(t) = (1/n_v) Σₗ Σₖ (e₁ᵀyₖ)² 𝒩(t; θₖ, σ²): Ritz values θₖ of n_v Krylov spaces with random starts, each with weights
/// that sum to 1. Ubaru, Chen, Saad (2017); Ghorbani, Krishnan, Xiao (2019), algorithm 2.
public struct SpectralDensity: Hashable, Sendable {
  /// n_v.
  public var probes: Int
  /// Products a probe.
  public var steps: Int

  public init(probes: Int = 8, steps: Int = 64) {
    precondition(probes > 0 && steps > 0)
    self.probes = probes
    self.steps = steps
  }

  /// Quadrature nodes and weights of every probe: the measure that stands for the spectrum.
  public struct Result: Hashable, Sendable {
    /// θₖ of each probe, ascending. A probe whose Krylov space was invariant has fewer.
    public var nodes: [[Double]]
    /// (e₁ᵀyₖ)² of each probe.
    public var weights: [[Double]]
    /// Each probe's Jacobi matrix: what its Krylov space knows of the measure.
    public var jacobi: [JacobiMatrix] = []
    /// P.
    public var dimension: Int
    public var products: Int

    /// φ(t) with Gaussians of standard deviation `width`.
    public func density(at t: Double, width: Double) -> Double {
      let factor = 1 / (width * Double.sqrt(2 * .pi))
      return mean { .exp(-0.5 * (($0 - t) / width) * (($0 - t) / width)) * factor }.mean
    }

    /// P·Σ of the weights of the nodes below `bound`, with the probes' standard error: how many eigenvalues are below it,
    /// where there are few of them within a node's distance. See ``range(below:)`` for what can be said anywhere.
    public func count(below bound: Double) -> SampleMean {
      let size = Double(dimension)
      return mean { $0 < bound ? size : 0 }
    }

    /// Between which numbers the count of eigenvalues below `bound` is, at 95 %.
    ///
    /// A probe's moments leave its measure below a point open by the weight of the point's own node in the Gauss–Radau rule:
    /// the inequalities of Chebyshev, Markov and Stieltjes (Golub and Meurant, 2010, chapter 6), which nothing sharpens.
    /// Of a random start the measure is P·Beta(N/2, (P − N)/2), with the variance 2N(P − N)/(P + 2), so that the means
    /// over the probes are widened as Wilson (1927) does it for a share.
    ///
    /// - Throws: ``CurvatureError/routineFailed(name:code:)``.
    public func range(below bound: Double) throws(CurvatureError) -> ClosedRange<Int> {
      var (lower, upper) = (0.0, 0.0)
      for matrix in jacobi {
        let share = try matrix.share(below: bound)
        lower += share.lowerBound / Double(jacobi.count)
        upper += share.upperBound / Double(jacobi.count)
      }
      let least = Double(dimension) * widened(lower, by: -1)
      let most = Double(dimension) * widened(upper, by: 1)
      return max(0, Int(least.rounded(.down)))...min(dimension, Int(most.rounded(.up)))
    }

    /// The share ν of all eigenvalues that is two standard deviations of the probes' mean from a measured one f: the
    /// solution of (f − ν)² = kν(1 − ν), k = 4·2/(P + 2)n.
    ///
    /// None and all are sure: a random start vector has a part along every eigenvector.
    private func widened(_ share: Double, by sign: Double) -> Double {
      guard share > 1e-12 && share < 1 - 1e-12 else { return share.rounded() }
      let spread = 8 / (Double(dimension + 2) * Double(jacobi.count))
      let root = (spread * share * (1 - share) + spread * spread / 4).squareRoot()
      return min(1, max(0, (share + spread / 2 + sign * root) / (1 + spread)))
    }

    /// P·Σwθ, an estimate of the trace.
    public var trace: SampleMean {
      let size = Double(dimension)
      return mean { size * $0 }
    }

    /// The probes' ∫f dμ.
    private func mean(of function: (Double) -> Double) -> SampleMean {
      SampleMean(
        zip(nodes, weights).map { nodes, weights in
          zip(nodes, weights).reduce(0) { $0 + $1.1 * function($1.0) }
        })
    }
  }

  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func measure(of operation: any SymmetricOperator, seed: UInt64) throws(CurvatureError) -> Result {
    var result = Result(nodes: [], weights: [], dimension: operation.dimension, products: 0)
    for probe in 0..<probes {
      let basis = KrylovBasis(
        operation, capacity: steps, stream: ProbeStream.density.stream(seed: seed, probe: probe))
      // An invariant space holds the whole of the probe's measure.
      while try basis.expand(), !basis.isInvariant {}
      let pairs = try basis.ritzPairs()
      result.nodes.append(pairs.values)
      result.weights.append(
        pairs.values.indices.map { pair in
          let first = pairs.coordinates[pair * pairs.values.count]
          return first * first
        })
      result.jacobi.append(JacobiMatrix(basis))
      result.products += basis.products
    }
    return result
  }
}
