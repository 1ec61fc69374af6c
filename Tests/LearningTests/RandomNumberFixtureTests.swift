import Kernels
import Testing

/// Bit for bit what the second implementation, in NumPy, gives.
@Suite("Random numbers against the reference generator")
struct RandomNumberFixtureTests {
  struct Case: Decodable, Sendable {
    var keys: [Key]
    var permutations: [Permutation]
    var masks: [Mask]
  }

  struct Key: Decodable, Sendable {
    var seed: FixtureWord
    var purpose: UInt64
    var step: FixtureWord
    var index: FixtureWord
    var high: FixtureWord
    var low: FixtureWord
    var words: [FixtureWord]
    var uniforms: FixtureArray
    var normals: FixtureArray
    var bounds: [Int]
    var below: [Int]
  }

  struct Permutation: Decodable, Sendable {
    var seed: FixtureWord
    var epoch: FixtureWord
    var permutation: [Int32]
  }

  struct Mask: Decodable, Sendable, CustomTestStringConvertible {
    var seed: FixtureWord
    var step: FixtureWord
    var layer: Int
    var keepProbability: Double
    var rows: Int
    var width: Int
    var present: Int
    var bits: FixtureArray

    var testDescription: String {
      "seed \(seed.value), step \(step.value), layer \(layer), keep \(keepProbability), \(rows)×\(width)"
    }
  }

  static let fixture = try! Fixture.load("random_numbers", as: Case.self)

  @Test(arguments: fixture.keys)
  func streams(entry: Key) throws {
    let purpose = try #require(RandomKey.Purpose(rawValue: entry.purpose))
    let key = RandomKey(seed: entry.seed.value, purpose: purpose, step: entry.step.value, index: entry.index.value)
    #expect(key.high == entry.high.value)
    #expect(key.low == entry.low.value)
    var stream = RandomStream(key)
    #expect(entry.words.map { _ in stream.nextWord() } == entry.words.map(\.value))
    stream = RandomStream(key)
    let uniforms: [Double] = entry.uniforms.values()
    #expect(uniforms.map { _ in stream.nextUniform() } == uniforms)
    stream = RandomStream(key)
    let normals: [Double] = entry.normals.values()
    #expect(normals.map { _ in stream.nextNormal() } == normals)
    stream = RandomStream(key)
    #expect(entry.bounds.map { stream.nextIndex(below: $0) } == entry.below)
  }

  @Test(arguments: fixture.permutations)
  func permutations(entry: Permutation) {
    var stream = RandomStream(RandomKey(seed: entry.seed.value, purpose: .order, step: entry.epoch.value))
    #expect(stream.permutation(of: entry.permutation.count) == entry.permutation)
  }

  @Test(arguments: fixture.masks)
  func masks(entry: Mask) {
    let count = entry.rows * entry.width
    // Where nothing is dropped the reference draws nothing, and the product asks for no mask.
    guard entry.keepProbability < 1 else { return #expect(entry.present == count) }
    let bytes = entry.bits.bytes
    let expected = (0..<count).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    #expect(expected.count { $0 } == entry.present)
    var mask = DropoutMask(
      seed: entry.seed.value, layer: entry.layer, step: Int(entry.step.value),
      keepProbability: entry.keepProbability)
    #expect(mask.presence(count: count) == expected)

    let ones = AlignedBuffer([Float](repeating: 1, count: count))
    mask = DropoutMask(
      seed: entry.seed.value, layer: entry.layer, step: Int(entry.step.value),
      keepProbability: entry.keepProbability)
    apply(&mask, to: ones.pointer, count: count, scale: 1)
    #expect(ones.array == expected.map { $0 ? 1 : 0 })
  }
}
