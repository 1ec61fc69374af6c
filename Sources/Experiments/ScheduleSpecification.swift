import Settings

/// How the learning rate changes: η(t) = η · factor(t), t in epochs (fractional, by step).
public struct ScheduleSpecification: Hashable, Sendable {
  public var choice: PartChoice
  /// Linear warm-up: the factor rises from 1/(n+1) to 1 over the first n steps, n = this many epochs' worth of steps.
  public var warmupEpochs: Double

  public static let constant: ScheduleSpecification = {
    do {
      return ScheduleSpecification(PartChoice(try PartKind(ConstantSchedule.self, reserved: [])))
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  public init(_ choice: PartChoice, warmupEpochs: Double = 0) {
    self.choice = choice
    self.warmupEpochs = warmupEpochs
  }
}

extension ScheduleSpecification {
  private static let warmup = "warmup_epochs"

  var hyperparameters: [Hyperparameter] {
    choice.hyperparameters(of: .schedule) + [.init(Self.warmup, .number(warmupEpochs))]
  }

  /// Columns that trials may have of theirs.
  static func columns(_ parts: Parts) -> [String] { PartChoice.columns(of: .schedule, parts) + [warmup] }

  init?(_ parts: Parts, stored value: (String) -> HyperparameterValue?) {
    guard let choice = PartChoice(.schedule, parts, stored: value), case .number(let epochs)? = value(Self.warmup)
    else {
      return nil
    }
    self.init(choice, warmupEpochs: epochs)
  }

  static func reader(_ parts: Parts) -> PartReader {
    PartReader(family: .schedule, parts: parts, shared: [warmup])
  }

  /// Reads a schedule, and in a grid every combination of its settings' values.
  static func read(_ field: DocumentField, by reader: PartReader, varies: Bool) -> [ScheduleSpecification] {
    guard let entry = reader.read(field, varies: varies) else { return [] }
    let warmups = entry.numbers(warmup, in: .nonNegative, standard: 0)
    return entry.choices.flatMap { choice in warmups.map { .init(choice, warmupEpochs: $0) } }
  }
}
