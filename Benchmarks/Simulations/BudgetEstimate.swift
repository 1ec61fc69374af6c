import RandomNumbers
import RealModule
import Reports

/// How far the expected best of k random trials is from the truth, and how often ± covers it.
struct BudgetEstimate: Simulation {
  static let name = "budget"
  static let question =
    "the expected best of k of n random trials, 4,000 searches of each kind (seed 6): bias in deviations of a trial, and how"
    + " often the truth is within ± and within t·± (95 %); before: draws with replacement, ± the deviation of the best"

  private static let searches = 4_000

  static func table() -> Table {
    Table(
      columns: [
        .init("trial"), .init("n", .right), .init("k", .right), .init("bias before", .right), .init("now", .right),
        .init("± over the error before", .right), .init("now", .right), .init("within ± before", .right),
        .init("now", .right), .init("95 % now", .right),
      ],
      rows: Trial.allCases.flatMap { trial in
        [8, 20, 50].flatMap { runs in
          [1, 2, 4, 8, 16, 32].filter { $0 <= runs }.map { row(trial, runs: runs, budget: $0) }
        }
      })
  }

  private static func row(_ trial: Trial, runs: Int, budget: Int) -> [String] {
    let truth = trial.expectedBest(of: budget)
    let quantile = StudentT(degreesOfFreedom: Double(runs - 1)).quantile(0.975)
    var stream = RandomStream(RandomKey(seed: 6, purpose: .generation, step: UInt64(runs * 100 + budget)))
    var before = Errors()
    var now = Errors()
    for _ in 0..<searches {
      let values = (0..<runs).map { _ in trial.draw(&stream) }
      let plugIn = PlugInBudget(values).best(of: budget)
      before.add(plugIn.mean - truth, plugIn.deviation, quantile)
      let estimate = SearchBudget(values).best(of: budget)
      now.add(estimate.mean - truth, estimate.standardError, quantile)
    }
    let hasError = budget < runs
    return [
      trial.rawValue, "\(runs)", "\(budget)", text(before.bias / trial.deviation), text(now.bias / trial.deviation),
      text(before.ratio), hasError ? text(now.ratio) : "–", NumberText.percent(before.covered),
      hasError ? NumberText.percent(now.covered) : "–", hasError ? NumberText.percent(now.coveredBy95) : "–",
    ]
  }

  private static func text(_ value: Double) -> String {
    let hundredths = (100 * value).rounded() / 100
    return NumberText.short(hundredths == 0 ? 0 : hundredths)
  }

  /// Errors of an estimate over the searches.
  private struct Errors {
    private var count = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var claimed = 0.0
    private var inside = 0.0
    private var insideOf95 = 0.0

    mutating func add(_ error: Double, _ standardError: Double, _ quantile: Double) {
      count += 1
      sum += error
      squares += error * error
      claimed += standardError
      if abs(error) <= standardError { inside += 1 }
      if abs(error) <= quantile * standardError { insideOf95 += 1 }
    }

    var bias: Double { sum / count }
    /// The mean ± over the deviation of the estimates.
    var ratio: Double { claimed / count / (squares / count - bias * bias).squareRoot() }
    var covered: Double { inside / count }
    var coveredBy95: Double { insideOf95 / count }
  }
}

/// What a random trial gives.
enum Trial: String, CaseIterable {
  case normal
  /// A loss with a long tail of bad settings.
  case lognormal

  func draw(_ stream: inout RandomStream) -> Double {
    let normal = stream.nextNormal()
    return self == .normal ? normal : .exp(normal)
  }

  var deviation: Double { self == .normal ? 1 : ((.exp(1) - 1) * .exp(1)).squareRoot() }

  /// k∫x·φ(x)·(1 − Φ(x))^(k − 1) dx by the trapezoidal rule, which converges fast where the integrand dies at both ends.
  func expectedBest(of count: Int) -> Double {
    let step = 1.0 / 512
    var below = 0.0
    var sum = 0.0
    for index in -512 * 10...512 * 10 {
      let x = Double(index) * step
      let density = .exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      // Φ by the same rule: half of this cell is below x.
      let share = min(1, below + 0.5 * density * step)
      below += density * step
      sum += (self == .normal ? x : .exp(x)) * Double(count) * density * Double.pow(1 - share, count - 1) * step
    }
    return sum
  }
}

/// The rule before: k draws with replacement (Dodge et al., 2019), ± the deviation of their best.
struct PlugInBudget {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  func best(of count: Int) -> (mean: Double, deviation: Double) {
    let total = Double(sorted.count)
    func chance(_ rank: Int) -> Double {
      Double.pow((total - Double(rank)) / total, count) - Double.pow((total - Double(rank) - 1) / total, count)
    }
    let mean = sorted.indices.reduce(0) { $0 + chance($1) * sorted[$1] }
    let variance = sorted.indices.reduce(0) { $0 + chance($1) * (sorted[$1] - mean) * (sorted[$1] - mean) }
    return (mean, variance.squareRoot())
  }

  /// P(the best of k of the first is below that of the second): no values tie here.
  static func probabilityOfFirst(_ first: PlugInBudget, _ second: PlugInBudget, of count: Int) -> Double {
    let (all, others) = (Double(first.sorted.count), Double(second.sorted.count))
    var below = 0
    return first.sorted.indices.reduce(0) { sum, rank in
      while below < second.sorted.count && second.sorted[below] < first.sorted[rank] { below += 1 }
      let chance =
        Double.pow((all - Double(rank)) / all, count) - Double.pow((all - Double(rank) - 1) / all, count)
      return sum + chance * Double.pow((others - Double(below)) / others, count)
    }
  }
}
