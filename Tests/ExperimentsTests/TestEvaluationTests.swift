import Foundation
import Testing

@testable import Experiments

@Suite struct TestEvaluationTests {
  private func run(_ digit: Int) -> TestEvaluation.Run {
    .init(identity: String(repeating: "\(digit)", count: 32), loss: Double(digit), accuracy: nil)
  }

  @Test func looksAreKept() {
    let first = TestEvaluation(selection: .standard, runs: [run(1)])
    #expect(first.lookCount == .exactly(1))
    let second = first.followed(by: .standard, winner: [run(2), run(3)], new: [run(2), run(3)])
    #expect(second.lookCount == .exactly(2) && second.runs == [run(2), run(3)])
    // The first winner is back: nothing new is looked at.
    let third = second.followed(by: .standard, winner: [run(1)], new: [])
    #expect(third.lookCount == .exactly(2) && third.runs == [run(1)])
    #expect(Set(third.results(by: .standard).keys) == Set((1...3).map { run($0).identity }))
    let final = SelectionRule(metric: .validationAccuracy, epoch: .final)
    #expect(third.results(by: final).isEmpty)
    #expect(third.followed(by: final, winner: [run(1)], new: [run(1)]).lookCount == .exactly(3))
  }

  /// Files of versions that did not count say so, as does what follows them.
  @Test func olderFilesMayLackLooks() throws {
    let text = """
      {"runs": [{"identity": "11", "loss": 1}], "selection": {"epoch": "best", "metric": "validation_loss"}}
      """
    let old = try JSONDecoder().decode(TestEvaluation.self, from: Data(text.utf8))
    #expect(old.lookCount == .atLeast(1))
    let next = old.followed(by: .standard, winner: [run(2)], new: [run(2)])
    #expect(next.lookCount == .atLeast(2) && next.results(by: .standard).count == 2)
    #expect(next.followed(by: .standard, winner: [run(3)], new: [run(3)]).lookCount == .atLeast(3))
  }
}
