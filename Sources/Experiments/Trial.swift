import Settings

/// One complete training configuration: every hyperparameter and its seed.
///
/// A trial is a pure value. Running it is a function of the trial and its data set, so two equal trials give the same
/// bits. Its ``identity`` is a hash of its canonical content, never of a display name or a grid index.
public struct Trial: Hashable, Sendable {
  public var data: DataSpecification
  public var network: NetworkSpecification
  public var loss: PartChoice
  /// Coefficient λ of the penalty ½λ‖W‖² on the weights (biases are left out). Zero: no penalty.
  public var l2: Double
  /// Standard deviation of the normal noise added to the inputs in training, drawn anew for each batch. Zero: none.
  public var inputNoise: Double
  public var optimizer: OptimizerSpecification
  public var schedule: ScheduleSpecification
  public var batchSize: BatchSize
  public var dropout: DropoutSpecification
  public var training: TrainingSpecification
  public var precision: Precision
  /// Keys initialisation, sample order, dropout masks and noise. The split of the data has a seed of its own.
  public var seed: UInt64
  /// What is measured of the loss' curvature beside training; nil for nothing.
  public var curvature: CurvatureSpecification?
  /// What is descended instead of a network's loss; nil for a network. Data, network, loss, penalty, noise and dropout
  /// are then without meaning, and neither stored nor part of the identity.
  public var problem: ProblemSpecification?

  public init(
    data: DataSpecification, network: NetworkSpecification, loss: PartChoice, l2: Double = 0,
    inputNoise: Double = 0, optimizer: OptimizerSpecification, schedule: ScheduleSpecification = .constant,
    batchSize: BatchSize,
    dropout: DropoutSpecification = .none, training: TrainingSpecification, precision: Precision = .float,
    seed: UInt64, curvature: CurvatureSpecification? = nil, problem: ProblemSpecification? = nil
  ) {
    self.data = data
    self.network = network
    self.loss = loss
    self.l2 = l2
    self.inputNoise = inputNoise
    self.optimizer = optimizer
    self.schedule = schedule
    self.batchSize = batchSize
    self.dropout = dropout
    self.training = training
    self.precision = precision
    self.seed = seed
    self.curvature = curvature
    self.problem = problem
  }
}

/// The scalar type a trial is trained in.
public enum Precision: String, Hashable, Sendable, CaseIterable, Codable {
  case float
  case double
}

/// Samples in one gradient.
public enum BatchSize: Hashable, Sendable {
  case samples(Int)
  /// The whole training set: gradient descent proper.
  case full
}
