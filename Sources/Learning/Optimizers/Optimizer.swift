import Kernels

/// A first-order rule that turns gradients into updates of one flat parameter vector.
///
/// State starts as the paper says and belongs to the optimizer; one optimizer serves one run.
public protocol Optimizer<Value>: AnyObject {
  associatedtype Value: Scalar

  /// Applies one update in place.
  ///
  /// - Parameters:
  ///   - learningRate: η of this step.
  /// - Returns: ‖g‖₂² of the gradient as given.
  func update(_ parameters: AlignedBuffer<Value>, gradient: AlignedBuffer<Value>, learningRate: Double) -> Double
}

/// A coupled weight decay: g + λw, the gradient of the loss with ½λ‖w‖² on all parameters.
@inlinable @inline(__always)
func decayed<V: LaneVector>(_ gradient: V, _ weight: V, _ decay: V) -> V { gradient + decay * weight }

/// Runs `rule` over all parameters in vectors of 16 and returns Σg².
///
/// `rule` gets the gradient, the parameter and the index of the first lane, and returns the new parameter.
@inlinable @inline(__always)
func updateLanes<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, count: Int,
  _ rule: (S.Vector, S.Vector, Int) -> S.Vector
) -> Double {
  var square = S.Vector(repeating: 0)
  var index = 0
  while index < count {
    let g = S.Vector(gradient + index)
    square += g * g
    rule(g, S.Vector(parameters + index), index).store(parameters + index)
    index &+= 16
  }
  return Double(square.sum())
}
