import Experiments

/// Names a run by what sets it apart: only the hyperparameters that differ within the experiment.
public struct RunLabel: Sendable {
  /// How the values of a hyperparameter are written, given its name and all values it has.
  public typealias Wording = @Sendable (String, [HyperparameterValue]) -> @Sendable (HyperparameterValue) -> String

  private let texts: [String: @Sendable (HyperparameterValue) -> String]

  /// Left out: what another entry says already, and the seed, which no configuration is named by.
  private static let implied: Set<String> = ["dropout_rate", "seed"]

  /// - Parameter wording: That of the reports, whose conditions take it.
  public init(_ axes: [PlanAxis], wording: Wording) {
    let named = axes.filter { $0.varies && !Self.implied.contains($0.name) }
    texts = Dictionary(named.map { ($0.name, wording($0.name, $0.values)) }, uniquingKeysWith: { first, _ in first })
  }

  /// `optimizer=adam, learning_rate=0.003, batch_size=32, keep_probability=0.8`: each is a condition that
  /// `summary --where` takes.
  public func text(_ hyperparameters: [Hyperparameter]) -> String {
    hyperparameters.compactMap { entry in texts[entry.name].map { "\(entry.name)=\($0(entry.value))" } }
      .joined(separator: ", ")
  }
}
