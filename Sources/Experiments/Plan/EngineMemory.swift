/// What the engine keeps in memory while it trains: asked of what trains, so that a plan cannot say otherwise.
public protocol EngineMemory: Sendable {
  /// Samples that are worked on at once; 0 for a problem, which has none.
  func blockRows(of trial: Trial, inputs: Int, outputs: Int) -> Int

  /// Bytes at most that are kept of a network linearised for products with its matrices of second derivatives.
  var linearization: Int { get }

  /// What an optimizer of this precision keeps.
  func kept(by optimizer: OptimizerSpecification, _ precision: Precision) -> OptimizerMemory
}

/// What an optimizer keeps beside the parameters and their gradient, from step to step and while a step is taken.
public struct OptimizerMemory: Hashable, Sendable {
  /// Vectors as long as the parameters, in the trial's own precision.
  public var vectors: Int
  /// Vectors as long as the parameters, in Double whatever the precision.
  public var doubleVectors = 0
  /// Square matrices over the parameters, in Double.
  public var matrices = 0
  /// Whether the network is linearised for products with its matrices of second derivatives.
  public var linearizes = false

  public init(vectors: Int, doubleVectors: Int = 0, matrices: Int = 0, linearizes: Bool = false) {
    self.linearizes = linearizes
    self.vectors = vectors
    self.doubleVectors = doubleVectors
    self.matrices = matrices
  }

  /// Bytes over the square of the parameters' number.
  var bytesPerSquareParameter: Double { 8 * Double(matrices) }

  /// Bytes for so many parameters.
  func bytes(parameters: Int, _ precision: Precision) -> Double {
    let count = Double(parameters)
    return count * (Double(vectors) * precision.bytes + 8 * Double(doubleVectors))
      + count * count * bytesPerSquareParameter
  }
}
