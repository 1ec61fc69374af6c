import Testing

@testable import Learning

/// Step by step the same as SciPy's and PyTorch's searches on Moré and Thuente's functions.
@Suite("Line searches")
struct LineSearchTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var function: String
    var first: Double
    var c1: Double
    var c2: Double
    var search: String
    var step: Double
    var evaluations: Int

    var testDescription: String { "\(search), \(function), \(first), \(c1), \(c2)" }
  }

  struct Cases: Decodable {
    var searches: [Case]
  }

  static let cases = try! Fixture.load("second_order", as: Cases.self).searches

  @Test(arguments: cases)
  func likeOthers(search: Case) throws {
    let objective = Self.function(search.function)
    let line = LineFunction(objective, from: Iterate(objective, at: [0]), along: [1])
    let conditions = WolfeConditions(sufficientDecrease: search.c1, curvature: search.c2)
    let found =
      search.search == "strong_wolfe"
      ? MoreThuenteSearch(line, conditions).run(first: search.first)
      : ZoomSearch(line, conditions).run(first: search.first)
    let point = try #require(found)
    #expect(abs(point.step - search.step) <= 1e-9 * search.step)
    #expect(line.evaluations == search.evaluations)
    guard search.search == "strong_wolfe" else { return }
    #expect(conditions.hasDecreased(point, from: line) && conditions.isFlat(point, on: line))
  }

  private static func function(_ name: String) -> FunctionObjective {
    switch name {
    case "rational": .line({ -$0 / ($0 * $0 + 2) }, slope: { ($0 * $0 - 2) / (($0 * $0 + 2) * ($0 * $0 + 2)) })
    case "quintic":
      .line(
        { a in
          let b = a + 0.004
          return b * b * b * b * (b - 2)
        },
        slope: { a in
          let b = a + 0.004
          return b * b * b * (5 * b - 8)
        })
    case "yanai_4": yanai(0.001, 0.001)
    case "yanai_5": yanai(0.01, 0.001)
    default: yanai(0.001, 0.01)
    }
  }

  private static func yanai(_ b1: Double, _ b2: Double) -> FunctionObjective {
    func gamma(_ b: Double) -> Double { (1 + b * b).squareRoot() - b }
    return .line(
      { gamma(b1) * ((1 - $0) * (1 - $0) + b2 * b2).squareRoot() + gamma(b2) * ($0 * $0 + b1 * b1).squareRoot() },
      slope: {
        gamma(b1) * ($0 - 1) / ((1 - $0) * (1 - $0) + b2 * b2).squareRoot() + gamma(b2) * $0
          / ($0 * $0 + b1 * b1).squareRoot()
      })
  }

  /// Backtracking takes the first of 1, ½, ¼ … that satisfies Armijo's condition: φ(α) = (α − 0.1)², c₁ = 0.3.
  @Test func backtrackingTakesTheFirstThatDecreases() throws {
    let objective = FunctionObjective.line({ ($0 - 0.1) * ($0 - 0.1) }, slope: { 2 * ($0 - 0.1) })
    let result = LineSearch(.backtracking, sufficientDecrease: 0.3).search(
      objective, from: Iterate(objective, at: [0]), along: [1], first: 1)
    // (α − 0.1)² ≤ 0.01 − 0.06α where α ≤ 0.14.
    #expect(try #require(result.point).step == 0.125)
    #expect(result.evaluations == 5)
  }

  @Test(arguments: LineSearch.Kind.allCases.filter { $0 != .none })
  func noStepUphill(kind: LineSearch.Kind) {
    let objective = FunctionObjective.rosenbrock
    let start = Iterate(objective, at: [-1.2, 1])
    let result = LineSearch(kind).search(objective, from: start, along: start.gradient, first: 1)
    #expect(result.point == nil)
    #expect(result.evaluations == 0)
  }

  /// Beyond 1 the function is not a number: every search stays below.
  @Test(arguments: LineSearch.Kind.allCases.filter { $0 != .none })
  func whatIsNotFiniteIsTooFar(kind: LineSearch.Kind) throws {
    let objective = FunctionObjective.line(
      { $0 < 1 ? ($0 - 0.6) * ($0 - 0.6) : .nan }, slope: { $0 < 1 ? 2 * ($0 - 0.6) : .nan })
    let result = LineSearch(kind).search(objective, from: Iterate(objective, at: [0]), along: [1], first: 50)
    let point = try #require(result.point)
    #expect(point.step > 0 && point.step < 1 && point.value < 0.36)
  }
}
