/// A named set of trials and the rule that compares them.
public struct Experiment: Hashable, Sendable {
  public var name: String
  public var summary: String
  public var trials: [Trial]
  public var selection: SelectionRule

  public init(name: String, summary: String = "", trials: [Trial], selection: SelectionRule = .standard) {
    self.name = name
    self.summary = summary
    self.trials = trials
    self.selection = selection
  }
}
