import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// What is known of trials that were under way when a process ended.
@Suite struct RunningTrialsTests {
  private let folder: TemporaryDirectory
  private let trials = (0..<4).map { Sample.trial($0).identity }

  init() throws { folder = try TemporaryDirectory() }

  private var running: String { folder.path("running") }

  /// As a process leaves it that ended with this signal, 0 for none that its handler saw.
  private func leave(_ name: String, signal: UInt8, _ identities: [TrialIdentity]) throws {
    try FileManager.default.createDirectory(atPath: running, withIntermediateDirectories: true)
    var bytes = Data("RVNRUN1\0".utf8 + [signal, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16))
    for identity in identities {
      for part in [identity.high, identity.low] { withUnsafeBytes(of: part) { bytes.append(contentsOf: $0) } }
    }
    try bytes.write(to: URL(fileURLWithPath: "\(running)/\(name).slots"))
  }

  private func crashes(done: Set<TrialIdentity> = []) throws -> [TrialIdentity: RunningTrials.Crashes.Trial] {
    try RunningTrials.crashes(directory: folder.path(""), done: done).trials
  }

  @Test func aTrialAloneInASecondCrashIsSetAside() throws {
    try leave("first", signal: 11, Array(trials[0..<3]))
    #expect(try crashes().count == 3)
    #expect(try crashes()[trials[0]] == .init(count: 1, alone: 0, signal: 11))
    #expect(try crashes().values.allSatisfy { !$0.isSetAside })
    try leave("second", signal: 6, [trials[1]])
    let found = try crashes()
    #expect(found[trials[1]]?.isSetAside == true && found[trials[1]]?.count == 2)
    #expect(found.values.count { $0.isSetAside } == 1)
    // The others are done meanwhile, and what was left of the first crash says nothing more but of this one.
    #expect(try crashes(done: [trials[0], trials[2]])[trials[1]]?.isSetAside == true)
    #expect(try crashes(done: Set(trials)).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: running).isEmpty)
  }

  @Test func aCrashWithOthersSetsNothingAside() throws {
    for name in ["first", "second", "third"] { try leave(name, signal: 4, Array(trials[0..<2])) }
    #expect(try crashes().values.map(\.count) == [3, 3])
    #expect(try crashes().values.allSatisfy { !$0.isSetAside })
  }

  /// A kill, from whom it may be, is nobody's fault.
  @Test func aKillCountsForNothing() throws {
    try leave("killed", signal: 0, Array(trials[0..<2]))
    #expect(try crashes().isEmpty)
    try Data("RVNR".utf8).write(to: URL(fileURLWithPath: "\(running)/torn.slots"))
    #expect(try crashes().isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: running).isEmpty)
  }

  @Test func whatRunsNowIsLeftAlone() throws {
    do {
      let trials = try RunningTrials(directory: folder.path(""), workers: 2)
      let names = try FileManager.default.contentsOfDirectory(atPath: running)
      #expect(names.count == 1)
      let seen = trials.during(self.trials[0]) { try? Data(contentsOf: URL(fileURLWithPath: "\(running)/\(names[0])")) }
      let expected = [self.trials[0].high, self.trials[0].low].map { withUnsafeBytes(of: $0) { Data($0) } }
      // The last slot is given out first.
      #expect(seen?.suffix(16) == expected[0] + expected[1])
      #expect(try crashes().isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: running) == names)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: running).isEmpty)
  }
}
