import Foundation
import Kernels
import Testing

@testable import Curvature

@Suite("Dense matrices")
struct DenseTests {
  @Test(arguments: [1, 2, 17, 60])
  func spectrumIsTheChosenOne(size: Int) throws {
    let chosen = ChosenSpectrum((0..<size).map { 3 - 0.4 * Double($0) })
    for wantsVectors in [false, true] {
      let found = try chosen.matrix.spectrum(vectors: wantsVectors)
      for (value, expected) in zip(found.values, chosen.values) { #expect(abs(value - expected) < 1e-12) }
      #expect((found.vectors == nil) != wantsVectors)
    }
    let found = try chosen.matrix.spectrum(vectors: true)
    for index in 0..<size {
      let vector = try #require(found.vector(index))
      #expect(residual(chosen.matrix, found.values[index], vector) < 1e-12)
      #expect(abs(length(vector) - 1) < 1e-13)
    }
  }

  @Test
  func matrixIsLeftAsItWas() throws {
    let chosen = ChosenSpectrum([1, 2, 5])
    let before = chosen.matrix.elements
    _ = try chosen.matrix.spectrum(vectors: true)
    _ = try CholeskyFactor(chosen.matrix)
    #expect(chosen.matrix.elements == before)
  }

  @Test(arguments: [(1.0, 1e4), (1e-3, 1e2), (2.0, 2.0)])
  func conditionNumberOfAPositiveDefiniteMatrix(least: Double, greatest: Double) throws {
    let chosen = ChosenSpectrum([least, greatest] + (1..<30).map { least + (greatest - least) * Double($0) / 30 })
    let values = try chosen.matrix.spectrum().values
    let verdict = Definiteness(eigenvalues: values, tolerance: 1e-9)
    #expect(verdict == .positiveDefinite)
    let condition = ConditionNumber(eigenvalues: values, definiteness: verdict, tolerance: 1e-9)
    #expect(condition.kind == .spectral)
    #expect(abs(condition.value / (greatest / least) - 1) < 1e-10)
  }

  @Test
  func conditionNumberOfASaddleIsOneOfMagnitudes() throws {
    let values = try ChosenSpectrum([-8, -0.5, 0.25, 3, 4]).matrix.spectrum().values
    let verdict = Definiteness(eigenvalues: values, tolerance: 1e-9)
    #expect(verdict == .saddle(negatives: 2))
    let condition = ConditionNumber(eigenvalues: values, definiteness: verdict, tolerance: 1e-9)
    #expect(condition.kind == .magnitude)
    #expect(abs(condition.value / 32 - 1) < 1e-10)
  }

  /// What rounding leaves of a zero eigenvalue is no size to divide by: the matrix is singular.
  @Test(arguments: [[0, 0, 0, 1, 5], [-3, 0, 2, 4]] as [[Double]])
  func conditionNumberOfASingularMatrixIsInfinite(eigenvalues: [Double]) throws {
    let values = try ChosenSpectrum(eigenvalues).matrix.spectrum().values
    #expect(values.contains { $0 != 0 && abs($0) < 1e-12 }, "the case must be rounded")
    let verdict = Definiteness(eigenvalues: values, tolerance: 1e-9)
    #expect(ConditionNumber(eigenvalues: values, definiteness: verdict, tolerance: 1e-9).value == .infinity)
  }

  @Test(
    arguments: [
      ([1.0, 2], Definiteness.positiveDefinite), ([-1, 2, 3], .saddle(negatives: 1)),
      ([-1, -2, 0, 3], .saddle(negatives: 2)), ([0, 1e-12, 3], .positiveSemidefinite(zeros: 2)),
      ([-2, -1], .negativeDefinite), ([-2, 0], .negativeSemidefinite(zeros: 1)),
      ([0, 0], .positiveSemidefinite(zeros: 2)),
    ] as [([Double], Definiteness)])
  func verdict(values: [Double], expected: Definiteness) {
    #expect(Definiteness(eigenvalues: values, tolerance: 1e-10) == expected)
  }

  @Test
  func asymmetryIsReportedAndRemoved() {
    let matrix = SymmetricMatrix(dimension: 2, elements: [4, 1, 1.5, -2])
    #expect(matrix.asymmetry == 0.5 / 4)
    #expect(matrix[0, 1] == 1.25 && matrix[1, 0] == 1.25)
    #expect(matrix.trace == 2)
  }

  @Test
  func denseFormOfAnOperator() throws {
    let chosen = ChosenSpectrum((0..<40).map { Double($0) - 11 })
    let shifted = try SymmetricMatrix(ShiftedOperator(chosen.matrix, shift: 2))
    for row in 0..<40 {
      for column in 0..<40 { #expect(shifted[row, column] == chosen.matrix[row, column] + (row == column ? 2 : 0)) }
    }
    let block = try SymmetricMatrix(BlockOperator(chosen.matrix, range: 7..<19))
    #expect(block.dimension == 12)
    for row in 0..<12 {
      for column in 0..<12 { #expect(block[row, column] == chosen.matrix[row + 7, column + 7]) }
    }
    #expect(throws: CurvatureError.tooLarge(dimension: 40, limit: 39)) {
      try SymmetricMatrix(chosen.matrix, limit: 39)
    }
  }

  @Test
  func choleskySolves() throws {
    let chosen = ChosenSpectrum((1...30).map { Double($0) })
    let b = (0..<30).map { Double($0 % 5) - 1 }
    let factor = try CholeskyFactor(chosen.matrix, damping: 0.5)
    #expect(factor.damping == 0.5)
    let back = ShiftedOperator(chosen.matrix, shift: 0.5).product(with: factor.solve(b))
    for (value, expected) in zip(back, b) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test
  func choleskyRaisesItsDampingOverTheMostNegativeEigenvalue() throws {
    let chosen = ChosenSpectrum([-3, -1, 0, 2, 7])
    let factor = try CholeskyFactor(chosen.matrix, damping: 0.01)
    #expect(abs(factor.damping - 10) < 1e-12)
    #expect(factor.attempts == 4)
    #expect(throws: CurvatureError.self) { try CholeskyFactor(chosen.matrix, damping: 0.01, maximum: 2) }
    #expect(throws: CurvatureError.notFinite(what: "a matrix element")) {
      try CholeskyFactor(SymmetricMatrix(dimension: 1, elements: [.nan]))
    }
  }

  @Test
  func indefiniteSystemsAreSolvedAsTheyAre() throws {
    let chosen = ChosenSpectrum([-3, -1, 0.5, 2, 7])
    let b = [1.0, -2, 3, 0, 5]
    for (value, expected) in zip(chosen.matrix.product(with: try chosen.matrix.solve(b)), b) {
      #expect(abs(value - expected) < 1e-12)
    }
    let damped = ShiftedOperator(chosen.matrix, shift: 2).product(with: try chosen.matrix.solve(b, damping: 2))
    for (value, expected) in zip(damped, b) { #expect(abs(value - expected) < 1e-12) }
    #expect(throws: CurvatureError.routineFailed(name: "dsysv", code: 1)) {
      try SymmetricMatrix(dimension: 2, elements: [0, 0, 0, 0]).solve([1, 1])
    }
  }

  /// LAPACK's own products run on BLIS, and not on whatever BLAS the system's alternatives name.
  @Test(arguments: ["dgemm_", "dsymv_", "dsyr2k_", "dtrsm_"])
  func blasIsBLIS(routine: String) throws {
    let library = try #require(dlopen("libblis.so.4", RTLD_LAZY | RTLD_NOLOAD))
    defer { dlclose(library) }
    #expect(dlsym(nil, routine) == dlsym(library, routine))
  }
}
