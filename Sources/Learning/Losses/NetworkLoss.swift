import Kernels
import Settings

/// The loss ℓ(z, y) of a sample's outputs z; a batch's loss is the mean over its samples.
public protocol NetworkLoss: LossPart, Hashable {
  /// What computes it, with its derivatives in z.
  func kernel<S: Scalar>() -> any LossKernel<S>
}

/// What a loss computes of the outputs of some samples.
public protocol LossKernel<Value>: Sendable {
  associatedtype Value: Scalar

  /// Whether ``slopes(_:_:scale:countsCorrect:sumsSquares:)`` counts the samples that are classified correctly. Otherwise they
  /// are counted by the largest output, or by ``LossPart/threshold``.
  var countsCorrect: Bool { get }

  /// Whether ``slopes(of:bias:_:scale:countsCorrect:sumsSquares:delta:scratch:)`` is there for so many outputs.
  func isFused(columns: Int) -> Bool

  /// Adds the bias, and writes ∂ℓ/∂z·scale beside z and not over it.
  ///
  /// - Parameters:
  ///   - z: Unchanged.
  ///   - bias: One number an output, or nil.
  ///   - scratch: Room for `narrowSoftmaxScratch` scalars.
  func slopes(
    of z: UnsafePointer<Value>, bias: UnsafePointer<Value>?, _ samples: LossSamples<Value>, scale: Value,
    countsCorrect: Bool, sumsSquares: Bool, delta: UnsafeMutablePointer<Value>, scratch: UnsafeMutablePointer<Value>
  ) -> LossSum

  /// z ← ∂ℓ/∂z·scale.
  ///
  /// - Parameters:
  ///   - z: Outputs, with the biases added; a row a sample.
  ///   - countsCorrect: Whether ``LossSum/correct`` is wanted, of a kernel that counts.
  ///   - sumsSquares: Whether ``LossSum/squares`` is wanted.
  /// - Returns: The sum of the samples' losses, and what else is wanted.
  func slopes(
    _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value, countsCorrect: Bool,
    sumsSquares: Bool
  ) -> LossSum

  /// z becomes what products with H = ∂²ℓ/∂z²·scale need.
  ///
  /// - Parameter scratch: As large as z.
  func keepCurvature(
    _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value,
    scratch: UnsafeMutablePointer<Value>)

  /// r ← H·r, a row a sample.
  ///
  /// - Parameter kept: What ``keepCurvature(_:_:scale:scratch:)`` left.
  func applyCurvature(
    _ kept: UnsafePointer<Value>, to r: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value)

  /// h ← the diagonal of H.
  func curvatureDiagonal(
    _ kept: UnsafePointer<Value>, into h: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value)
}

extension LossKernel {
  public var countsCorrect: Bool { false }
  public func isFused(columns: Int) -> Bool { false }

  public func slopes(
    of z: UnsafePointer<Value>, bias: UnsafePointer<Value>?, _ samples: LossSamples<Value>, scale: Value,
    countsCorrect: Bool, sumsSquares: Bool, delta: UnsafeMutablePointer<Value>, scratch: UnsafeMutablePointer<Value>
  ) -> LossSum {
    preconditionFailure("a loss that is not fused")
  }
}

/// The samples of a block, as a loss sees them.
@frozen
public struct LossSamples<S: Scalar> {
  public let rows: Int
  /// Outputs of a sample.
  public let columns: Int
  /// Each sample's class, where targets are classes.
  public let labels: UnsafePointer<Int32>
  /// `rows` × `columns`, row-major, for a loss that does not take classes.
  public let targets: UnsafePointer<S>

  @inlinable
  public init(rows: Int, columns: Int, labels: UnsafePointer<Int32>, targets: UnsafePointer<S>) {
    self.rows = rows
    self.columns = columns
    self.labels = labels
    self.targets = targets
  }

  /// Scalars of all outputs.
  @inlinable
  public var count: Int { rows * columns }
}
