import Learning
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

    var schedule: Schedule {
      let kind: Schedule.Kind =
        switch kind {
        case "step": .step(every: settings["every"]!, gamma: settings["gamma"]!)
        case "exponential": .exponential(gamma: settings["gamma"]!)
        case "inverse_time": .inverseTime(decay: settings["decay"]!)
        case "cosine": .cosine(floor: settings["floor"]!)
        default: .constant
        }
      return Schedule(kind, warmupEpochs: settings["warmup_epochs"] ?? 0)
    }
  }

  static let fixture = try! Fixture.load("schedules", as: Case.self)

  @Test(arguments: fixture.schedules)
  func factorsAgree(entry: Entry) {
    let expected: [Double] = entry.factors.values()
    #expect(expected.count == entry.stepsPerEpoch * entry.epochs)
    let schedule = entry.schedule
    for (step, factor) in expected.enumerated() {
      let found = schedule.factor(step: step, stepsPerEpoch: entry.stepsPerEpoch, epochs: entry.epochs)
      #expect((found - factor).magnitude < 1e-14, "step \(step)")
    }
  }

  /// The schedule goes on under the warm-up, which only multiplies it.
  @Test func warmupMultipliesTheSchedule() {
    let plain = Schedule(.exponential(gamma: 0.5))
    let warmed = Schedule(.exponential(gamma: 0.5), warmupEpochs: 1)
    for step in 0..<12 {
      let factor = plain.factor(step: step, stepsPerEpoch: 4, epochs: 3)
      let expected = factor * (step < 4 ? Double(step + 1) / 5 : 1)
      #expect(warmed.factor(step: step, stepsPerEpoch: 4, epochs: 3) == expected)
    }
  }
}
