import Settings

extension Parts {
  /// The parts of the library, in the order in which they are documented: a new one is a file, and a line here.
  public static let standard: Parts = {
    do {
      return try Parts().adding([
        GradientDescent.self,
        Momentum.self,
        Nesterov.self,
        Adagrad.self,
        Adadelta.self,
        RMSprop.self,
        Adam.self,
        AdamW.self,
        NAdam.self,
        Lion.self,
        Newton.self,
        GaussNewton.self,
        LevenbergMarquardt.self,
        TruncatedNewton.self,
        ConjugateGradient.self,
        BFGS.self,
        LBFGS.self,
        DiagonalNewton.self,
        StochasticDiagonalLM.self,

        ConstantSchedule.self,
        StepSchedule.self,
        ExponentialSchedule.self,
        InverseTimeSchedule.self,
        CosineSchedule.self,
      ])
    } catch {
      preconditionFailure("\(error)")
    }
  }()
}
