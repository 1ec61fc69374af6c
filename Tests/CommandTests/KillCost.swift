import Foundation

/// What kills cost: what a sweep that is killed takes, more than one that is not and runs right beside it.
struct KillCost {
  /// Seconds that something took: of the clock, and of processors by programs that have ended.
  struct Time {
    var clock: Double
    var processor: Double

    static var now: Time {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      let clock = Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
      return Time(clock: clock, processor: seconds(usage.ru_utime) + seconds(usage.ru_stime))
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }

    static let none = Time(clock: 0, processor: 0)

    static func += (left: inout Time, right: Time) {
      left.clock += right.clock
      left.processor += right.processor
    }

    static func - (left: Time, right: Time) -> Time {
      Time(clock: left.clock - right.clock, processor: left.processor - right.processor)
    }
  }

  private var undisturbed: [Time] = []
  /// Of a program that finds every run on disk.
  private var starting: [Time] = []
  /// Each killed sweep's time over that of the undisturbed one after it, and its kills.
  private var differences: [(time: Time, kills: Int)] = []

  static func time(_ body: () throws -> Void) rethrows -> Time {
    let start = Time.now
    try body()
    return .now - start
  }

  mutating func add(starting time: Time) { starting.append(time) }

  mutating func add(undisturbed time: Time) { undisturbed.append(time) }

  mutating func add(killed: Time, kills: Int, undisturbed time: Time) {
    add(undisturbed: time)
    if kills > 0 { differences.append((killed - time, kills)) }
  }

  var medianClock: Double { Self.quantile(0.5, undisturbed.map(\.clock)) }

  /// Mean of a kill with its standard error, over sweeps: a ratio of sums, since a sweep has any number of kills.
  private func perKill(_ value: KeyPath<Time, Double>) -> String {
    let kills = Double(differences.reduce(0) { $0 + $1.kills })
    let mean = differences.reduce(0) { $0 + $1.time[keyPath: value] } / kills
    let squares = differences.reduce(0) { sum, sweep in
      let rest = sweep.time[keyPath: value] - mean * Double(sweep.kills)
      return sum + rest * rest
    }
    let count = Double(differences.count)
    let error = (squares * count / max(1, count - 1)).squareRoot() / kills
    let each = differences.map { $0.time[keyPath: value] / Double($0.kills) }
    return "\(Self.milliseconds(mean)) ± \(Self.milliseconds(error)) ms a kill (middle half of the sweeps "
      + "\(Self.milliseconds(Self.quantile(0.25, each))) to \(Self.milliseconds(Self.quantile(0.75, each))))"
  }

  private func median(_ times: [Time], _ value: KeyPath<Time, Double>) -> String {
    let times = times.map { $0[keyPath: value] }
    let ends = [0.5, 0.25, 0.75].map { Self.milliseconds(Self.quantile($0, times)) }
    return "\(ends[0]) ms (\(ends[1]) to \(ends[2]))"
  }

  var text: String {
    """
    processor time: \(line(\.processor))
    wall time: \(line(\.clock))
    """
  }

  private func line(_ value: KeyPath<Time, Double>) -> String {
    "\(perKill(value)); a sweep undisturbed \(median(undisturbed, value)), one that finds all done "
      + median(starting, value)
  }

  static func quantile(_ share: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return .nan }
    let place = share * Double(last)
    let below = Int(place)
    return sorted[below] + (place - Double(below)) * (sorted[min(below + 1, last)] - sorted[below])
  }

  static func milliseconds(_ seconds: Double) -> String { String(format: "%.0f", seconds * 1000) }
}
