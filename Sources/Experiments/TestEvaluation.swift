/// What the test set says about the winner: the only time it is looked at.
public struct TestEvaluation: Hashable, Sendable, Codable {
  /// The rule that chose the winner.
  public var selection: SelectionRule
  /// The winner's runs, one a seed.
  public var runs: [Run]

  public struct Run: Hashable, Sendable, Codable {
    /// 32 hexadecimal digits.
    public var identity: String
    public var loss: Double
    /// Nil for regression.
    public var accuracy: Double?
    /// Samples of the test set; nil where it was looked at before this was stored.
    public var samples: Int?
    /// Σ(lᵢ − l̄)²/(n − 1) over the samples' losses; nil as above, and where it is not finite.
    public var lossVariance: Double?

    public init(identity: String, loss: Double, accuracy: Double?) {
      self.identity = identity
      self.loss = loss
      self.accuracy = accuracy
    }
  }

  public init(selection: SelectionRule, runs: [Run]) {
    self.selection = selection
    self.runs = runs
  }
}
