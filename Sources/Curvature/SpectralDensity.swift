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
    /// P.
    public var dimension: Int
    public var products: Int

    /// φ(t) with Gaussians of standard deviation `width`.
    public func density(at t: Double, width: Double) -> Double {
      let factor = 1 / (width * Double.sqrt(2 * .pi))
      return mean { .exp(-0.5 * (($0 - t) / width) * (($0 - t) / width)) * factor }.mean
    }

    /// How many eigenvalues are below `bound`: P·Σ of the weights below it, with the probes' standard error.
    public func count(below bound: Double) -> SampleMean {
      let size = Double(dimension)
      return mean { $0 < bound ? size : 0 }
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
      result.products += basis.products
    }
    return result
  }
}
