import Experiments
import Foundation
import Store

extension SweepManifest {
  /// Of a sweep that begins now, in this process.
  ///
  /// - Parameter identities: Of the trials, in their order, where they are known already.
  public init(_ sweep: PreparedSweep, arguments: [String], identities: [TrialIdentity]? = nil) {
    let experiment = sweep.experiment
    self.init(
      name: experiment.name, summary: experiment.summary, selection: experiment.selection,
      experimentText: experiment.sourceText,
      experimentHash: Self.hash(of: experiment, identities ?? experiment.trials.identities),
      compatibility: Self.compatibility(of: sweep),
      provenance: .current(dataHash: sweep.library.contentHash), created: Date().formatted(.iso8601),
      arguments: arguments)
    trials = experiment.trials.count
    setOptions = experiment.overrides
    dataFolder = experiment.directory
  }

  /// A hash of the trials' identities, whatever their order, and of the rule that compares them.
  private static func hash(of experiment: Experiment, _ identities: [TrialIdentity]) -> String {
    var hash = FNV1a()
    for identity in identities.sorted() { hash.update("\(identity)\n".utf8) }
    hash.update("\(experiment.selection.metric.rawValue) \(experiment.selection.epoch.rawValue)".utf8)
    return TrialIdentity(high: hash.high, low: hash.low).description
  }

  /// The task that runs must share to be ranked together: data, loss, training and selection. The axes of a grid may
  /// grow between one invocation and the next; these may not change.
  static func compatibility(of sweep: PreparedSweep) -> String {
    let experiment = sweep.experiment
    let fixed = sweep.plan.axes.filter { taskSettings.contains($0.name) }.map { axis in
      "\(axis.name): \(axis.values.map(\.description).joined(separator: ", "))"
    }
    let rule = "selection: \(experiment.selection.metric.rawValue) at the \(experiment.selection.epoch.rawValue) epoch"
    return (["name: \(experiment.name)", rule] + fixed + ["data hash: \(sweep.library.contentHash)"])
      .joined(separator: "\n")
  }

  private static let taskSettings: Set<String> = [
    "data", "standardization", "split", "split_seed", "stratified", "loss", "precision", "epochs_planned", "order",
    "drop_remainder", "patience", "minimum_delta", "stopping_metric", "divergence_bound", "evaluates_training",
    "curvature",
  ]
}
