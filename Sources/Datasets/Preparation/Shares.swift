import Experiments
import Kernels

/// Which samples belong to which share: indices into ``RawDataset/samples``, ascending.
public struct SplitIndices: Hashable, Sendable {
  public var train: [Int32]
  public var validation: [Int32]
  /// Empty where the source has a test set of its own.
  public var test: [Int32]
}

extension RawDataset {
  /// Cuts the samples into shares: a function of the targets, the specification and nothing else.
  ///
  /// The sizes of the shares are N times the fractions, rounded by the largest remainder. If stratified, each class c is
  /// cut in proportion: n_c·N_test/N samples to test and, of the others, as large a part to validation as there is
  /// overall, both rounded by the largest remainder over classes, so that the totals hold. Which samples go where is a
  /// random permutation from the stream (seed, split, step 0), or for class c, step c + 1: the first of it to test, the
  /// next to validation.
  ///
  /// With a test set of its own the `test` fraction is left aside: train and validation are in the same proportion to
  /// each other as given, and share all samples.
  /// - Throws: ``DatasetError`` for fractions that are no shares, and where a share would be empty.
  public func split(_ specification: SplitSpecification) throws -> SplitIndices {
    let sizes = try ShareSizes(specification, samples: samples.rows, hasTest: test != nil)
    guard case .classes(let labels, let names) = samples.targets, specification.stratified else {
      return sizes.cut([Array(0..<Int32(samples.rows))], seed: specification.seed, firstStep: 0)
    }
    var members = [[Int32]](repeating: [], count: names.count)
    for (sample, label) in labels.enumerated() { members[Int(label)].append(Int32(sample)) }
    return sizes.cut(members, seed: specification.seed, firstStep: 1)
  }
}

/// Numbers of samples in each share.
struct ShareSizes: Equatable {
  var train: Int
  var validation: Int
  var test: Int

  init(_ split: SplitSpecification, samples: Int, hasTest: Bool) throws {
    let given = [("train", split.train), ("validation", split.validation), ("test", split.test)]
    for (name, share) in given {
      guard share >= 0 && share <= 1 else {
        throw DatasetError(.badSplit, "split: \(name) is \(share); a share is from 0 to 1")
      }
    }
    let sum = split.train + split.validation + split.test
    guard (sum - 1).magnitude < 1e-9 else {
      throw DatasetError(
        .badSplit,
        "split: train \(split.train), validation \(split.validation) and test \(split.test) sum to \(sum), not 1")
    }
    for (name, share) in given.prefix(2) where share == 0 {
      let reason = name == "train" ? "there is nothing to train on" : "there is nothing to select on"
      throw DatasetError(.badSplit, "split: \(name) is 0: \(reason)")
    }
    let fractions = hasTest ? [split.train, split.validation, 0] : given.map(\.1)
    let counts = largestRemainder(samples, in: fractions)
    for (index, (name, share)) in given.enumerated() where fractions[index] > 0 && counts[index] == 0 {
      throw DatasetError(
        .badSplit, "split: \(name) \(share) of \(samples) samples is none; each share needs at least one sample")
    }
    (train, validation, test) = (counts[0], counts[1], counts[2])
  }

  /// Cuts each group of samples in proportion to the shares.
  func cut(_ groups: [[Int32]], seed: UInt64, firstStep: UInt64) -> SplitIndices {
    let counts = groups.map(\.count)
    let testCounts = proportional(test, of: counts)
    let validationCounts = proportional(validation, of: zip(counts, testCounts).map { $0 - $1 })
    var indices = SplitIndices(train: [], validation: [], test: [])
    for (group, members) in groups.enumerated() {
      var random = RandomStream(RandomKey(seed: seed, purpose: .split, step: firstStep + UInt64(group)))
      let shuffled = random.permutation(of: members.count).map { members[Int($0)] }
      let afterTest = testCounts[group]
      let afterValidation = afterTest + validationCounts[group]
      indices.test += shuffled[..<afterTest]
      indices.validation += shuffled[afterTest..<afterValidation]
      indices.train += shuffled[afterValidation...]
    }
    indices.train.sort()
    indices.validation.sort()
    indices.test.sort()
    return indices
  }
}

/// Hamilton's method: each share gets the whole part of its quota, and the largest remainders get what is left over; the
/// first of equal ones wins.
func largestRemainder(_ total: Int, in fractions: [Double]) -> [Int] {
  let sum = fractions.reduce(0, +)
  let quotas = fractions.map { Double(total) * $0 / sum }
  var counts = quotas.map { Int($0.rounded(.down)) }
  let order = quotas.indices.sorted { left, right in
    let (a, b) = (quotas[left] - Double(counts[left]), quotas[right] - Double(counts[right]))
    return a != b ? a > b : left < right
  }
  for index in order.prefix(max(0, total - counts.reduce(0, +))) { counts[index] += 1 }
  return counts
}

/// Takes `total` samples from groups in proportion to their sizes, by largest remainder in exact integers.
func proportional(_ total: Int, of sizes: [Int]) -> [Int] {
  let all = sizes.reduce(0, +)
  guard all > 0 else { return sizes }
  var counts = sizes.map { $0 * total / all }
  let remainders = sizes.map { $0 * total % all }
  let order = sizes.indices.sorted { remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1 }
  for index in order.prefix(total - counts.reduce(0, +)) { counts[index] += 1 }
  return counts
}
