import Learning
import Settings
import TestSupport
import Testing

@testable import Experiments

/// The experiments of `Fixtures/Golden` train with everything there is: what is added to the program and not to them is named
/// here.
@Suite struct GoldenCoverageTests {
  /// Every distinct configuration of every variant.
  private static let trials: [Trial] = {
    GoldenExperiment.all.flatMap { golden in
      let variants = (try? golden.variants()) ?? []
      return variants.flatMap { ((try? golden.experiment($0))?.trials).map(Array.init) ?? [] }
    }
  }()

  private func missing<Value: Hashable>(_ all: some Sequence<Value>, _ value: (Trial) -> [Value]) -> [Value] {
    let found = Set(Self.trials.flatMap(value))
    return all.filter { !found.contains($0) }
  }

  private func missing<Value: Hashable>(_ all: some Sequence<Value>, _ value: (Trial) -> Value) -> [Value] {
    missing(all) { [value($0)] }
  }

  @Test func everyFileIsRead() throws {
    for golden in GoldenExperiment.all {
      for variant in try golden.variants() { #expect(try !golden.experiment(variant).trials.isEmpty) }
    }
  }

  @Test(arguments: Precision.allCases)
  func everyPart(precision: Precision) {
    func missing<Value: Hashable>(_ all: some Sequence<Value>, _ value: (Trial) -> Value) -> [Value] {
      self.missing(all.map { Pair($0, precision) }) { Pair(value($0), $0.precision) }.map(\.first)
    }
    #expect(missing(Parts.standard.optimizers, \.optimizer.kind) == [])
    let pairs = PartChoice.all(.loss).flatMap { loss in PartChoice.all(.activation).map { Pair(loss, $0) } }
    #expect(missing(pairs) { Pair($0.loss, $0.network.activation) } == [])
    #expect(missing(PartChoice.all(.initialization).map(\.kind), \.network.initialization.choice.kind) == [])
    let schedules = Parts.standard.kinds(of: .schedule).map(\.name)
    #expect(missing(schedules) { Self.text("schedule", $0) ?? "" } == [])
    let warm = self.missing(schedules) { $0.schedule.warmupEpochs > 0 ? [Self.text("schedule", $0)!] : [] }
    #expect(warm == [], "with warm-up")
    let dropped = self.missing(DropoutSpecification.Form.allCases) { $0.dropout == .none ? [] : [$0.dropout.form] }
    #expect(dropped == [])
    #expect(missing(ProblemReader.kinds.map(Optional.some)) { $0.problem?.name } == [])
    let sources = missing(DataReader.sources) { String($0.data.source.canonicalText.prefix { $0 != " " }) }
    #expect(sources == [])
    #expect(missing(Standardization.allCases, \.data.standardization) == [])
    #expect(missing(TrainingSpecification.Order.allCases, \.training.order) == [])
  }

  /// Every choice of every optimizer, and more than one value of each of its numbers.
  @Test(arguments: Parts.standard.optimizers)
  func everySetting(kind: OptimizerKind) {
    for setting in kind.settings {
      let values = Set(Self.trials.filter { $0.optimizer.kind == kind }.compactMap { $0.optimizer[setting.name] })
      switch setting.domain {
      case .choice(let options):
        #expect(values == Set(options.map { .word($0) }), "\(kind.name): \(setting.name)")
      case .truth: #expect(values.count == 2, "\(kind.name): \(setting.name)")
      case .number:
        #expect(values.contains(setting.standard) && values.count > 1, "\(kind.name): \(setting.name)")
      }
    }
  }

  @Test func everyFormOfLayer() {
    let layers = Self.trials.flatMap(\.network.convolutions)
    #expect(Set(layers.map(\.window.padding)) == Set(PaddingKind.allCases))
    #expect(Set(layers.map(\.window.stride)).count > 1)
    let forms = PoolingKind.allCases.flatMap { kind in PaddingKind.allCases.map { Pair(kind, $0) } }
    let pools = Set(layers.compactMap(\.pooling).map { Pair($0.kind, $0.window.padding) })
    #expect(forms.filter { !pools.contains($0) } == [])
    let depths = Set(Self.trials.map(\.network.hidden.count))
    #expect(depths.isSuperset(of: [0, 1, 2, 3]))
    #expect(Set(Self.trials.map(\.dropout.perChannel)) == [true, false])
  }

  /// Whatever a trial is told apart by takes more than one value, or is there in some trials only.
  @Test func everyHyperparameter() {
    let trials = Self.trials
    let tables = trials.map { Dictionary($0.hyperparameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }) }
    for name in ExclusionRule.names(.standard) {
      #expect(Set(tables.map { $0[name] }).count > 1, "\(name)")
    }
  }

  private static func text(_ name: String, _ trial: Trial) -> String? {
    guard case .text(let text)? = trial.hyperparameters.first(where: { $0.name == name })?.value else { return nil }
    return text
  }

  private struct Pair<First: Hashable, Second: Hashable>: Hashable {
    var first: First
    var second: Second

    init(_ first: First, _ second: Second) {
      self.first = first
      self.second = second
    }
  }
}
