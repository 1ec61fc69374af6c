/// Trials in an order of their own, each made when it is asked for: ten million of them take no more memory than the
/// values that they combine.
public struct TrialList: RandomAccessCollection, Sendable {
  private enum Source: Sendable {
    case listed([Trial])
    case grid(TrialGrid)
  }

  private let source: Source
  /// Which of the source's trials, and in what order; nil for all in theirs.
  private let positions: [Int]?

  public init(_ trials: some Sequence<Trial>) {
    source = .listed(Array(trials))
    positions = nil
  }

  /// All trials of a grid.
  init(_ grid: TrialGrid) {
    source = .grid(grid)
    positions = nil
  }

  private init(_ source: Source, _ positions: [Int]) {
    self.source = source
    self.positions = positions
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { positions?.count ?? sourceCount }

  public subscript(position: Int) -> Trial {
    switch source {
    case .listed(let trials): trials[place(position)]
    case .grid(let grid): grid.trial(at: place(position))
    }
  }

  /// The trials at these indices, in the order given.
  public func selecting(_ indices: [Int]) -> TrialList {
    TrialList(source, positions == nil ? indices : indices.map(place))
  }

  private func place(_ position: Int) -> Int { positions.map { $0[position] } ?? position }

  private var sourceCount: Int {
    switch source {
    case .listed(let trials): trials.count
    case .grid(let grid): grid.count
    }
  }

  /// Trials from this index on that differ from it in nothing but their seeds, itself included; 1 or more.
  private func neighbours(from start: Int) -> Int {
    guard case .grid(let grid) = source, !grid.seeds.isEmpty else { return 1 }
    let configuration = place(start) / grid.seeds.count
    guard let positions else { return Swift.min(count, (configuration + 1) * grid.seeds.count) - start }
    var end = start + 1
    while end < positions.count, positions[end] / grid.seeds.count == configuration { end += 1 }
    return end - start
  }

  /// The seeds, each once, in the order in which they first come.
  var seeds: [UInt64] {
    var distinct = DistinctValues<UInt64>()
    switch (source, positions) {
    case (.grid(let grid), nil): return grid.seeds
    case (.grid(let grid), let positions?):
      for position in positions { distinct.insert(grid.seeds[position % grid.seeds.count]) }
    case (.listed, _):
      for trial in self { distinct.insert(trial.seed) }
    }
    return distinct.values
  }
}

extension TrialList {
  /// Neighbours that differ in nothing but their seeds: what most questions about a sweep are asked of.
  public var configurations: Configurations { Configurations(trials: self) }

  public struct Configurations: Sequence, IteratorProtocol {
    fileprivate let trials: TrialList
    private var position = 0

    fileprivate init(trials: TrialList) { self.trials = trials }

    /// The first of the neighbours, and the indices of all of them.
    public mutating func next() -> (trial: Trial, indices: Range<Int>)? {
      guard position < trials.count else { return nil }
      let start = position
      position += trials.neighbours(from: start)
      return (trials[start], start..<position)
    }
  }

  /// The identity of each trial, in their order.
  public var identities: [TrialIdentity] {
    var hasher = CanonicalHasher()
    return map { hasher.identity(of: $0) }
  }
}

extension TrialList: Hashable, ExpressibleByArrayLiteral {
  public init(arrayLiteral trials: Trial...) { self.init(trials) }

  public static func == (left: TrialList, right: TrialList) -> Bool { left.elementsEqual(right) }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    if let first { hasher.combine(first) }
  }
}

/// The values that the trials of a grid combine. Seeds are the innermost axis.
struct TrialGrid: Sendable {
  /// What does not vary; its other parts are replaced.
  var base: Trial
  /// Nil for networks on data.
  var problems: [ProblemSpecification?] = [nil]
  var networks: [NetworkSpecification]
  var penalties: [Double]
  var noises: [Double] = [0]
  var schedules: [ScheduleSpecification]
  var optimizers: [OptimizerSpecification]
  var batchSizes: [BatchSize]
  var dropouts: [DropoutSpecification]
  var seeds: [UInt64]
  /// The configurations, in their order; nil for all combinations, the last part fastest.
  var points: [Point]?

  /// Which value of each part, in the order of ``sizes``.
  typealias Point = SIMD8<Int32>

  /// Values of each part but the seeds, from the outermost inwards.
  var sizes: [Int] {
    [
      problems.count, networks.count, penalties.count, schedules.count, optimizers.count, batchSizes.count,
      dropouts.count, noises.count,
    ]
  }

  var count: Int { (points?.count ?? saturatingProduct(sizes)) * seeds.count }

  func trial(at position: Int) -> Trial {
    let (configuration, seed) = position.quotientAndRemainder(dividingBy: seeds.count)
    return trial(points?[configuration] ?? point(configuration), seed: seeds[seed])
  }

  private func point(_ configuration: Int) -> Point {
    var rest = configuration
    var point = Point.zero
    for (part, size) in sizes.enumerated().reversed() {
      point[part] = Int32(rest % size)
      rest /= size
    }
    return point
  }

  private func trial(_ point: Point, seed: UInt64) -> Trial {
    var trial = base
    trial.problem = problems[Int(point[0])]
    trial.network = networks[Int(point[1])]
    trial.l2 = penalties[Int(point[2])]
    trial.schedule = schedules[Int(point[3])]
    trial.optimizer = optimizers[Int(point[4])]
    trial.batchSize = batchSizes[Int(point[5])]
    trial.dropout = dropouts[Int(point[6])]
    trial.inputNoise = noises[Int(point[7])]
    trial.seed = seed
    return trial
  }
}
