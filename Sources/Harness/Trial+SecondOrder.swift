import Experiments
import Learning

extension OptimizerSpecification {
  /// A fresh second-order method; nil for a first-order optimizer.
  var secondOrderMethod: (any SecondOrderOptimizer)? {
    switch kind {
    case .newton:
      Newton(
        isRegularized: choice("regularization") == "raised", damping: self["damping"], search: lineSearch)
    case .gaussNewton: Newton(form: .gaussNewton, damping: self["damping"], search: lineSearch)
    case .levenbergMarquardt: LevenbergMarquardt(initialDamping: self["tau"])
    case .truncatedNewton:
      TruncatedNewton(
        form: CurvatureForm(rawValue: choice("matrix"))!, maximumInnerIterations: Int(self["maximum_inner"]),
        search: lineSearch)
    case .conjugateGradient:
      ConjugateGradient(ConjugateGradient.Formula(rawValue: choice("formula"))!, search: lineSearch)
    case .bfgs: BFGS(search: lineSearch)
    case .lbfgs: LBFGS(memory: Int(self["memory"]), search: lineSearch)
    case .diagonalNewton:
      DiagonalNewton(
        DiagonalNewton.Diagonal(rawValue: choice("diagonal"))!, damping: self["damping"], search: lineSearch)
    case .stochasticDiagonalLM: StochasticDiagonalLM(decay: self["gamma"], damping: self["damping"])
    case .gradientDescent, .momentum, .nesterov, .adagrad, .adadelta, .rmsprop, .adam, .adamw, .nadam, .lion: nil
    }
  }

  private var lineSearch: LineSearch {
    LineSearch(
      LineSearch.Kind(rawValue: choice("line_search"))!, sufficientDecrease: self["c1"], curvature: self["c2"])
  }

  /// What ends a run before its epochs do; never for a method that has no tolerances.
  var stoppingRule: StoppingRule {
    guard let gradient = values["gradient_tolerance"], let step = values["step_tolerance"] else {
      return StoppingRule(gradientTolerance: -1, stepTolerance: -1)
    }
    return StoppingRule(gradientTolerance: gradient, stepTolerance: step)
  }
}
