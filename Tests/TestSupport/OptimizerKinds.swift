import Learning
import Settings

/// Optimizers by name, for trials that tests make in code.
extension OptimizerKind {
  public static let gradientDescent = named("gradient_descent")
  public static let momentum = named("momentum")
  public static let nesterov = named("nesterov")
  public static let adam = named("adam")
  public static let adamw = named("adamw")
  public static let nadam = named("nadam")
  public static let rmsprop = named("rmsprop")
  public static let adagrad = named("adagrad")
  public static let adadelta = named("adadelta")
  public static let lion = named("lion")
  public static let newton = named("newton")
  public static let gaussNewton = named("gauss_newton")
  public static let levenbergMarquardt = named("levenberg_marquardt")
  public static let truncatedNewton = named("truncated_newton")
  public static let conjugateGradient = named("conjugate_gradient")
  public static let bfgs = named("bfgs")
  public static let lbfgs = named("lbfgs")
  public static let diagonalNewton = named("diagonal_newton")
  public static let stochasticDiagonalLM = named("stochastic_diagonal_lm")

  /// The optimizer of the library that has this name.
  public static func named(_ name: String) -> OptimizerKind {
    guard let kind = Parts.standard.optimizer(named: name) else { preconditionFailure("no optimizer is named \(name)") }
    return kind
  }
}
