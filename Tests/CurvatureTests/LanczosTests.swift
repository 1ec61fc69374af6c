import Kernels
import Testing

@testable import Curvature

@Suite("Lanczos")
struct LanczosTests {
  private static let spread = ChosenSpectrum((0..<200).map { 0.05 * Double($0) - 2 } + [14, 20, -7])

  @Test(arguments: [1, 3, 8])
  func extremesAreTheDenseOnes(wanted: Int) throws {
    let chosen = Self.spread
    let found = try Lanczos(largest: wanted, smallest: wanted, tolerance: 1e-11).eigenpairs(
      of: chosen.matrix, seed: 3, keepsVectors: true)
    #expect(found.largest.count == wanted && found.smallest.count == wanted)
    for (pair, expected) in zip(found.largest, chosen.values.reversed()) {
      #expect(abs(pair.value - expected) < 1e-8)
      #expect(pair.converged)
    }
    for (pair, expected) in zip(found.smallest, chosen.values) {
      #expect(abs(pair.value - expected) < 1e-8)
      #expect(pair.converged)
    }
  }

  /// The residual that comes from the basis is the one that a product gives.
  @Test(arguments: [4, 12, 40])
  func residualsAreTrue(products: Int) throws {
    let chosen = Self.spread
    let plan = Lanczos(
      largest: 2, smallest: 2, tolerance: 1e-14, maximumProducts: products, confirmsMultiplicity: false)
    let found = try plan.eigenpairs(of: chosen.matrix, seed: 8, keepsVectors: true)
    #expect(found.products == products)
    for pair in found.largest + found.smallest {
      let vector = try #require(pair.vector)
      #expect(abs(length(vector) - 1) < 1e-13)
      #expect(abs(pair.residual - residual(chosen.matrix, pair.value, vector)) < 1e-11)
      #expect(pair.converged == (pair.residual <= 1e-14 * 20))
    }
    #expect(found.smallestImage >= chosen.values.map(abs).min()! - 1e-12)
  }

  /// A full basis is restarted with the best of its vectors.
  @Test(arguments: [12, 20, 33])
  func restarts(limit: Int) throws {
    let chosen = Self.spread
    let found = try Lanczos(largest: 2, smallest: 1, tolerance: 1e-11, basisLimit: limit).eigenpairs(
      of: chosen.matrix, seed: 5, keepsVectors: true)
    #expect(abs(found.largest[0].value - 20) < 1e-8 && abs(found.largest[1].value - 14) < 1e-8)
    #expect(abs(found.smallest[0].value + 7) < 1e-8)
    for pair in found.largest + found.smallest {
      #expect(pair.converged && residual(chosen.matrix, pair.value, pair.vector!) < 1e-8)
    }
  }

  @Test
  func multipleEigenvaluesAreAllFound() throws {
    let values = [9.0, 9, 9, 4, 4, 1] + [Double](repeating: 0, count: 20) + [-3, -3]
    let chosen = ChosenSpectrum(values)
    let found = try Lanczos(largest: 6, smallest: 3, tolerance: 1e-10).eigenpairs(
      of: chosen.matrix, seed: 2, keepsVectors: true)
    for (pair, expected) in zip(found.largest, [9.0, 9, 9, 4, 4, 1]) { #expect(abs(pair.value - expected) < 1e-8) }
    for (pair, expected) in zip(found.smallest, [-3.0, -3, 0]) { #expect(abs(pair.value - expected) < 1e-8) }
    for (index, pair) in found.largest.enumerated() {
      for other in found.largest[..<index] { #expect(abs(inner(pair.vector!, other.vector!)) < 1e-7) }
    }
    // Without confirmation one space shows each value once.
    let single = try Lanczos(largest: 2, tolerance: 1e-10, confirmsMultiplicity: false).eigenpairs(
      of: chosen.matrix, seed: 2)
    #expect(abs(single.largest[1].value - 4) < 1e-8)
  }

  /// β = 0 in the first step.
  @Test(arguments: [0.0, 1, -2.5])
  func multiplesOfTheIdentity(factor: Double) throws {
    let matrix = SymmetricMatrix(dimension: 6) { for index in 0..<6 { $0[index * 7] = factor } }
    let found = try Lanczos(largest: 3, smallest: 2).eigenpairs(of: matrix, seed: 1)
    #expect(found.largest.map(\.value).allSatisfy { abs($0 - factor) < 1e-14 } && found.largest.count == 3)
    #expect(found.smallest.map(\.value).allSatisfy { abs($0 - factor) < 1e-14 } && found.smallest.count == 2)
    #expect((found.largest + found.smallest).allSatisfy { $0.converged })
  }

  @Test
  func startInAnInvariantSubspaceFindsTheRest() throws {
    let matrix = SymmetricMatrix(dimension: 5) { for index in 0..<5 { $0[index * 6] = Double(index) } }
    let found = try Lanczos(largest: 2, smallest: 1, tolerance: 1e-12).eigenpairs(
      of: matrix, seed: 1, start: [0, 1, 0, 0, 0])
    #expect(abs(found.largest[0].value - 4) < 1e-12 && abs(found.largest[1].value - 3) < 1e-12)
    #expect(abs(found.smallest[0].value) < 1e-12)
  }

  @Test
  func moreThanThereAreIsAllThereAre() throws {
    let chosen = ChosenSpectrum([1, 2, 3])
    let found = try Lanczos(largest: 5, smallest: 5).eigenpairs(of: chosen.matrix, seed: 1)
    for (pair, expected) in zip(found.largest, [3.0, 2, 1]) { #expect(abs(pair.value - expected) < 1e-12) }
    for (pair, expected) in zip(found.smallest, [1.0, 2, 3]) { #expect(abs(pair.value - expected) < 1e-12) }
    #expect(found.largest.count == 3 && found.smallest.count == 3)
    let one = try Lanczos().eigenpairs(of: SymmetricMatrix(dimension: 1, elements: [-4]), seed: 1)
    #expect(one.largest.map(\.value) == [-4])
  }

  @Test
  func sameSeedSameBits() throws {
    let plan = Lanczos(largest: 4, smallest: 4, tolerance: 1e-6)
    let first = try plan.eigenpairs(of: Self.spread.matrix, seed: 11, keepsVectors: true)
    #expect(try plan.eigenpairs(of: Self.spread.matrix, seed: 11, keepsVectors: true) == first)
    #expect(try plan.eigenpairs(of: Self.spread.matrix, seed: 12, keepsVectors: true) != first)
  }

  @Test
  func infinityIsAnError() throws {
    let matrix = SymmetricMatrix(dimension: 2, elements: [.infinity, 0, 0, 1])
    #expect(throws: CurvatureError.notFinite(what: "a product of the operator")) {
      try Lanczos().eigenpairs(of: matrix, seed: 1)
    }
    #expect(throws: CurvatureError.notFinite(what: "a product of the operator")) {
      try PowerIteration().eigenpair(of: matrix, seed: 1)
    }
  }
}
