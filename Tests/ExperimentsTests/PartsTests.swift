import Kernels
import Learning
import TestSupport
import Testing

@testable import Experiments
@testable import Settings

/// What a part declares is all that anything knows of it; and a declaration that does not hold is refused.
@Suite struct PartsTests {
  private static func message(_ parts: [any Part.Type]) -> String? {
    do {
      _ = try Parts.standard.adding(parts)
      return nil
    } catch {
      return error.description
    }
  }

  private struct SecondAdam: Declared {
    static let name = "adam"
    static let settings: [Setting<Self>] = []
  }

  private struct Twice: Declared {
    static let name = "twice"
    static let settings: [Setting<Self>] = [
      .number("decay", \.decay, in: 0..<1, "once"), .number("decay", \.decay, in: 0..<1, "again"),
    ]
    var decay = 0.5
  }

  private struct Outside: Declared {
    static let name = "outside"
    static let settings: [Setting<Self>] = [.number("decay", \.decay, in: 0..<1, "a share")]
    var decay = 1.5
  }

  private struct Reserved: Declared {
    static let name = "reserved"
    static let settings: [Setting<Self>] = [.number("learning_rate", \.decay, in: 0..<1, "the trial's own")]
    var decay = 0.5
  }

  private struct Prefixed: Declared {
    static let name = "prefixed"
    static let settings: [Setting<Self>] = [.number("schedule_decay", \.decay, in: 0..<1, "a schedule's")]
    var decay = 0.5
  }

  private struct Unnamed: Declared {
    static let name = "Not A Name"
    static let settings: [Setting<Self>] = []
  }

  private struct Nothing: Part {
    static let name = "nothing"
    static let summary = ""
    static let settings: [Setting<Self>] = []
  }

  @Test func whatDoesNotHoldIsRefused() {
    #expect(Self.message([SecondAdam.self]) == "two parts are an optimizer named adam: Adam and SecondAdam")
    #expect(Self.message([Twice.self]) == "twice: decay is declared twice")
    #expect(Self.message([Outside.self]) == "outside: the default of decay, 1.5, is not what it accepts")
    let reserved = "reserved: learning_rate is a key of every trial, and no setting can have its name"
    #expect(Self.message([Reserved.self]) == reserved)
    #expect(Self.message([Prefixed.self])?.contains("schedule_decay is a key of every trial") == true)
    #expect(Self.message([Unnamed.self])?.contains("\"Not A Name\" is no name") == true)
    #expect(Self.message([Nothing.self])?.contains("is no part that can be registered") == true)
    #expect(Self.message([]) == nil)
  }

  /// A key that every trial stores cannot be a setting of a part too: two columns would have one name.
  @Test func aTrialsOwnKeysAreReserved() {
    let settings = Set(
      PartFamily.allCases.flatMap { family in
        Parts.standard.kinds(of: family).flatMap { $0.settings.map { family.column($0.name) } }
      })
    let stored = Set(ExclusionRule.names(.standard)).subtracting(settings)
    #expect(stored.subtracting(TrialKeys.all) == [] && TrialKeys.all.isDisjoint(with: settings))
    let images = NetworkSpecification(
      hidden: [], image: ImageSize(height: 8, width: 8, channels: 1),
      convolutions: [.init(channels: 1, window: .init(height: 3, width: 3, stride: 1, padding: .valid))])
    let names = images.hyperparameters(with: .none).map(\.name) + CurvatureSpecification().hyperparameters.map(\.name)
    #expect(Set(names).subtracting(TrialKeys.all) == [])
  }

  /// Each setting of each part, changed by itself, makes another trial, which comes back from what is stored of it.
  @Test(arguments: PartFamily.allCases)
  func everySettingIsPartOfTheIdentity(family: PartFamily) throws {
    for kind in Parts.standard.kinds(of: family) {
      let plain = try trial(PartChoice(kind), family)
      var hasher = CanonicalHasher()
      #expect(hasher.identity(of: plain) == plain.identity)
      var identities: Set<TrialIdentity> = [plain.identity]
      for setting in kind.settings {
        let changed = try trial(PartChoice(kind, [setting.name: try other(setting)]), family)
        #expect(identities.insert(changed.identity).inserted, "\(kind.name): \(setting.name)")
        #expect(hasher.identity(of: changed) == changed.identity)
        let record = TrialRecord(
          identity: changed.identity, hyperparameters: changed.hyperparameters, outcome: .completed)
        let read = Trial(record, like: plain, among: .standard)
        #expect(read?.canonicalText == changed.canonicalText, "\(kind.name): \(setting.name)")
      }
      #expect(identities.count == kind.settings.count + 1)
    }
  }

  /// A value that is accepted and not the default.
  private func other(_ setting: SettingDeclaration) throws -> SettingValue {
    switch (setting.domain, setting.standard) {
    case (.number(let interval, isWhole: true), .number(let standard)):
      let whole = interval.wholeNumbers
      return .number(standard == Double(whole.lowerBound) ? standard + 1 : Double(whole.lowerBound))
    case (.number(let interval, isWhole: false), .number(let standard)):
      let width = interval.upper.isFinite ? interval.upper - interval.lower : 1
      let inside = interval.lower + width / 2
      return .number(standard == inside ? interval.lower + width / 4 : inside)
    case (.truth, .truth(let standard)): return .truth(!standard)
    case (.choice(let words), .word(let standard)): return .word(try #require(words.first { $0 != standard }))
    default: throw PartlyDeclared()
    }
  }

  private struct PartlyDeclared: Error {}

  /// A trial of which this is a part.
  private func trial(_ choice: PartChoice, _ family: PartFamily) throws -> Trial {
    var trial = Trial(
      data: .init(source: .digits), network: .init(hidden: [3]), loss: .squaredError,
      optimizer: OptimizerSpecification(.adam, learningRate: 0.1), batchSize: .full, training: .init(epochs: 1), seed: 1
    )
    switch family {
    case .optimizer:
      let kind = try #require(Parts.standard.optimizer(named: choice.name))
      let settings = Dictionary(uniqueKeysWithValues: zip(kind.settings.map(\.name), choice.values))
      trial.optimizer = OptimizerSpecification(kind, learningRate: 0.1, settings)
    case .schedule: trial.schedule = ScheduleSpecification(choice)
    case .loss: trial.loss = choice
    case .activation: trial.network.activation = choice
    case .initialization: trial.network.initialization = InitializationSpecification(choice)
    }
    return trial
  }
}

/// An optimizer that declares itself and does nothing.
private protocol Declared: FirstOrderOptimizer {}

extension Declared {
  static var summary: String { "nothing" }
  static var stateVectors: Int { 0 }
  static func updateOperations(of step: StepWork) -> Double { 0 }

  func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    GradientDescentState(weightDecay: 0)
  }
}
