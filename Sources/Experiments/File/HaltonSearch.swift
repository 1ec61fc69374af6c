/// `search: {halton: 64}`: instead of the whole grid, this many of its configurations, spread evenly by a scrambled Halton
/// sequence; each runs with every seed of the grid.
struct HaltonSearch {
  static let keys = ["halton", "seed"]

  var configurations: Int
  /// Keys the scrambling.
  var seed: UInt64
  var field: DocumentField

  /// Reports what is not such a search.
  init?(_ field: DocumentField) {
    guard let section = DocumentSection(field, keys: Self.keys) else { return nil }
    let counts = 1...1_000_000
    guard
      let count = section.required("halton", accepted: DocumentField.describe(counts))?.integer(in: counts)
    else { return nil }
    configurations = count
    seed = UInt64(section["seed"]?.integer(in: 0...Int.max) ?? 0)
    self.field = field
  }
}

extension ExperimentGrid {
  /// The search's trials: configurations in the order of the sequence, seeds innermost.
  ///
  /// A coordinate u in [0, 1) picks value ⌊u·n⌋ of n, so that a range with a large count is as good as a continuous one.
  /// An entry of `optimizer` and its settings are two coordinates. A configuration that was drawn before is left out.
  func trials(of search: HaltonSearch) -> [Trial] {
    _ = specifications()
    let entries = optimizers.map { $0.specifications(default: learningRates) }
    let (networks, dropouts) = (networks, dropout.specifications)
    let sizes = [
      networks.count, l2.values.count, schedules.values.count, entries.count, entries.map(\.count).max() ?? 0,
      batchSizes.values.count, dropouts.count,
    ]
    guard !sizes.contains(0) else { return [] }
    let available =
      saturatingProduct([sizes[0], sizes[1], sizes[2], sizes[5], sizes[6]])
      .multipliedReportingOverflow(by: entries.reduce(0) { $0 + $1.count })
    guard available.overflow || available.partialValue >= search.configurations else {
      search.field.report(
        "\(search.configurations) configurations of a grid that has \(available.partialValue)",
        accepted: "at most as many, or ranges with a larger count")
      return []
    }
    // Hyperparameters that do not vary take no coordinate: the first primes fill most evenly.
    let varying = sizes.indices.filter { sizes[$0] > 1 }
    let sequence = HaltonSequence(dimensions: varying.count, seed: search.seed)
    var seen: Set<Trial> = []
    var trials: [Trial] = []
    var index = 0
    while seen.count < search.configurations, index < search.configurations * Self.drawsPerConfiguration {
      var point = [Double](repeating: 0, count: sizes.count)
      for (coordinate, value) in zip(varying, sequence[index]) { point[coordinate] = value }
      index += 1
      func pick<Value>(_ values: [Value], _ coordinate: Int) -> Value {
        values[Int(point[coordinate] * Double(values.count))]
      }
      let trial = trial(
        pick(networks, 0), l2: pick(l2.values, 1), schedule: pick(schedules.values, 2),
        optimizer: pick(pick(entries, 3), 4), batchSize: pick(batchSizes.values, 5), dropout: pick(dropouts, 6),
        seed: seeds.values.first ?? 0)
      guard seen.insert(trial).inserted else { continue }
      for seed in seeds.values {
        var copy = trial
        copy.seed = seed
        trials.append(copy)
      }
    }
    if seen.count < search.configurations {
      search.field.report(
        "the sequence meets only \(seen.count) configurations of this grid",
        accepted: "fewer, or ranges with a larger count")
    }
    return trials
  }

  private static let drawsPerConfiguration = 1000
}
