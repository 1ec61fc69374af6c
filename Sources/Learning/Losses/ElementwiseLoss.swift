import Kernels
import Settings

/// A loss that is a sum over outputs: ℓ(z, y) = Σᵢ ℓ(zᵢ, yᵢ), on sixteen lanes at once.
public protocol ElementwiseLoss: NetworkLoss {
  func value<V: LaneVector>(_ z: V, _ y: V) -> V

  /// ∂ℓ/∂z.
  func slope<V: LaneVector>(_ z: V, _ y: V) -> V

  /// ∂²ℓ/∂z².
  func curvature<V: LaneVector>(_ z: V, _ y: V) -> V
}

extension ElementwiseLoss {
  @inlinable
  public func kernel<S: Scalar>() -> any LossKernel<S> {
    // By name, so that the loops are made for these types and not for any.
    if let kernel = ElementwiseKernel<Self, Float>(self) as? any LossKernel<S> { return kernel }
    if let kernel = ElementwiseKernel<Self, Double>(self) as? any LossKernel<S> { return kernel }
    return ElementwiseKernel<Self, S>(self)
  }
}

/// What applies a loss of single outputs to blocks of samples. Values are added in Double, in the order of the outputs.
@frozen
public struct ElementwiseKernel<Function: ElementwiseLoss, Value: Scalar>: LossKernel {
  @usableFromInline let function: Function

  @inlinable
  public init(_ function: Function) { self.function = function }

  @inlinable
  public func slopes(
    _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value, countsCorrect: Bool,
    sumsSquares: Bool
  ) -> LossSum {
    var sum = LossSum()
    let factor = Value.Vector(repeating: scale)
    var row = 0.0
    var column = 0
    var index = 0
    while index < samples.count {
      let width = min(16, samples.count &- index)
      let outputs = Value.Vector(UnsafePointer(z + index), first: width)
      let targets = Value.Vector(samples.targets + index, first: width)
      let losses = function.value(outputs, targets)
      for lane in 0..<width {
        let loss = Double(losses[lane])
        sum.loss += loss
        row += loss
        column &+= 1
        if column == samples.columns {
          if sumsSquares { sum.squares += row * row }
          row = 0
          column = 0
        }
      }
      (function.slope(outputs, targets) * factor).store(z + index, first: width)
      index &+= 16
    }
    return sum
  }

  @inlinable
  public func keepCurvature(
    _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value,
    scratch: UnsafeMutablePointer<Value>
  ) {
    let factor = Value.Vector(repeating: scale)
    var index = 0
    while index < samples.count {
      let width = min(16, samples.count &- index)
      let outputs = Value.Vector(UnsafePointer(z + index), first: width)
      let targets = Value.Vector(samples.targets + index, first: width)
      (function.curvature(outputs, targets) * factor).store(z + index, first: width)
      index &+= 16
    }
  }
}

/// A kernel whose H is a diagonal, which is what it keeps.
public protocol DiagonalLossKernel: LossKernel {}

extension ElementwiseKernel: DiagonalLossKernel {}

extension DiagonalLossKernel {
  public func applyCurvature(
    _ kept: UnsafePointer<Value>, to r: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value
  ) {
    multiply(r, by: kept, count: samples.count)
  }

  public func curvatureDiagonal(
    _ kept: UnsafePointer<Value>, into h: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value
  ) {
    h.update(from: kept, count: samples.count)
  }
}
