import Learning
import Settings
import Testing

@Suite("Learning-rate schedules against PyTorch")
struct ScheduleTests {
  struct Case: Decodable, Sendable {
    var schedules: [Entry]
  }

  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var kind: String
    var stepsPerEpoch: Int
    var epochs: Int
    var settings: [String: Double]
    var factors: FixtureArray

    var testDescription: String {
      "\(kind) \(settings.sorted { $0.key < $1.key }), \(epochs) epochs of \(stepsPerEpoch)"
    }

    /// The schedule that an experiment file would name.
    func schedule() throws -> Schedule {
      var settings = settings
      let warmup = settings.removeValue(forKey: "warmup_epochs") ?? 0
      let kind = try #require(Parts.standard.kind(of: .schedule, named: kind))
      let choice = PartChoice(kind, settings.mapValues { .number($0) })
      return Schedule(choice.make(as: (any SchedulePart).self), warmupEpochs: warmup)
    }
  }

  static let fixture = try! Fixture.load("schedules", as: Case.self)

  @Test(arguments: fixture.schedules)
  func factorsAgree(entry: Entry) throws {
    let expected: [Double] = entry.factors.values()
    #expect(expected.count == entry.stepsPerEpoch * entry.epochs)
    let schedule = try entry.schedule()
    for (step, factor) in expected.enumerated() {
      let found = schedule.factor(at: .init(step: step, stepsPerEpoch: entry.stepsPerEpoch, epochs: entry.epochs))
      #expect((found - factor).magnitude < 1e-14, "step \(step)")
    }
  }

  /// PyTorch's StepLR is γ^⌊s/n⌋ in whole steps, n of them from one step to the next: also where `every` is a part of an
  /// epoch that is no binary fraction.
  @Test func stepsAreCountedInWholeSteps() {
    for stepsPerEpoch in 1...60 {
      for period in 1...60 {
        let schedule = Schedule(steps(every: Double(period) / Double(stepsPerEpoch), gamma: 0.5))
        let steps = 0..<min(240, 60 * period)
        let found = steps.map { schedule.factor(at: .init(step: $0, stepsPerEpoch: stepsPerEpoch, epochs: 99)) }
        #expect(found == steps.map { 1 / Double(1 << ($0 / period)) }, "\(period) of \(stepsPerEpoch) steps")
      }
    }
    let fifths = Schedule(steps(every: 0.2, gamma: 0.1))
    #expect((fifths.factor(at: .init(step: 3, stepsPerEpoch: 5, epochs: 1)) - 1e-3).magnitude < 1e-18)
    // Half an epoch of five steps is two and a half: after steps 3, 5, 8, 10.
    let halves = Schedule(steps(every: 0.5, gamma: 0.5))
    let factors = (0..<11).map { halves.factor(at: .init(step: $0, stepsPerEpoch: 5, epochs: 3)) }
    #expect(factors == [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.0625])
  }

  /// The schedule goes on under the warm-up, which only multiplies it.
  @Test func warmupMultipliesTheSchedule() {
    var exponential = ExponentialSchedule()
    exponential.gamma = 0.5
    let plain = Schedule(exponential)
    let warmed = Schedule(exponential, warmupEpochs: 1)
    for step in 0..<12 {
      let factor = plain.factor(at: .init(step: step, stepsPerEpoch: 4, epochs: 3))
      let expected = factor * (step < 4 ? Double(step + 1) / 5 : 1)
      #expect(warmed.factor(at: .init(step: step, stepsPerEpoch: 4, epochs: 3)) == expected)
    }
  }

  /// Every schedule that an experiment file can name has factors from outside.
  @Test func everyScheduleHasItsFactors() {
    let covered = Set(Self.fixture.schedules.map(\.kind))
    let missing = Parts.standard.kinds(of: .schedule).map(\.name).filter { !covered.contains($0) }
    #expect(missing == [], "no factors of PyTorch in Fixtures/schedules")
  }

  private func steps(every: Double, gamma: Double) -> StepSchedule {
    var schedule = StepSchedule()
    (schedule.every, schedule.gamma) = (every, gamma)
    return schedule
  }
}
