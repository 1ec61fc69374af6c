import RandomNumbers
import Reports

/// How sure `summary budget` is that one of two optimizers is the better one, where they are equal and where one is better.
struct BudgetProbability: Simulation {
  static let name = "budget-probability"
  static let question =
    "P(best) of two optimizers with n and m random trials at budget k, 10,000 pairs of each kind (seed 6): how often one of"
    + " two equal ones has P > 0.9, and how often the better one where its trials are one deviation better; before: draws"
    + " with replacement, up to the k of the larger one"

  private static let pairs = 10_000

  static func table() -> Table {
    let cases = [
      (20, 8, 1), (20, 8, 4), (20, 8, 8), (20, 8, 16), (8, 8, 4), (8, 8, 8), (4, 4, 2), (4, 4, 4), (20, 20, 8),
      (20, 20, 16), (100, 100, 16), (100, 100, 64),
    ]
    return Table(
      columns: [
        .init("n", .right), .init("m", .right), .init("k", .right), .init("equal: before", .right),
        .init("now", .right), .init("better: before", .right), .init("now", .right),
      ],
      rows: cases.map { first, second, budget in
        let equal = shares(first, second, budget, shift: 0)
        let better = shares(first, second, budget, shift: 1)
        return ["\(first)", "\(second)", "\(budget)"]
          + [equal.before, equal.now, better.before, better.now].map { $0.map(NumberText.percent) ?? "–" }
      })
  }

  /// Shares of the pairs with P > 0.9: of either where both are equal, of the first where its trials are better.
  private static func shares(
    _ first: Int, _ second: Int, _ budget: Int, shift: Double
  ) -> (before: Double?, now: Double?) {
    let step = UInt64(first * 1_000_000 + second * 1_000 + budget)
    var stream = RandomStream(RandomKey(seed: 6, purpose: .generation, step: step))
    // What is now asked only up to the fewest trials.
    let exists = budget <= min(first, second)
    var before = 0
    var now = 0
    for _ in 0..<pairs {
      let values = (
        (0..<first).map { _ in stream.nextNormal() - shift }, (0..<second).map { _ in stream.nextNormal() }
      )
      func isSure(_ probability: Double) -> Bool {
        probability > 0.9 || shift == 0 && probability < 0.1
      }
      if isSure(PlugInBudget.probabilityOfFirst(PlugInBudget(values.0), PlugInBudget(values.1), of: budget)) {
        before += 1
      }
      guard exists else { continue }
      let searches = [SearchBudget(values.0), SearchBudget(values.1)]
      if isSure(SearchBudget.probabilityOfBest(searches, of: budget)[0]) { now += 1 }
    }
    return (Double(before) / Double(pairs), exists ? Double(now) / Double(pairs) : nil)
  }
}
