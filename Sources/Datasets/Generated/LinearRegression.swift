import Kernels
import RealModule

/// y = Xw + noise·z, where XᵀX/N has the eigenvalues κ^(−j/(D−1)), j = 0…D−1: from 1 down to 1/κ, evenly on a log scale.
///
/// X = √N·U·Λ^½·Vᵀ. U (N×D) has orthonormal columns that are orthogonal to (1, …, 1) as well, so each feature has mean 0
/// and a bias adds the one eigenvalue 1. V (D×D) is a random rotation, so the eigenvectors are not the features. U and V
/// are orthonormalised Gaussian matrices, filled column by column from the streams (seed, generation, step 0) with index 1
/// and 2; w ~ N(0, I) has index 3 and z index 4.
///
/// The condition number is that of all samples, unscaled: a share of them, or standardised features, have another.
struct LinearRegression {
  let samples: Int
  let features: Int
  let conditionNumber: Double
  let noise: Double
  let seed: UInt64

  /// Beyond this the rounding of X alone changes the smallest eigenvalue by more than 1 part in 1,000.
  static let largestConditionNumber = 1e12

  func dataset() throws -> RawDataset {
    try validate()
    let design = makeDesign()
    var weightStream = stream(3)
    let weights = (0..<features).map { _ in weightStream.nextNormal() }
    var noiseStream = stream(4)
    let targets = (0..<samples).map { sample in
      var sum = 0.0
      for feature in 0..<features { sum += design[sample * features + feature] * weights[feature] }
      return sum + noise * noiseStream.nextNormal()
    }
    return try RawDataset(
      samples: RawSamples(rows: samples, features: .doubles(design), targets: .values(targets, columns: 1)),
      featureShape: [features])
  }

  private func validate() throws {
    let settings = GeneratedSettings(source: "linear_regression")
    try settings.requireCount(features, "features", atLeast: 1)
    try settings.require(
      samples > features + 1 && samples <= GeneratedSettings.maximumValues, "samples", samples,
      "more than features + 1 = \(features + 1)")
    try settings.requireTotal(samples: samples, columns: features)
    try settings.require(
      conditionNumber >= 1 && conditionNumber <= Self.largestConditionNumber, "condition_number", conditionNumber,
      "from 1 to \(Self.largestConditionNumber)")
    try settings.require(
      features > 1 || conditionNumber == 1, "condition_number", conditionNumber, "1 where there is one feature")
    try settings.requireNonnegative(noise, "noise")
  }

  /// X, row-major.
  private func makeDesign() -> [Double] {
    let ones = [Double](repeating: 1, count: samples)
    let left = orthonormalColumns(count: features, length: samples, orthogonalTo: [ones], stream(1))
    let right = orthonormalColumns(count: features, length: features, orthogonalTo: [], stream(2))
    var design = [Double](repeating: 0, count: samples * features)
    for (index, column) in left.enumerated() {
      let position = features > 1 ? Double(index) / Double(features - 1) : 0
      let scale = (Double(samples) * Double.pow(conditionNumber, -position)).squareRoot()
      for sample in 0..<samples {
        let factor = scale * column[sample]
        for feature in 0..<features { design[sample * features + feature] += factor * right[index][feature] }
      }
    }
    return design
  }

  private func stream(_ index: UInt64) -> RandomStream {
    RandomStream(RandomKey(seed: seed, purpose: .generation, step: 0, index: index))
  }
}

/// Gaussian vectors made orthonormal, and orthogonal to `given`, by modified Gram–Schmidt.
///
/// Each vector is swept twice, which leaves them orthogonal to rounding error. Source: Giraud, Langou, Rozložník (2005),
/// "On the loss of orthogonality in the Gram–Schmidt orthogonalization process".
func orthonormalColumns(
  count: Int, length: Int, orthogonalTo given: [[Double]], _ stream: RandomStream
) -> [[Double]] {
  var stream = stream
  var basis = given.map(normalized)
  for _ in 0..<count {
    var vector = (0..<length).map { _ in stream.nextNormal() }
    for _ in 0..<2 {
      for other in basis {
        let projection = dot(vector, other)
        for index in 0..<length { vector[index] -= projection * other[index] }
      }
      vector = normalized(vector)
    }
    basis.append(vector)
  }
  return Array(basis.dropFirst(given.count))
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

private func normalized(_ vector: [Double]) -> [Double] {
  let norm = dot(vector, vector).squareRoot()
  return vector.map { $0 / norm }
}
