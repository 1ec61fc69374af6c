import Experiments
import RandomNumbers
import Reports

/// Which share of the variance `summary effects` gives to a keep probability that does nothing.
enum EffectShares: Simulation {
  static let name = "effects"
  static let experiments = 1_000
  static let question =
    "three keep probabilities that do nothing by three learning rates 0.5 standard deviations of a run's noise apart, the"
    + " seeds with an effect of their own: the mean share of the keep probability and of its pair with the rate, which have"
    + " none, and of the rate, which has 14 % of the noise without the seeds' effect and itself; \(experiments) experiments,"
    + " seed 8"

  static func table() -> Table {
    var rows: [[String]] = []
    for seeds in [1, 3, 10, 30] {
      var before = [0.0, 0.0, 0.0]
      var after = [0.0, 0.0, 0.0]
      var found = 0
      for experiment in 0..<experiments {
        var stream = RandomStream(experiment: experiment, of: 8)
        let luck = (0..<seeds).map { _ in 0.5 * stream.nextNormal() }
        let losses = (0..<9).map { point in luck.map { 10 + 0.5 * Double(point / 3) + $0 + stream.nextNormal() } }
        for (term, share) in plugIn(losses).enumerated() { before[term] += share / Double(experiments) }
        let runs = losses.enumerated().flatMap { point, values in
          values.enumerated().map { seed, loss in
            SimulatedRun(
              hyperparameters: [
                .init("learning_rate", .number(Double(point / 3 + 1))),
                .init("keep_probability", .list([1, 0.5 + 0.25 * Double(point % 3)])),
              ], seed: seed, loss: loss)
          }
        }
        guard case .complete(let analysis) = HyperparameterEffects(runs.ranking).scopes[0].result else { continue }
        for term in 0..<3 { after[term] += analysis.share(analysis.effects[term]) / Double(experiments) }
        if analysis.effects[1].pValue < 0.05 { found += 1 }
      }
      let isRefused = seeds == 1
      rows.append(
        ["\(seeds)"] + before.map { NumberText.percent($0) }
          + after.map { isRefused ? "refused" : NumberText.percent($0) }
          + [isRefused ? "" : NumberText.percent(Double(found) / Double(experiments))])
    }
    return Table(
      columns: [
        .init("seeds", .right), .init("rate, before", .right), .init("keep", .right), .init("pair", .right),
        .init("rate, now", .right), .init("keep", .right), .init("pair", .right), .init("p(keep) < 0.05", .right),
      ], rows: rows)
  }

  /// The rule until now: the shares of the means' variance as they are, the seed's with n.
  private static func plugIn(_ losses: [[Double]]) -> [Double] {
    let statistics = losses.map { SampleStatistics($0) }
    let seeds = Double(losses[0].count)
    let anova = FunctionalANOVA(levels: [3, 3], values: statistics.map(\.mean))
    let within = statistics.reduce(0.0) { sum, value in
      let deviation = value.count > 1 ? value.standardDeviation : 0
      return sum + deviation * deviation * (seeds - 1) / seeds
    }
    return anova.terms.map { $0.variance / (anova.variance + within / Double(losses.count)) }
  }
}
