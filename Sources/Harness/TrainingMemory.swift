import Experiments
import Kernels
import Learning

/// What training keeps in memory, as the engine and the optimizers themselves say.
struct TrainingMemory: EngineMemory {
  var linearization: Int { LinearizationMemory.standard }

  func blockRows(of trial: Trial, inputs: Int, outputs: Int) -> Int {
    guard trial.problem == nil else { return 0 }
    let network = TrialRun(trial, selection: .standard, keeping: .none).network(inputs: inputs, outputs: outputs)
    let batch = trial.batchSize == .full ? nil : trial.batchSize.storedValue
    return Backpropagation<Float>.blockRows(network, batchSize: batch)
  }

  func kept(by optimizer: OptimizerSpecification, _ precision: Precision) -> OptimizerMemory {
    switch optimizer.optimizer {
    case let method as any SecondOrderOptimizer:
      let memory = method.memory
      return OptimizerMemory(
        vectors: memory.vectors, doubleVectors: memory.doubleVectors, matrices: memory.matrices,
        linearizes: memory.linearizes)
    case let method as any FirstOrderOptimizer: return OptimizerMemory(vectors: type(of: method).stateVectors)
    default: preconditionFailure("\(optimizer.kind.name) is of neither order")
    }
  }
}
