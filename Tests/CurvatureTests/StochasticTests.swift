import Kernels
import Testing

@testable import Curvature

@Suite("Spectral density and trace")
struct StochasticTests {
  private static let chosen = ChosenSpectrum(
    (0..<60).map { _ in -1.0 } + (0..<90).map { 0.01 * Double($0) } + (0..<30).map { 3 + 0.1 * Double($0) })

  @Test
  func weightsOfEveryProbeSumToOne() throws {
    let found = try SpectralDensity(probes: 5, steps: 25).measure(of: Self.chosen.matrix, seed: 1)
    #expect(found.nodes.count == 5 && found.products == 125)
    for (nodes, weights) in zip(found.nodes, found.weights) {
      #expect(nodes.count == 25 && zip(nodes, nodes.dropFirst()).allSatisfy { $0 < $1 })
      #expect(abs(weights.reduce(0, +) - 1) < 1e-12 && weights.allSatisfy { $0 >= 0 })
    }
  }

  /// Gauss quadrature of m nodes is exact for polynomials below degree 2m: Σwθᵏ = vᵀAᵏv.
  @Test
  func momentsAreExact() throws {
    let found = try SpectralDensity(probes: 1, steps: 3).measure(of: Self.chosen.matrix, seed: 6)
    let v = VectorStorage(count: 180)
    var stream = ProbeStream.density.stream(seed: 6)
    stream.fillUnitVector(v.pointer, count: 180)
    var power = v.array
    for degree in 0..<6 {
      let moment = zip(found.nodes[0], found.weights[0]).reduce(0) { sum, node in
        sum + node.1 * (0..<degree).reduce(1) { product, _ in product * node.0 }
      }
      #expect(abs(moment - inner(v.array, power)) < 1e-11 * max(1, abs(moment)))
      power = Self.chosen.matrix.product(with: power)
    }
  }

  @Test
  func countsAndTraceAreWithinTheirErrors() throws {
    let found = try SpectralDensity(probes: 40, steps: 40).measure(of: Self.chosen.matrix, seed: 2)
    let negatives = found.count(below: -0.5)
    #expect(abs(negatives.mean - 60) < 4 * negatives.standardError && negatives.standardError < 3)
    let trace = found.trace
    #expect(abs(trace.mean - Self.chosen.values.reduce(0, +)) < 4 * trace.standardError)
    #expect(found.count(below: 100).mean > 179.999)
  }

  /// With a gap at the bound a bracket is as narrow as the probes' sampling leaves it, P·Beta(N/2, (P − N)/2) of each: two
  /// standard deviations of the mean of n are 2√(2N(P − N)/(P + 2)n).
  @Test
  func rangesAreNarrowWhereThereIsAGap() throws {
    let found = try SpectralDensity(probes: 40, steps: 40).measure(of: Self.chosen.matrix, seed: 2)
    let range = try found.range(below: -0.5)
    #expect(range.contains(60))
    let width = 4 * (2.0 * 60 * 120 / (182 * 40)).squareRoot()
    #expect(abs(Double(range.upperBound - range.lowerBound) - width) < 2.5)
    #expect(try found.range(below: 100) == 180...180 && found.range(below: -100) == 0...0)
  }

  /// The moments of a probe's measure, known here in full, leave open what the rule says, and no more: the measure is in its
  /// bracket at every point.
  @Test(arguments: [2, 5, 12])
  func theMeasureOfAProbeIsInItsBracket(steps: Int) throws {
    var stream = ProbeStream.density.stream(seed: 9)
    let chosen = ChosenSpectrum((0..<60).map { _ in stream.nextNormal() })
    let found = try SpectralDensity(probes: 1, steps: steps).measure(of: chosen.matrix, seed: 4)
    let whole = try SpectralDensity(probes: 1, steps: 60).measure(of: chosen.matrix, seed: 4)
    for x in stride(from: -3.0, through: 3, by: 0.05) {
      let truth = zip(whole.nodes[0], whole.weights[0]).reduce(0) { $0 + ($1.0 < x ? $1.1 : 0) }
      let share = try found.jacobi[0].share(below: x)
      #expect(share.lowerBound <= truth + 1e-9 && truth <= share.upperBound + 1e-9, "\(x)")
    }
  }

  @Test
  func densityIntegratesToOneAndSeesTheGaps() throws {
    let found = try SpectralDensity(probes: 10, steps: 40).measure(of: Self.chosen.matrix, seed: 3)
    let grid = (0...1_000).map { -3 + 0.01 * Double($0) }
    #expect(abs(grid.reduce(0) { $0 + 0.01 * found.density(at: $1, width: 0.1) } - 1) < 1e-6)
    #expect(found.density(at: -1, width: 0.1) > 1)
    #expect(found.density(at: 2, width: 0.1) < 1e-3)
  }

  /// A probe in an invariant space ends early with all of its measure.
  @Test
  func fewDistinctEigenvaluesEndAProbe() throws {
    let chosen = ChosenSpectrum([1, 1, 1, 5, 5, 5, 5])
    let found = try SpectralDensity(probes: 3, steps: 6).measure(of: chosen.matrix, seed: 3)
    for (nodes, weights) in zip(found.nodes, found.weights) {
      #expect(nodes.count == 2 && abs(nodes[0] - 1) < 1e-12 && abs(nodes[1] - 5) < 1e-12)
      #expect(abs(weights[0] + weights[1] - 1) < 1e-12)
    }
  }

  @Test
  func hutchinsonIsWithinItsStandardError() throws {
    let truth = Self.chosen.values.reduce(0, +)
    let found = try TraceEstimate(probes: 200).trace(of: Self.chosen.matrix, seed: 4)
    #expect(abs(found.trace - truth) < 4 * found.standardError)
    #expect(found.standardError > 0 && found.standardError < 3 && found.products == 200)
    // Signs square to one: exact for a diagonal matrix.
    let diagonal = SymmetricMatrix(dimension: 4) { for index in 0..<4 { $0[index * 5] = Double(index) } }
    let exact = try TraceEstimate(probes: 3).trace(of: diagonal, seed: 4)
    #expect(exact.trace == 6 && exact.standardError == 0)
  }

  @Test
  func sketchTakesTheDominantPart() throws {
    let low = ChosenSpectrum([100, 50, -30] + [Double](repeating: 0, count: 57))
    let found = try TraceEstimate(probes: 4, sketch: 5).trace(of: low.matrix, seed: 5)
    #expect(abs(found.trace - 120) < 1e-9 && found.standardError < 1e-9)
    let plain = try TraceEstimate(probes: 4).trace(of: low.matrix, seed: 5)
    #expect(plain.standardError > 1)
    let whole = try TraceEstimate(probes: 2, sketch: 500).trace(of: Self.chosen.matrix, seed: 5)
    #expect(abs(whole.trace - Self.chosen.values.reduce(0, +)) < 1e-8)
  }

  @Test
  func standardErrorOfAMean() {
    let mean = SampleMean([1, 2, 3, 6])
    #expect(mean.mean == 3 && mean.count == 4)
    #expect(abs(mean.standardError - (14.0 / 3 / 4).squareRoot()) < 1e-15)
    #expect(SampleMean([1]).standardError.isNaN)
  }
}
