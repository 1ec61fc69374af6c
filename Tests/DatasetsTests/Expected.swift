import Foundation

/// What NumPy, scikit-learn and Python make of the same data; see Fixtures/make_fixtures.py.
struct Expected: Decodable {
  var digits: Digits
  var fashion: Fashion
  var scaling: Scaling
  var quoted: Quoted
  var hdf5: HDF5
  var numbers: [Number]
  var generated: Generated

  struct Digits: Decodable {
    var classCounts: [Int]
    var pixelSum: Int
    var pixelCrc32: Int
    var labelCrc32: Int
    var train: [Int32]
    var validation: [Int32]
    var test: [Int32]
    var mean: [Double]
    var deviation: [Double]
    var scaledValidationRows: [[Double]]
  }

  struct Fashion: Decodable {
    var train: Share
    var test: Share

    struct Share: Decodable {
      var classCounts: [Int]
      var pixelSum: Int
      var pixelCrc32: Int
      var labelCrc32: Int
      var images: [Int]
      var imageSums: [Int]
    }
  }

  struct Scaling: Decodable {
    var rows: Int
    var columns: Int
    var values: [Double]
    var mean: [Double]
    var deviation: [Double]
    var scaled: [Double]
  }

  struct Quoted: Decodable {
    var records: [[String]]
    var features: [Double]
    var labels: [String]
  }

  struct HDF5: Decodable {
    var images: [Double]
    var labels: [Int]
  }

  struct Number: Decodable {
    var text: String
    /// The Double's bits in hexadecimal.
    var bits: String
  }

  struct Generated: Decodable {
    var twoGaussians: [Double]
    var spirals: [Double]
    var teacherFeatures: [Double]
    var teacherTargets: [Double]
    var linearFeatures: [Double]
    var linearTargets: [Double]
  }

  static func load() throws -> Expected {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Expected.self, from: Data(contentsOf: fixture("expected.json")))
  }
}

func fixture(_ name: String) -> URL {
  Bundle.module.bundleURL.appendingPathComponent("Fixtures").appendingPathComponent(name)
}

/// Largest |a − b|/max(1, |b|).
func largestError(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { ($0 - $1).magnitude / max(1, $1.magnitude) }.max() ?? 0
}
