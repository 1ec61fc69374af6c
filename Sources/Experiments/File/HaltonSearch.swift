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
  func trials(of search: HaltonSearch) -> TrialList {
    var grid = combinations()
    let entries = optimizers.map { $0.count(default: learningRates) }
    let sizes = [
      grid.networks.count, grid.penalties.count, grid.schedules.count, entries.count, entries.max() ?? 0,
      grid.batchSizes.count, grid.dropouts.count, grid.problems.count, grid.noises.count,
    ]
    guard !sizes.contains(0) else { return [] }
    let available = saturatingProduct(grid.sizes)
    guard available >= search.configurations else {
      search.field.report(
        "\(search.configurations) configurations of a grid that has \(available)",
        accepted: "at most as many, or ranges with a larger count")
      return []
    }
    // Hyperparameters that do not vary take no coordinate: the first primes fill most evenly.
    let varying = sizes.indices.filter { sizes[$0] > 1 }
    let sequence = HaltonSequence(dimensions: varying.count, seed: search.seed)
    let firstOfEntry = entries.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var seen: Set<TrialGrid.Point> = []
    var points: [TrialGrid.Point] = []
    var index = 0
    while points.count < search.configurations, index < search.configurations * Self.drawsPerConfiguration {
      var coordinates = [Double](repeating: 0, count: sizes.count)
      for (coordinate, value) in zip(varying, sequence[index]) { coordinates[coordinate] = value }
      index += 1
      func pick(_ coordinate: Int, of count: Int) -> Int { Int(coordinates[coordinate] * Double(count)) }
      let entry = pick(3, of: entries.count)
      let optimizer = firstOfEntry[entry] + pick(4, of: entries[entry])
      let picks = [
        pick(7, of: sizes[7]), pick(0, of: sizes[0]), pick(1, of: sizes[1]), pick(2, of: sizes[2]), optimizer,
        pick(5, of: sizes[5]), pick(6, of: sizes[6]), pick(8, of: sizes[8]),
      ]
      var point = TrialGrid.Point.zero
      for (part, pick) in picks.enumerated() { point[part] = Int32(pick) }
      if seen.insert(point).inserted { points.append(point) }
    }
    if points.count < search.configurations {
      search.field.report(
        "the sequence meets only \(points.count) configurations of this grid",
        accepted: "fewer, or ranges with a larger count")
    }
    grid.points = points
    return TrialList(grid)
  }

  private static let drawsPerConfiguration = 1000
}
