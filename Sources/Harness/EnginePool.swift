import Experiments
import Kernels
import Learning
import Settings
import Synchronization

/// Engines that trials have left, for the next trials of the same kind: making one takes as long as four steps of a small
/// network.
///
/// What an engine computes does not depend on what it computed before: a pass reads only what it has written. Those of one
/// kind are kept, no more than there are workers; trials come ordered by their cost, so that kinds seldom take turns.
final class EnginePool: Sendable {
  /// What two trials must have in common to use the same engine.
  struct Kind: Hashable, Sendable {
    private let data: DataSpecification
    private let network: NetworkSpecification.Architecture
    private let loss: PartChoice
    private let dropout: DropoutSpecification
    private let l2: Double
    private let inputNoise: Double
    private let batchSize: BatchSize

    init(_ trial: Trial) {
      data = trial.data
      network = trial.network.architecture
      loss = trial.loss
      dropout = trial.dropout
      l2 = trial.l2
      inputNoise = trial.inputNoise
      batchSize = trial.batchSize
    }
  }

  private struct Idle: @unchecked Sendable {
    // @unchecked: an engine in the pool has no other owner.
    let engine: AnyObject
  }

  private struct State {
    var kind: Kind?
    var engines: [Idle] = []
  }

  private let state = Mutex(State())

  /// An engine of the kind that nobody uses, or what `make` gives.
  func take<S: Scalar>(_ kind: Kind, make: () -> Backpropagation<S>) -> Backpropagation<S> {
    let idle = state.withLock { $0.kind == kind ? $0.engines.popLast() : nil }
    if let engine = idle?.engine as? Backpropagation<S> { return engine }
    return make()
  }

  /// Frees the engines that nobody uses.
  func release() { state.withLock { $0.engines = [] } }

  /// Gives an engine up: its owner uses it no more.
  func give<S: Scalar>(_ engine: Backpropagation<S>, _ kind: Kind) {
    let idle = Idle(engine: engine)
    state.withLock { state in
      if state.kind != kind { state = State(kind: kind) }
      state.engines.append(idle)
    }
  }
}
