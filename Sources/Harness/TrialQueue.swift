import Experiments
import Synchronization

/// Trials in the order in which they should start, each with what was found out to order it.
public struct TrialQueue: RandomAccessCollection, Sendable {
  public let trials: TrialList
  public let identities: [TrialIdentity]
  /// In the order of the trials.
  public let costs: [Double]
  private let lister = HyperparameterLister()

  public struct Element: Sendable {
    public var trial: Trial
    public var identity: TrialIdentity
    public var hyperparameters: [Hyperparameter]
    public var cost: Double
  }

  /// The most expensive first, so that no long run is left for the end; equal costs by identity, so that the order is a
  /// function of the set of trials.
  public init(heaviestFirst trials: TrialList, cost: (Trial) -> Double) {
    var order: [(index: Int, cost: Double, identity: TrialIdentity)] = []
    order.reserveCapacity(trials.count)
    let identities = trials.identities
    for (trial, indices) in trials.configurations {
      let cost = cost(trial)
      for index in indices { order.append((index, cost, identities[index])) }
    }
    order.sort { $0.cost != $1.cost ? $0.cost > $1.cost : $0.identity < $1.identity }
    self.trials = trials.selecting(order.map(\.index))
    self.identities = order.map(\.identity)
    costs = order.map(\.cost)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { costs.count }

  public subscript(position: Int) -> Element {
    let trial = trials[position]
    return Element(
      trial: trial, identity: identities[position], hyperparameters: lister.hyperparameters(of: trial),
      cost: costs[position])
  }
}

/// Lists trials' hyperparameters for several threads.
private final class HyperparameterLister: Sendable {
  private let hasher = Mutex(CanonicalHasher())

  func hyperparameters(of trial: Trial) -> [Hyperparameter] { hasher.withLock { $0.hyperparameters(of: trial) } }
}
