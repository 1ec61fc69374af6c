/// An optimizer as an experiment file names it. What it computes is declared by the protocols that refine this one.
public protocol OptimizerPart: Part {
  /// Whether a step takes more from the loss than one gradient.
  static var isSecondOrder: Bool { get }

  /// Whether a step compares losses and gradients at several points, which must then be of the same samples and masks.
  static var isBatchMethod: Bool { get }

  /// Whether η is the method's to scale.
  static var hasLearningRate: Bool { get }

  /// η where none is given: the method's own step. Nil where it has to be given.
  static var defaultLearningRate: Double? { get }

  /// λ of a weight decay that is added to the gradient; 0 where there is none, or one that is decoupled from it.
  var coupledWeightDecay: Double { get }

  /// Up to which learning rate steps on a quadratic loss converge; nil for an optimizer that scales the gradient.
  var stability: StabilityBound? { get }

  /// Whether steps may be of mini-batches though the method compares values.
  var isStochastic: Bool { get }

  /// Whether a step's dropout masks and noise stay for all of its evaluations.
  var freezesMasks: Bool { get }

  /// What of this optimizer's settings does not go together, or with this loss; nil where all does.
  ///
  /// - Parameters:
  ///   - loss: Its name.
  ///   - isSquaredError: Whether it is ½‖z − y‖².
  func conflict(loss: String, isSquaredError: Bool) -> SettingConflict?

  /// Work on the samples in one step, in gradients: evaluations of a search, products, the sums of a dense matrix.
  static func gradients(of step: StepWork) -> Double

  /// Operations of an update on one parameter: additions, multiplications, divisions and roots count one each.
  static func updateOperations(of step: StepWork) -> Double

  /// Operations on a problem's dense matrix of n rows in one step.
  static func matrixOperations(of step: StepWork) -> Double
}

extension OptimizerPart {
  public static var isSecondOrder: Bool { false }
  public static var isBatchMethod: Bool { false }
  public static var hasLearningRate: Bool { true }
  public static var defaultLearningRate: Double? { isBatchMethod ? 1 : nil }
  public var coupledWeightDecay: Double { 0 }
  public var stability: StabilityBound? { nil }
  public var isStochastic: Bool { false }
  public var freezesMasks: Bool { false }
  public func conflict(loss: String, isSquaredError: Bool) -> SettingConflict? { nil }
  public static func gradients(of step: StepWork) -> Double { 1 }
  public static func matrixOperations(of step: StepWork) -> Double { step.matrixProduct }
}

/// What a step works on, as far as its cost depends on it.
public struct StepWork: Hashable, Sendable {
  /// P.
  public var parameters: Double
  /// Operations of one sample's gradient.
  public var gradientOperations: Double
  /// n where a loss and its gradient take products with a dense n × n matrix, however many samples there are; else 0.
  public var matrixRows: Double

  public init(parameters: Int, gradientOperations: Double, matrixRows: Int) {
    self.parameters = Double(parameters)
    self.gradientOperations = gradientOperations
    self.matrixRows = Double(matrixRows)
  }

  /// Operations of a loss and its gradient that do not depend on the samples: to the matrix' eigenvectors and back.
  public var matrixProduct: Double { 4 * matrixRows * matrixRows }
}

/// The learning rate below which steps of full gradients converge on a quadratic loss, along its steepest direction.
public struct StabilityBound: Hashable, Sendable {
  /// Such as `2/λ_max`.
  public var formula: String
  /// The bound times λ_max.
  public var factor: Double

  public init(formula: String, factor: Double) {
    self.formula = formula
    self.factor = factor
  }
}

/// Settings that do not go together.
public struct SettingConflict: Hashable, Sendable {
  public var reason: String
  public var accepted: String

  public init(_ reason: String, accepted: String) {
    self.reason = reason
    self.accepted = accepted
  }
}
