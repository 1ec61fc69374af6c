import Kernels
import Settings

/// An optimizer whose step is a function of one gradient and of what it remembers.
///
/// The declaration of one: its settings are its stored properties, and its state is made anew for each run.
public protocol FirstOrderOptimizer: OptimizerPart {
  /// Vectors as long as the parameters that the state keeps from step to step.
  static var stateVectors: Int { get }

  /// The state at the start of a run of so many parameters.
  ///
  /// - Parameter buffers: Where the state's vectors come from, so that the next run of a worker takes the same memory.
  func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S>
}

// What several optimizers have, with one meaning.
extension Setting where Root: FirstOrderOptimizer {
  /// λ of a decay that is added to the gradient.
  public static func weightDecay(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number(
      "weight_decay", path, in: 0..<Double.infinity, "λ on all parameters, biases too: λw is added to the gradient")
  }

  /// λ of a decay beside the gradient.
  public static func decoupledWeightDecay(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number(
      "weight_decay", path, in: 0..<Double.infinity, "λ, decoupled: every step shrinks the weights by ηλ")
  }

  public static func beta1(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number("beta1", path, in: 0..<1, "β₁, decay of the mean gradient")
  }

  public static func beta2(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number("beta2", path, in: 0..<1, "β₂, decay of the mean square gradient")
  }

  public static func rho(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number("rho", path, in: 0..<1, "ρ, decay of the mean square gradient")
  }

  public static func momentum(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number("momentum", path, in: 0..<1, "μ, the share of the velocity kept at each step")
  }

  /// ε beside a root. It is never 0: the step of a weight whose gradient stays 0 would be 0/0.
  public static func epsilon(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number("epsilon", path, in: 1e-30..<Double.infinity, "ε, added to the root")
  }
}
