import Experiments
import TestSupport
import Testing

@testable import Store

/// Results that were stored before runs had traces of their costs and of second-order methods (commit 597c08e).
@Suite struct FirstVersionTests {
  private func expectOld(_ record: TrialRecord, epochs: Int) {
    #expect(record.trace.seconds.count == epochs + 1)
    #expect(record.validation == ValidationSpread())
    #expect(record.cost.workers == 0 && record.cost.totalSeconds > 0)
    #expect(record.trace.validationLoss.allSatisfy { $0 > 0 })
    #expect(record.trace.gradientPasses.isEmpty && record.trace.productPasses.isEmpty)
    #expect(record.trace.damping.isEmpty && record.trace.stepLength.isEmpty)
    #expect(record.trace.innerIterations.isEmpty && record.trace.evaluations.isEmpty)
  }

  @Test func shardsAreStillRead() throws {
    let reader = try ResultReader(path: Tool.fixture("first_version.h5"))
    let summaries = try reader.summaries().sorted { $0.best.validationLoss < $1.best.validationLoss }
    #expect(summaries.count == 6 && summaries.count { $0.outcome == .completed } == 4)
    #expect(summaries[0].identity.description == "91baf3a44640248c5badf2c04d87875d")
    #expect(summaries[0].best.validationLoss == 0.022547170487080635)
    #expect(summaries.allSatisfy { $0.cost.workers == 0 })
    #expect(summaries.allSatisfy { $0.validationSamples == 0 && $0.best.validationLossVariance.isNaN })
    expectOld(try reader.record(summaries[0].identity), epochs: 2)
  }

  @Test func journalsAreStillRead() throws {
    let replay = try JournalReplay(path: Tool.fixture("first_version.journal"))
    #expect(replay.tail == .complete)
    #expect(replay.records.count == 3)
    for record in replay.records { expectOld(record, epochs: 2) }
  }
}
