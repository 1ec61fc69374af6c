import Experiments
import RealModule
import Testing

@testable import Datasets

struct GeneratedTests {
  @Test func followTheirFormulas() throws {
    let expected = try Expected.load().generated
    let gaussians = try DataLoader.load(.twoGaussians(samples: 7, mean: [0.4, 0.8], deviation: 0.5, seed: 3))
    #expect(largestError(gaussians.samples.doubles, expected.twoGaussians) < 1e-14)
    #expect(gaussians.samples.labels == [0, 1, 0, 1, 0, 1, 0])

    let spirals = try DataLoader.load(.spirals(samples: 8, classes: 3, turns: 1.5, noise: 0.02, seed: 9))
    #expect(largestError(spirals.samples.doubles, expected.spirals) < 1e-14)
    #expect(spirals.samples.labels == [0, 1, 2, 0, 1, 2, 0, 1])

    let teacher = try DataLoader.load(
      .teacher(samples: 6, features: 3, hidden: [5, 4], outputs: 2, noise: 0.1, seed: 11))
    #expect(largestError(teacher.samples.doubles, expected.teacherFeatures) < 1e-14)
    #expect(largestError(teacher.samples.values, expected.teacherTargets) < 1e-14)
    #expect(teacher.samples.targets == .values(teacher.samples.values, columns: 2))

    let linear = try DataLoader.load(
      .linearRegression(samples: 25, features: 6, conditionNumber: 1e4, noise: 0.05, seed: 5))
    #expect(largestError(linear.samples.doubles, expected.linearFeatures) < 1e-12)
    #expect(largestError(linear.samples.values, expected.linearTargets) < 1e-12)
  }

  @Test(arguments: [(1.0, 40, 1), (10.0, 30, 2), (1e4, 40, 12), (1e3, 200, 50)])
  func linearRegressionHasTheChosenSpectrum(_ conditionNumber: Double, _ samples: Int, _ features: Int) throws {
    let dataset = try DataLoader.load(
      .linearRegression(
        samples: samples, features: features, conditionNumber: conditionNumber, noise: 0, seed: 1))
    let x = dataset.samples.doubles
    var gram = [[Double]](repeating: [Double](repeating: 0, count: features), count: features)
    for row in 0..<samples {
      for i in 0..<features {
        for j in 0..<features { gram[i][j] += x[row * features + i] * x[row * features + j] / Double(samples) }
      }
    }
    let eigenvalues = jacobiEigenvalues(gram).sorted(by: >)
    for (index, eigenvalue) in eigenvalues.enumerated() {
      let exponent = features > 1 ? -Double(index) / Double(features - 1) : 0
      let expected = Double.pow(conditionNumber, exponent)
      #expect((eigenvalue - expected).magnitude < 1e-10 * expected)
    }
    #expect((eigenvalues[0] / eigenvalues[features - 1] - conditionNumber).magnitude < 1e-10 * conditionNumber)
    for column in 0..<features {
      let mean = (0..<samples).reduce(0.0) { $0 + x[$1 * features + column] } / Double(samples)
      #expect(mean.magnitude < 1e-14)
    }
  }

  @Test func aSampleDoesNotDependOnHowManyThereAre() throws {
    let few = try DataLoader.load(.spirals(samples: 10, classes: 2, turns: 2, noise: 0.1, seed: 4)).samples.doubles
    let many = try DataLoader.load(.spirals(samples: 90, classes: 2, turns: 2, noise: 0.1, seed: 4)).samples.doubles
    #expect(few == Array(many[..<20]))
  }

  @Test func theSeedDecides() throws {
    let hash = { (seed: UInt64) in
      try DataLoader.load(.teacher(samples: 5, features: 2, hidden: [3], outputs: 1, noise: 0, seed: seed)).contentHash
    }
    #expect(try hash(1) == hash(1))
    #expect(try hash(1) != hash(2))
  }

  /// The sample mean and deviation of 20,000 samples, five standard errors wide.
  @Test func gaussiansHaveTheirMoments() throws {
    let count = 20_000
    let dataset = try DataLoader.load(.twoGaussians(samples: count, mean: [0.4, 0.8], deviation: 0.5, seed: 0))
    let x = dataset.samples.doubles
    for (label, sign) in [(0, -1.0), (1, 1.0)] {
      for (column, center) in [0.4, 0.8].enumerated() {
        let values = stride(from: label, to: count, by: 2).map { x[$0 * 2 + column] }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let n = Double(values.count)
        #expect((mean - sign * center).magnitude < 5 * 0.5 / n.squareRoot())
        #expect((variance - 0.25).magnitude < 5 * 0.25 * (2 / n).squareRoot())
      }
    }
  }

  static let badSettings: [(DataSource, String)] = [
    (.twoGaussians(samples: 1, mean: [1], deviation: 1, seed: 0), "samples is 1"),
    (.twoGaussians(samples: 9, mean: [], deviation: 1, seed: 0), "mean is []"),
    (.twoGaussians(samples: 9, mean: [.nan], deviation: 1, seed: 0), "mean is [nan]"),
    (.twoGaussians(samples: 9, mean: [1], deviation: -1, seed: 0), "deviation is -1.0"),
    (.spirals(samples: 9, classes: 1, turns: 1, noise: 0, seed: 0), "classes is 1"),
    (.spirals(samples: 2, classes: 3, turns: 1, noise: 0, seed: 0), "samples is 2"),
    (.spirals(samples: 9, classes: 2, turns: .infinity, noise: 0, seed: 0), "turns is inf"),
    (.teacher(samples: 9, features: 0, hidden: [], outputs: 1, noise: 0, seed: 0), "features is 0"),
    (.teacher(samples: 9, features: 1, hidden: [0], outputs: 1, noise: 0, seed: 0), "hidden is 0"),
    (.teacher(samples: 1 << 29, features: 1 << 29, hidden: [], outputs: 1, noise: 0, seed: 0), "samples × values"),
    (.linearRegression(samples: 4, features: 3, conditionNumber: 2, noise: 0, seed: 0), "features + 1 = 4"),
    (.linearRegression(samples: 9, features: 3, conditionNumber: 0.5, noise: 0, seed: 0), "condition_number is 0.5"),
    (.linearRegression(samples: 9, features: 1, conditionNumber: 2, noise: 0, seed: 0), "condition_number is 2.0"),
    (.linearRegression(samples: 9, features: 3, conditionNumber: 2, noise: .nan, seed: 0), "noise is nan"),
  ]

  @Test(arguments: badSettings)
  func settingsOutOfRangeAreErrors(_ source: DataSource, _ says: String) throws {
    let error = try #require(failure { try DataLoader.load(source) })
    #expect(error.code == .badSetting)
    #expect(error.description.contains(says), "\(error)")
  }
}

/// Eigenvalues of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, section 8.5).
func jacobiEigenvalues(_ matrix: [[Double]]) -> [Double] {
  var a = matrix
  let size = a.count
  for _ in 0..<30 {
    for p in 0..<size {
      for q in p + 1..<max(size, p + 1) where a[p][q] != 0 {
        let tau = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (tau < 0 ? -1 : 1) / (tau.magnitude + (1 + tau * tau).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        for k in 0..<size { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
        for k in 0..<size { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
      }
    }
  }
  return (0..<size).map { a[$0][$0] }
}
