import Experiments
import Testing

@testable import Reports

@Suite struct ConditionTests {
  private let runs = [
    SampleRun(optimizer: "adam", learningRate: 0.001, keepProbability: [1, 0.5, 0.5], seed: 1, loss: 0.5),
    SampleRun(optimizer: "adam", learningRate: 0.0031622776601683794, keepProbability: [1, 1, 1], seed: 2, loss: 0.4),
    SampleRun(
      optimizer: "momentum", learningRate: 0.1, keepProbability: [0.8, 0.5, 0.5], seed: 1, loss: 0.3,
      extra: [.init("momentum", .number(0.9))]),
    SampleRun(
      optimizer: "nesterov", learningRate: 1, keepProbability: [1, 0.8, 0.5], seed: 2, loss: .nan,
      outcome: .diverged(step: 4), extra: [.init("momentum", .number(0.9)), .init("batch_size", .integer(0))]),
  ]

  /// Indices into `runs` of those that meet the conditions.
  private func left(_ conditions: [String]) throws -> [Int] {
    let table = try RunTable(runs.summaries)
      .filtered(by: conditions.map { text throws(ReportError) in try Condition(text) }, at: .best)
    return runs.indices.filter { index in table.runs.contains { $0.identity == runs[index].summary.identity } }
  }

  @Test(arguments: [
    (["optimizer=adam"], [0, 1]), (["optimizer=adam,nesterov"], [0, 1, 3]), (["optimizer!=adam"], [2, 3]),
    (["optimizer != adam , nesterov"], [2]), (["learning_rate=0.001"], [0]), (["learning_rate=1e-3"], [0]),
    // What the table shows can be typed.
    (["learning_rate=0.00316228"], [1]), (["learning_rate<=0.00316228"], [0, 1]), (["learning_rate<0.00316"], [0]),
    (["learning_rate>0.01"], [2, 3]), (["learning_rate>=0.1"], [2, 3]),
    (["keep_probability=0.5"], [0]), (["keep_probability=0.5,1"], [0, 1]), (["keep_probability>=0.5"], [0, 1]),
    (["dropout_rate=0.5"], [0]), (["dropout_rate>0.1"], [0]), (["keep_probability=1/0.8/0.5"], [3]),
    (["keep_probability=input 0.8, hidden 0.5"], [2]), (["keep_probability=1,input 0.8, hidden 0.5"], [1, 2]),
    (["keep_probability=1 0.8 0.5"], [3]), (["momentum=0.9"], [2, 3]), (["momentum!=0.9"], [0, 1]),
    (["batch_size=full"], [3]), (["batch_size=0"], [3]), (["outcome=diverged"], [3]),
    (["outcome=stopped early,diverged"], [3]),
    (["outcome!=diverged"], [0, 1, 2]),
    (["validation_loss<0.45"], [1, 2]), (["optimizer=adam", "seed=2"], [1]), (["seed=1"], [0, 2]),
  ])
  func filters(conditions: [String], expected: [Int]) throws {
    #expect(try left(conditions) == expected)
  }

  /// Whole numbers are compared to the last digit, beyond 2⁵³ too, and the full batch is the largest one.
  @Test(arguments: [
    ("seed=9007199254740993", [1]), ("seed=9007199254740992", [0]), ("seed>9007199254740992", [1]),
    ("seed<=9007199254740992", [0, 2]), ("batch_size<=32", [0]), ("batch_size>32", [1, 2]),
    ("batch_size>=1000", [2]),
  ])
  func wholeNumbers(condition: String, expected: [Int]) throws {
    let runs = [(9_007_199_254_740_992, 32), (9_007_199_254_740_993, 100), (7, 0)].map { seed, batch in
      SampleRun(
        optimizer: "adam", learningRate: 0.1, keepProbability: [1], seed: seed, loss: 0.5,
        extra: [.init("batch_size", .integer(batch))])
    }
    let table = try RunTable(runs.summaries).filtered(by: [Condition(condition)], at: .best)
    #expect(
      runs.indices.filter { index in table.runs.contains { $0.identity == runs[index].summary.identity } } == expected)
  }

  @Test(arguments: ["optimizer", "", "=adam", "optimizer=", "optimizer=adam,", "optimizer!adam"])
  func malformed(text: String) {
    #expect(throws: ReportError.malformedCondition(text)) { try Condition(text) }
  }

  @Test func orderTakesOneNumber() {
    #expect(throws: ReportError.notANumber(condition: "seed>1,2", value: "1,2")) { try Condition("seed>1,2") }
    #expect(throws: ReportError.notANumber(condition: "seed>=many", value: "many")) { try Condition("seed>=many") }
    #expect(throws: ReportError.notANumber(condition: "validation_loss=low", value: "low")) {
      try left(["validation_loss=low"])
    }
  }

  @Test func unknownKeyNamesTheNearest() throws {
    let error = try #require(throws: ReportError.self) { try left(["learnign_rate=1"]) }
    #expect(error.description.hasPrefix("unknown key 'learnign_rate'; did you mean 'learning_rate'?"))
    let other = try #require(throws: ReportError.self) { try left(["zzzzzzzzz=1"]) }
    #expect(other.description.hasPrefix("unknown key 'zzzzzzzzz'. Known keys: "))
  }

  @Test func nothingLeftNamesWhatThereIs() throws {
    let error = try #require(throws: ReportError.self) { try left(["optimizer=sgd"]) }
    #expect(error.description == "no run is left with 'optimizer=sgd'; optimizer has adam, momentum, nesterov")
  }

  /// Values that no run has any more are gone: edges and constants are those of what is left.
  @Test func filteringForgetsValues() throws {
    let table = try RunTable(runs.summaries).filtered(by: [Condition("optimizer=adam")], at: .best)
    #expect(table.column("learning_rate")?.values.count == 2)
    #expect(table.column("momentum") == nil)
    #expect(ColumnRoles(table).constant.map(\.name) == ["optimizer"])
  }

  @Test func groupsAggregateEverythingElse() throws {
    let ranking = runs.ranking()
    let groups = try GroupedRuns(ranking, by: ["momentum"])
    #expect(groups.groups.map(\.values) == [[.number(0.9)], [nil]])
    #expect(groups.groups.map(\.statistics.mean) == [0.3, 0.45])
    #expect(groups.groups.map(\.outcomes.diverged) == [1, 0])
    let pairs = try GroupedRuns(ranking, by: ["optimizer", "seed"])
    #expect(pairs.groups.count == 4)
    // The diverged one last.
    #expect(pairs.groups.last?.values == [.text("nesterov"), .integer(2)])
    #expect(throws: ReportError.self) { try GroupedRuns(ranking, by: ["optimiser"]) }
  }
}
