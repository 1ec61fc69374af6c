import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// One file of many shards: every run comes back, whatever the shards were.
@Suite struct MergeTests {
  private let sweep: SweepFolder
  private var merged: String { sweep.scratch.path("merged.h5") }

  init() throws { sweep = try SweepFolder() }

  /// Shards of these runs, merged.
  @discardableResult
  private func merge(_ shards: [[TrialRecord]], budget: Int = 128 << 20) throws -> ResultMerge.Outcome {
    try? FileManager.default.removeItem(atPath: sweep.path)
    try sweep.open().close()
    for records in shards { try sweep.leaveShard(records) }
    var merge = ResultMerge()
    merge.memoryBudget = budget
    return try merge.merge(sweep.path, into: merged, replaces: true)
  }

  private func expectMergedHolds(_ records: [TrialRecord]) throws {
    let reader = try ResultReader(path: merged)
    try sweep.expectHoldsAll(reader, records)
    #expect(reader.manifest == Sample.manifest())
    #expect(try HDF5.openObjects() == 0)
  }

  private func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: merged)) }

  private func run(_ index: Int, _ hyperparameters: [Hyperparameter]) -> TrialRecord {
    TrialRecord(
      identity: TrialIdentity(high: 7, low: UInt64(index)), hyperparameters: hyperparameters, outcome: .completed)
  }

  @Test func everyRunComesBackInTheOrderOfItsIdentity() throws {
    let records = (0..<60).map { Sample.record($0) }
    let outcome = try merge([Array(records[0..<30]), Array(records[30..<31]), Array(records[31...])])
    #expect(outcome.runs == 60 && outcome.sources == 3)
    try expectMergedHolds(records)
    let identities = try HDF5.run {
      let shard = try ShardFile.open(merged, requiresSeal: true)
      let identities = try shard.identities()
      try shard.close()
      return identities
    }
    #expect(identities == records.map(\.identity).sorted())
  }

  /// Runs of earlier versions have no variance of their validation loss.
  @Test func runsWithoutAVarianceMergeWithOthers() throws {
    let records = (0..<12).map { Sample.record($0, validation: $0 > 5) }
    try merge([Array(records[..<6]), Array(records[6...])])
    try expectMergedHolds(records)
    let summaries = Dictionary(
      uniqueKeysWithValues: try ResultReader(path: merged).summaries().map { ($0.identity, $0) })
    for record in records {
      let summary = try #require(summaries[record.identity])
      #expect(summary.validationSamples == record.validation.samples)
      let variance = summary.final.validationLossVariance
      #expect((variance.isNaN ? nil : variance) == record.validation.finalVariance)
    }
  }

  /// Earlier versions rounded the weights of runs in Double.
  @Test func roundedWeightsMergeWithExactOnes() throws {
    let records = (0..<12).map { index in
      var record = Sample.record(index)
      if index > 5 { record.weights = Sample.doubleWeights(index) }
      return record
    }
    try merge([Array(records[..<6]), Array(records[6...])])
    try expectMergedHolds(records)
    let (rounded, exact) = (records[4].identity, records[8].identity)
    let reader = try ResultReader(path: merged)
    #expect(try reader.record(rounded).weights.precision == .float)
    #expect(try reader.record(exact).weights.precision == .double)
  }

  /// More than lie in the headers of data sets: texts too are then data of their own.
  @Test func thousandsOfRunsMerge() throws {
    let records = (0..<1200).map { Sample.record($0, weights: false, epochs: 1, probes: false) }
    for budget in [128 << 20, 40_000] {
      let outcome = try merge([Array(records[..<500]), Array(records[500...])], budget: budget)
      #expect(outcome.runs == 1200)
      let reader = try ResultReader(path: merged)
      let summaries = try reader.summaries()
      #expect(summaries.map(\.identity) == records.map(\.identity).sorted())
      let (expected, found) = (try sweep.reader().summaries(), summaries)
      #expect(found.map(\.outcome) == expected.map(\.outcome))
      #expect(found.map(\.hyperparameters) == expected.map(\.hyperparameters))
      #expect(try Verification(of: merged).isWhole)
      for record in [records[0], records[700], records[1199]] {
        #expect(try reader.record(record.identity).outcome == record.outcome)
      }
    }
  }

  @Test func theRunsAreTheSameHoweverLittleMemoryThereIs() throws {
    let records = (0..<24).map { Sample.record($0, epochs: 40) }
    let shards = stride(from: 0, to: 24, by: 7).map { Array(records[$0..<min(24, $0 + 7)]) }
    try merge(shards)
    try expectMergedHolds(records)
    let whole = try bytes()
    try merge(shards)
    #expect(try bytes() == whole)
    // Texts lie in the order in which they are written, so the bytes may differ from here on.
    for budget in [1, 20_000] {
      try merge(shards, budget: budget)
      try expectMergedHolds(records)
    }
  }

  @Test(arguments: [1, 3, 9]) func aShardOfTheSameRunsHoldsTheSame(size: Int) throws {
    let records = (0..<18).map { Sample.record($0) }
    try merge(stride(from: 0, to: 18, by: size).map { Array(records[$0..<($0 + size)]) })
    let parts = try Tool.python("dump_shard.py", merged)
    try writeShard(records.sorted { $0.identity < $1.identity }, to: sweep.scratch.path("one.h5"))
    let one = try Tool.python("dump_shard.py", sweep.scratch.path("one.h5"))
    // Keys are sorted alike; h5py, xarray and netCDF4 agree on both inside of the script.
    func runs(_ text: String) throws -> NSDictionary {
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      return try #require(object?["runs"] as? [String: Any]) as NSDictionary
    }
    let isEqual = try runs(parts).isEqual(to: runs(one) as! [AnyHashable: Any])
    #expect(isEqual)
  }

  @Test func columnsThatDifferByShard() throws {
    let records = [
      run(0, [.init("run", .integer(1)), .init("run_id", .text("a b\tc\nd")), .init("x", .list([1, 2]))]),
      run(1, [.init("x", .number(-0.0)), .init("x_count", .integer(.max)), .init("run_id", .text(""))]),
      run(2, [.init("x", .text("é")), .init("2 b", .number(.infinity)), .init("weights_best", .integer(.min))]),
      run(3, [.init("x", .integer(-1)), .init("layer", .list([])), .init("part", .list([.nan, 1]))]),
      run(4, []),
      run(5, [.init("keep_probability", .list([1, 2, 3])), .init("dropout_rate", .list([0]))]),
      run(6, [.init("dropout_rate", .list([0, 1, 2, 3, 4])), .init("b", .text("a_b")), .init("a", .text("x"))]),
      run(7, [.init("a", .text("y")), .init("b", .text("a b"))]),
    ]
    try merge(records.map { [$0] })
    try expectMergedHolds(records)
    try merge([Array(records[0..<3]), Array(records[3...])])
    try expectMergedHolds(records)
  }

  @Test(arguments: [100, 127, 128, 300]) func categoriesThatGrowIntoTexts(distinct: Int) throws {
    let records = (0..<300).map { run($0, [.init("data", .text("path \($0 % distinct)"))]) }
    try merge([Array(records[..<50]), Array(records[50..<299]), [records[299]]])
    let found = try ResultReader(path: merged).summaries()
    #expect(found.map(\.hyperparameters) == records.map(\.hyperparameters))
  }

  @Test func networksThatShareANameAreKeptApart() throws {
    let records = (0..<24).map { index in
      var record = Sample.record(index, weights: false)
      record.weights = Sample.weights(index, count: 23)
      // Of another kind, and of another meaning.
      if index % 3 == 1 { record.weights.slices = [] }
      if index % 3 == 2 { record.weights.slices = [.init(layer: 0, role: "other", offset: 0, shape: [23])] }
      return record
    }
    try merge((0..<8).map { shard in (0..<3).map { records[3 * (($0 * 5 + shard) % 8) + $0] } })
    try expectMergedHolds(records)
    try merge(records.map { [$0] })
    try expectMergedHolds(records)
  }

  @Test func aRunThatWasDoneCountsBeforeOneThatFailed() throws {
    var failed = sweep.records[0]
    failed.outcome = .failed(message: "out of memory")
    failed.weights = .init()
    let outcome = try merge([[failed], Array(sweep.records[0..<5]), Array(sweep.records[3..<9])])
    #expect(outcome.runs == 9)
    try expectMergedHolds(Array(sweep.records[0..<9]))
  }

  @Test func journalsAreMergedAsWell() throws {
    let store = try sweep.open()
    for record in sweep.records.prefix(14) { try store.append(record) }
    try sweep.leaveJournal(Array(sweep.records[12...]))
    let outcome = try ResultMerge().merge(sweep.path, into: merged)
    #expect(outcome.runs == sweep.records.count)
    try expectMergedHolds(sweep.records)
    #expect(try FileManager.default.contentsOfDirectory(atPath: sweep.scratch.path).sorted() == ["merged.h5", "sweep"])
    try store.close()
  }

  @Test func theTestEvaluationComesAlong() throws {
    try sweep.leaveShard(sweep.records)
    let store = try sweep.open()
    let evaluation = TestEvaluation(
      selection: .standard, runs: [.init(identity: sweep.records[0].identity.description, loss: 0.3, accuracy: nil)])
    try store.write(evaluation)
    try store.close()
    _ = try ResultMerge().merge(sweep.path, into: merged)
    #expect(try ResultReader(path: merged).testEvaluation == evaluation)
  }

  @Test func whatIsThereIsKeptAndDamageIsSaid() throws {
    try merge([sweep.records])
    let before = try bytes()
    #expect(throws: StoreError.self) { try ResultMerge().merge(sweep.path, into: merged) }
    let shard = sweep.url("shards/\(try sweep.names("shards")[0])")
    try Data(contentsOf: shard).dropLast(3000).write(to: shard)
    #expect(throws: StoreError.self) { try ResultMerge().merge(sweep.path, into: merged, replaces: true) }
    #expect(try bytes() == before)
    #expect(throws: StoreError.self) { try ResultMerge().merge(merged, into: sweep.scratch.path("other.h5")) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: sweep.scratch.path).sorted() == ["merged.h5", "sweep"])
  }

  // MARK: - Variables of later versions

  /// A shard with variables this version does not know: they are copied by what they say of themselves.
  @Test func variablesThatAreNotKnownAreCopied() throws {
    try sweep.open().close()
    var expected: [TrialIdentity: [Double]] = [:]
    for (number, part) in [Array(sweep.records[0..<10]), Array(sweep.records[10...])].enumerated() {
      let records = part.sorted { $0.identity < $1.identity }
      var content = try ShardContent(records, manifest: Sample.manifest())
      let width = 2 + number
      content.dimensions.append(.counted("mode", width, "mode from the largest"))
      let spectrum = records.map { record in (0..<width).map { Double(record.cost.steps) + Double($0) / 8 } }
      for (record, row) in zip(records, spectrum) { expected[record.identity] = row }
      content.variables.append(
        Variable(
          "modes", along: ["run", "mode"], .float64(spectrum.flatMap(\.self)), longName: "modes",
          units: "1", fill: .nan))
      // Two epochs by the eigenvalues.
      content.dimensions.append(.counted("pass", 2, "pass"))
      content.variables.append(
        Variable(
          "cube", along: ["run", "pass", "mode"], .int32(spectrum.flatMap { $0 + $0 }.map { Int32($0 * 8) }),
          longName: "cube", units: "1", fill: .integer(-7)))
      if number == 1 {
        content.variables.append(
          Variable(
            "only_here", along: ["run"], .int16(records.map { Int16($0.cost.products) }), longName: "x",
            units: "1"))
      }
      let path = sweep.url("shards/\(number).h5").path
      let image = try ShardImage(content, name: path)
      _ = try Files.create(path) { file in
        try file.write(image.bytes)
        try file.write(image.seal.bytes)
      }
    }
    _ = try ResultMerge().merge(sweep.path, into: merged)
    try expectMergedHolds(sweep.records)
    let file = try HDF5File.open(path: merged)
    let spectrum = try file.readNumbers(name: "modes", as: Double.self)
    let cube = try file.readNumbers(name: "cube", as: Int64.self)
    let only = try file.readNumbers(name: "only_here", as: Int64.self)
    #expect(spectrum.shape == [23, 3] && cube.shape == [23, 2, 3])
    for (row, record) in sweep.records.sorted(by: { $0.identity < $1.identity }).enumerated() {
      let values = try #require(expected[record.identity])
      let isSecond = values.count == 3
      let padded = isSecond ? values : values + [.nan]
      #expect(spectrum.values[(3 * row)..<(3 * row + 3)].map(\.bitPattern) == padded.map(\.bitPattern))
      let integers = padded.map { $0.isNaN ? -7 : Int64($0 * 8) }
      #expect(Array(cube.values[(6 * row)..<(6 * row + 6)]) == integers + integers)
      #expect(only.values[row] == (isSecond ? Int64(record.cost.products) : Int64(Int16.min)))
    }
    _ = try Tool.python("dump_shard.py", merged)
  }

  // MARK: - Compaction

  private func compact() throws -> ResultMerge.Outcome {
    var options = ResultStore.Options()
    options.runsPerShard = 10
    return try ResultMerge().compact(sweep.path, options: options)
  }

  @Test func smallShardsBecomeFullOnes() throws {
    for start in stride(from: 0, to: 12, by: 2) {
      try sweep.fill(sweep.records[start..<(start + 2)])
    }
    try sweep.fill(sweep.records)
    let before = try sweep.names("shards").count
    let reader = try sweep.reader()
    _ = try reader.record(sweep.records[0].identity)
    _ = try reader.summaries()
    let wanted = Set(sweep.records.filter { !$0.weights.best.isEmpty }.map(\.identity))
    let weights = try reader.weights(of: wanted)
    #expect(!wanted.isEmpty && Set(weights.keys) == wanted)
    for record in sweep.records where wanted.contains(record.identity) {
      #expect(weights[record.identity] == record.weights)
    }
    let outcome = try compact()
    #expect(try reader.weights(of: wanted) == weights)
    #expect(outcome.files >= 1 && outcome.sources > outcome.files)
    #expect(try sweep.names("shards").count == before - outcome.sources + outcome.files)
    try sweep.expectHoldsAll(sweep.reader())
    // A reader that knew the shards that went finds their runs.
    try sweep.expectHoldsAll(reader)
    #expect(try compact().files <= 1)
    let again = try sweep.open()
    #expect(again.completed == sweep.done(sweep.records[...]))
    try again.close()
  }

  @Test func aKillBeforeTheSmallShardsGoRepeatsNothing() throws {
    try sweep.leaveShard(Array(sweep.records[0..<4]))
    try sweep.leaveShard(Array(sweep.records[4..<6]))
    try sweep.leaveShard(Array(sweep.records[0..<6]))
    try sweep.leaveShard(Array(sweep.records[6...]))
    try sweep.open().close()
    try sweep.expectHoldsAll(sweep.reader())
    _ = try compact()
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func aRunningSweepIsLeftAlone() throws {
    let store = try sweep.open()
    #expect(throws: StoreError.self) { try compact() }
    try store.close()
  }
}
