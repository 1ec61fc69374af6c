import Curvature
import Foundation
import RandomNumbers
import Reports

/// How many eigenvalues are negative, from a density.
///
/// Spectra as a network's Hessian has them: 3,000 eigenvalues of which 1,410 are negative, all but ten of magnitudes from
/// 1e-8 to 0.03, evenly in the logarithm. The probes start at random vectors, so that a diagonal matrix stands for any with
/// its eigenvalues.
enum NegativeEigenvalues: Simulation {
  static let name = "negative-eigenvalues"
  static let question =
    "does the interval for the number of negative eigenvalues (1,410 of 3,000) hold it? 80 seeds, 8 probes"

  private static let seeds = 80
  private static let dimension = 3_000
  private static let negatives = 1_410

  static func table() -> Table {
    var rows: [[String]] = []
    for (name, isSeparated) in [("magnitudes 1e-8 to 0.03", false), ("the same, none below 0.01", true)] {
      for steps in [16, 64] {
        let found = (0..<seeds).map { measure(seed: UInt64($0), steps: steps, isSeparated) }
        rows.append([
          name, "\(steps)", share(found.map(\.estimateHolds)), mean(found.map(\.estimate)), mean(found.map(\.error)),
          share(found.map(\.rangeHolds)), mean(found.map { Double($0.range.lowerBound) }),
          mean(found.map { Double($0.range.upperBound) }),
        ])
      }
    }
    return Table(
      columns: [
        .init("eigenvalues"), .init("steps", .right), .init("estimate ± 2 s.e. holds", .right),
        .init("estimate", .right), .init("s.e.", .right), .init("bracket holds", .right),
        .init("from", .right), .init("to", .right),
      ], rows: rows)
  }

  private struct Found {
    /// The rule of earlier versions: the weights of the negative nodes.
    var estimate: Double
    var error: Double
    var range: ClosedRange<Int>

    var estimateHolds: Bool { abs(estimate - Double(negatives)) <= 2 * error }
    var rangeHolds: Bool { range.contains(negatives) }
  }

  private static func measure(seed: UInt64, steps: Int, _ isSeparated: Bool) -> Found {
    var stream = RandomStream(RandomKey(seed: 17, purpose: .generation, step: seed))
    let eigenvalues = (0..<dimension).map { index in
      if index >= dimension - 10 { return pow(10, -0.5 + 0.12 * Double(dimension - index)) }
      let size = (isSeparated ? 0.01 : 1e-8) * pow(isSeparated ? 3 : 3e6, stream.nextUniform())
      return index < negatives ? -0.3 * size : size
    }
    do {
      let density = try SpectralDensity(probes: 8, steps: steps).measure(of: Diagonal(eigenvalues), seed: seed)
      let estimate = density.count(below: 0)
      return try Found(estimate: estimate.mean, error: estimate.standardError, range: density.range(below: 0))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func share(_ holds: [Bool]) -> String {
    "\(Int((100 * Double(holds.count { $0 }) / Double(holds.count)).rounded())) %"
  }

  private static func mean(_ values: [Double]) -> String {
    "\(Int((values.reduce(0, +) / Double(values.count)).rounded()))"
  }
}

private final class Diagonal: SymmetricOperator {
  private let values: [Double]

  init(_ values: [Double]) { self.values = values }

  var dimension: Int { values.count }

  func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    for index in values.indices { result[index] = values[index] * v[index] }
  }
}
