/// What the test set says about the winner, and every time it was looked at for that.
public struct TestEvaluation: Hashable, Sendable, Codable {
  /// The rule that chose the winner.
  public var selection: SelectionRule
  /// The winner's runs, one a seed.
  public var runs: [Run]
  /// Every look at the test set, the latest last; nil where a version that did not keep them wrote this.
  public private(set) var looks: [Look]?
  /// Whether the first of the looks is one whose predecessors nobody kept.
  public private(set) var mayLackLooks: Bool?

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

  /// One look at the test set: the runs that were evaluated in it.
  public struct Look: Hashable, Sendable, Codable {
    /// The rule that chose them.
    public var selection: SelectionRule
    public var runs: [Run]
  }

  /// The first look, or the first after what was kept of others was lost.
  public init(selection: SelectionRule, runs: [Run], mayLackLooks: Bool = false) {
    self.selection = selection
    self.runs = runs
    looks = [Look(selection: selection, runs: runs)]
    self.mayLackLooks = mayLackLooks ? true : nil
  }
}

extension TestEvaluation {
  /// How often the test set was looked at.
  public enum LookCount: Hashable, Sendable {
    case exactly(Int)
    /// Earlier ones were not kept.
    case atLeast(Int)
  }

  public var lookCount: LookCount {
    let count = looks?.count ?? 1
    return looks == nil || mayLackLooks == true ? .atLeast(count) : .exactly(count)
  }

  /// What was found for runs that the rule chose, in any of the looks, by identity: the same run says the same again.
  public func results(by rule: SelectionRule) -> [String: Run] {
    let all = (looks ?? []) + [Look(selection: selection, runs: runs)]
    let known = all.filter { $0.selection == rule }.flatMap(\.runs)
    return Dictionary(known.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// This evaluation after the winner has changed: `new` was found in another look, where it is not empty.
  public func followed(by selection: SelectionRule, winner: [Run], new: [Run]) -> TestEvaluation {
    var next = TestEvaluation(selection: selection, runs: winner)
    next.looks = looks ?? [Look(selection: self.selection, runs: runs)]
    next.mayLackLooks = looks == nil ? true : mayLackLooks
    if !new.isEmpty { next.looks?.append(Look(selection: selection, runs: new)) }
    return next
  }
}
