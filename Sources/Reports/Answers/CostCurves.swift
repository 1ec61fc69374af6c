import Experiments
import RealModule

/// What a run costs, in one of the units that runs are compared in.
public enum CostAxis: String, CaseIterable, Hashable, Sendable {
  /// Gradients and products together, in passes over the training set: a product counts as the gradients that it took as
  /// long as.
  case passes
  case epochs
  /// Passes over the training set; a batch counts by its samples, a loss alone as a third.
  case gradients
  /// Hessian- or Gauss–Newton-vector products, in passes over the training set.
  case products
  case seconds

  /// Names of the traces that hold it, the one that it cannot be without first; none for the epochs, which count
  /// themselves.
  public var columns: [String] {
    switch self {
    case .passes: ["gradient_passes", "product_passes", "product_cost"]
    case .epochs: []
    case .gradients: ["gradient_passes"]
    case .products: ["product_passes"]
    case .seconds: ["seconds_trace"]
    }
  }

  /// The cost of the run by the end of each epoch; empty where it was not stored.
  func values(of trace: Trace) -> [Double] {
    switch self {
    case .passes: trace.passes
    case .epochs: (0..<trace.count).map(Double.init)
    case .gradients: trace.gradientPasses
    case .products: trace.productPasses
    case .seconds: trace.seconds
    }
  }
}

/// A metric against what it had cost, for each optimizer at the configuration that ranks first.
public struct CostCurves: Sendable {
  public let axis: CostAxis
  public let metric: Metric
  /// Best configuration first.
  public let curves: [Curve]
  /// Of all runs, whose seconds are compared.
  public let concurrency: Concurrency
  /// What stands against all of it.
  let cautions: [String]
  /// Of the runs that are drawn.
  let productCosts: ProductCosts

  /// What can be drawn against a cost: a trace.
  public enum Metric: String, Hashable, Sendable {
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
    case trainLoss = "train_loss"
    case trainAccuracy = "train_accuracy"

    public var column: String {
      switch self {
      case .validationLoss: "val_loss"
      case .validationAccuracy: "val_accuracy"
      case .trainLoss: "train_loss"
      case .trainAccuracy: "train_accuracy"
      }
    }

    fileprivate func values(of trace: Trace) -> [Double] {
      switch self {
      case .validationLoss: trace.validationLoss
      case .validationAccuracy: trace.validationAccuracy
      case .trainLoss: trace.trainLoss
      case .trainAccuracy: trace.trainAccuracy
      }
    }
  }

  public struct Curve: Sendable {
    public let optimizer: String
    /// Of the configuration, in the ranking.
    public let rank: Int
    public let runs: [Run]
  }

  public struct Run: Sendable {
    public let identity: TrialIdentity
    /// Cost and metric by the end of each epoch, from 0.
    public let costs: [Double]
    public let values: [Double]
    /// Whether the run ended because there was nothing left to gain, so that its last value stays.
    public let isAtRest: Bool
  }

  /// The ranking's own metric where it is a trace, otherwise the validation loss.
  public static func metric(of ranking: Ranking) -> Metric {
    Metric(rawValue: ranking.criterion.metric.rawValue) ?? .validationLoss
  }

  /// The first ranked configuration of each optimizer.
  public static func configurations(of ranking: Ranking) -> [Ranking.Configuration] {
    let optimizer = ranking.table.column("optimizer")
    var seen: Set<Int32> = []
    return ranking.configurations.filter { configuration in
      configuration.isRanked && seen.insert(optimizer?.codes[configuration.row] ?? 0).inserted
    }
  }

  /// - Parameter traces: Of the runs of ``configurations(of:)``: the metric, the validation loss and the axis' columns.
  /// - Throws: ``ReportError/nothingRanked``, ``ReportError/noTrace(_:)`` where the cost was not stored.
  public init(
    _ ranking: Ranking, traces: [TrialIdentity: Trace], against axis: CostAxis
  ) throws(ReportError) {
    let metric = Self.metric(of: ranking)
    self.axis = axis
    self.metric = metric
    concurrency = Concurrency(ranking.table.runs)
    cautions = ranking.cautions
    let optimizer = ranking.table.column("optimizer")
    let best = Self.configurations(of: ranking)
    guard !best.isEmpty else { throw ranking.nothingRanked }
    var curves: [Curve] = []
    var drawn: [Trace] = []
    for configuration in best {
      var runs: [Run] = []
      for row in ranking.rows(of: configuration) where !ranking.values[row].isNaN {
        let run = ranking.table.runs[row]
        guard let trace = traces[run.identity] else { continue }
        let costs = axis.values(of: trace)
        let values = metric.values(of: trace)
        guard !costs.isEmpty && costs.count == values.count else { throw .noTrace(axis.columns.first ?? axis.rawValue) }
        drawn.append(trace)
        runs.append(
          Run(
            identity: run.identity, costs: costs, values: values,
            isAtRest: run.outcome == .converged || run.outcome == .stalled))
      }
      let rank = ranking.configurations.firstIndex { $0.row == configuration.row } ?? 0
      curves.append(Curve(optimizer: optimizer?.text(configuration.row) ?? "all", rank: rank + 1, runs: runs))
    }
    self.curves = curves
    productCosts = ProductCosts(drawn)
  }

  /// Eight costs of equal ratios, from the cheapest first epoch to the dearest last one. One where nothing costs
  /// anything.
  public var checkpoints: [Double] {
    let runs = curves.flatMap(\.runs)
    let first = runs.compactMap { $0.costs.first { $0 > 0 } }.min() ?? 0
    let last = runs.compactMap(\.costs.last).max() ?? 0
    guard first > 0 && last > first else { return [last] }
    let count = 8
    return (0..<count).map { index in
      index == count - 1 ? last : first * .exp(.log(last / first) * Double(index) / Double(count - 1))
    }
  }
}

extension CostCurves.Curve {
  /// The mean over the runs of what each had reached at this cost; nil where one of them had ended before.
  public func value(at cost: Double) -> Double? {
    let values = runs.map { $0.value(at: cost) }
    guard !values.isEmpty, !values.contains(nil) else { return nil }
    return values.reduce(0) { $0 + $1! } / Double(values.count)
  }
}

extension CostCurves.Run {
  /// The value at the last epoch that had cost no more.
  func value(at cost: Double) -> Double? {
    guard let last = costs.last, isAtRest || cost <= last else { return nil }
    return costs.lastIndex { $0 <= cost }.map { values[$0] }
  }
}
