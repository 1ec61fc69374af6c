import Experiments

/// How many trials at a time the runs were trained: times of runs side by side, which share caches and memory, are not
/// comparable with times of runs alone.
public struct Concurrency: Sendable {
  /// Runs by their number of workers, the number ascending; 0 workers: not known.
  public let counts: [(workers: Int, runs: Int)]

  public init(_ runs: some Sequence<RunSummary>) {
    var counts: [Int: Int] = [:]
    for run in runs { counts[run.cost.workers, default: 0] += 1 }
    self.counts = counts.sorted { $0.key < $1.key }.map { (workers: $0.key, runs: $0.value) }
  }

  /// Whether times of these runs cannot be compared with each other.
  public var isMixed: Bool { counts.count > 1 }

  /// For example "2 trials at a time", or "1 trial at a time (30 runs), 2 (50 runs)"; nil where nothing is known.
  public var description: String? {
    guard counts.contains(where: { $0.workers > 0 }) else { return nil }
    let parts = counts.map { entry in
      let text =
        entry.workers == 0 ? "unknown" : "\(entry.workers) trial\(entry.workers == 1 ? "" : "s") at a time"
      return isMixed ? "\(text) (\(entry.runs) run\(entry.runs == 1 ? "" : "s"))" : text
    }
    return parts.joined(separator: ", ")
  }

  /// What has to be said beside times; nil where they can be compared or nothing is known.
  public var caution: String? {
    guard isMixed, let description else { return nil }
    return "The runs' times are not comparable: trained \(description)."
  }
}
