import Experiments
import Foundation

/// Names a run by what sets it apart: only the hyperparameters that differ within the experiment.
public struct RunLabel: Sendable {
  private let names: Set<String>

  /// Left out: what another entry says already, and the seed, which no configuration is named by.
  private static let implied: Set<String> = ["dropout_rate", "seed"]

  public init(_ axes: [PlanAxis]) {
    names = Set(axes.filter(\.varies).map(\.name)).subtracting(Self.implied)
  }

  /// `optimizer=adam, learning_rate=0.003, batch_size=32, keep_probability=1 0.8`: each is a condition that
  /// `summary --where` takes.
  public func text(_ hyperparameters: [Hyperparameter]) -> String {
    apart(hyperparameters).map { "\($0.name)=\(Self.short($0))" }.joined(separator: ", ")
  }

  /// Those that set the run apart.
  public func apart(_ hyperparameters: [Hyperparameter]) -> [Hyperparameter] {
    hyperparameters.filter { names.contains($0.name) }
  }

  private static func short(_ entry: Hyperparameter) -> String {
    switch (entry.name, entry.value) {
    case ("batch_size", .integer(0)): "full"
    case (_, .number(let number)): String(format: "%.6g", number)
    default: "\(entry.value)"
    }
  }
}
