import Experiments
import Synchronization

/// Trials in the order in which they should start, each with what was found out to order it.
public struct TrialQueue: RandomAccessCollection, Sendable {
  public let trials: TrialList
  public let identities: [TrialIdentity]
  /// Of each configuration, once.
  private let demands: [TrialDemand]
  /// Index into `demands`, in the order of the trials.
  private let demandOfTrial: [Int32]
  private let lister = HyperparameterLister()

  public struct Element: Sendable {
    public var trial: Trial
    public var identity: TrialIdentity
    public var hyperparameters: [Hyperparameter]
    var demand: TrialDemand

    public var cost: Double { demand.cost }
  }

  public init(heaviestFirst trials: TrialList, cost: (Trial) -> Double) {
    self.init(heaviestFirst: trials, demand: { TrialDemand(cost: cost($0)) })
  }

  /// The most expensive first, so that no long run is left for the end; equal costs by identity, so that the order is a
  /// function of the set of trials.
  ///
  /// - Parameter demand: Asked once for neighbours that differ in nothing but their seeds.
  init(heaviestFirst trials: TrialList, demand: (Trial) -> TrialDemand) {
    var order: [(index: Int, cost: Double, identity: TrialIdentity, demand: Int32)] = []
    order.reserveCapacity(trials.count)
    let identities = trials.identities
    var demands: [TrialDemand] = []
    for (trial, indices) in trials.configurations {
      let demand = demand(trial)
      for index in indices { order.append((index, demand.cost, identities[index], Int32(demands.count))) }
      demands.append(demand)
    }
    order.sort { $0.cost != $1.cost ? $0.cost > $1.cost : $0.identity < $1.identity }
    self.trials = trials.selecting(order.map(\.index))
    self.identities = order.map(\.identity)
    self.demands = demands
    demandOfTrial = order.map(\.demand)
  }

  /// In the order of the trials.
  public var costs: [Double] { demandOfTrial.map { demands[Int($0)].cost } }

  public var startIndex: Int { 0 }
  public var endIndex: Int { demandOfTrial.count }

  public subscript(position: Int) -> Element {
    let trial = trials[position]
    return Element(
      trial: trial, identity: identities[position], hyperparameters: lister.hyperparameters(of: trial),
      demand: demands[Int(demandOfTrial[position])])
  }
}

/// What a trial takes, which is the same for all seeds.
struct TrialDemand: Sendable {
  /// Expected, in the sweep's unit.
  var cost: Double
  /// Memory of training it, the data left out.
  var workerBytes = 0.0
  /// Memory that must be there before it starts: more than it is planned to take, which says of the vectors what they are
  /// and of libraries nothing; its record twice, in memory and as it is written; and what the shard of the run before it may be
  /// taking beside it, which is four times the run.
  var reservedBytes: Double { 1.25 * workerBytes + 6 * recordBytes }
  var recordBytes = 0.0
  var probes = 0
  /// The part of its cost that the probes are.
  var probeShare = 0.0
  /// Why it is not trained; nil where it is.
  var refusal: String?
}

extension TrialDemand {
  /// What a plan foresees; refused where that is over a limit.
  ///
  /// - Parameter dataBytes: Memory of the data, which the plan takes from all of its configurations.
  init(of trial: Trial, _ plan: Plan, dataBytes: Double, _ limits: TrialLimits) {
    let costs = plan.costs(of: trial)
    cost = costs.total
    workerBytes = plan.workerBytes(of: trial)
    probes = plan.probeCount(of: trial)
    probeShare = cost > 0 ? costs.probes / cost : 0
    recordBytes = plan.recordBytes(of: trial)
    refusal = limits.refusal(recordBytes: recordBytes, memoryBytes: dataBytes + workerBytes)
  }
}

/// Lists trials' hyperparameters for several threads.
private final class HyperparameterLister: Sendable {
  private let hasher = Mutex(CanonicalHasher())

  func hyperparameters(of trial: Trial) -> [Hyperparameter] { hasher.withLock { $0.hyperparameters(of: trial) } }
}
