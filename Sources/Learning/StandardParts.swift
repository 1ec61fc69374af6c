import Kernels
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
        AMSGrad.self,
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
        LinearSchedule.self,

        SoftmaxCrossEntropy.self,
        SquaredError.self,
        BinaryCrossEntropy.self,
        HuberLoss.self,

        ReLU.self,
        IdentityActivation.self,
        Tanh.self,
        LeCunTanh.self,
        Sigmoid.self,
        Softplus.self,
        GELU.self,
        SiLU.self,

        HeNormal.self,
        HeUniform.self,
        GlorotUniform.self,
        GlorotNormal.self,
        LeCunNormal.self,
        UniformInitializer.self,
        Zeros.self,
        TruncatedNormal.self,
        Orthogonal.self,
      ])
    } catch {
      preconditionFailure("\(error)")
    }
  }()
}
