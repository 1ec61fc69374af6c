import Experiments

/// Names a run by what sets it apart: only the hyperparameters that differ within the experiment.
public struct RunLabel: Sendable {
  private let names: Set<String>

  /// Left out: what another entry says already, and the seed, which no configuration is named by.
  private static let implied: Set<String> = ["dropout_rate", "seed"]
  private static let abbreviations = [
    "learning_rate": "lr", "batch_size": "batch", "keep_probability": "keep", "initialization": "init",
    "epochs_planned": "epochs",
  ]

  public init(_ axes: [PlanAxis]) {
    names = Set(axes.filter(\.varies).map(\.name)).subtracting(Self.implied)
  }

  /// `adam, lr 0.003, batch 32, keep 1 0.8`: the optimizer by its value alone, the rest as name and value.
  public func text(_ hyperparameters: [Hyperparameter]) -> String {
    hyperparameters.filter { names.contains($0.name) }.map { entry in
      let value = Self.short(entry)
      return entry.name == "optimizer" ? value : "\(Self.abbreviations[entry.name] ?? entry.name) \(value)"
    }.joined(separator: ", ")
  }

  private static func short(_ entry: Hyperparameter) -> String {
    switch (entry.name, entry.value) {
    case ("batch_size", .integer(0)): "full"
    case (_, .number(let number)): Quantity.significant(number)
    default: "\(entry.value)"
    }
  }
}
