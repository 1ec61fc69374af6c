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
@inline(__always)
func decayed<V: LaneVector>(_ gradient: V, _ weight: V, _ decay: V) -> V { gradient + decay * weight }

/// The arithmetic of one optimizer on sixteen parameters: a type and not a closure, so that it is inlined for certain.
protocol UpdateRule {
  associatedtype Value: Scalar

  /// The new parameters from the gradient g and the parameters w whose first lane has this index.
  func updated(_ g: Value.Vector, _ w: Value.Vector, at index: Int) -> Value.Vector
}

/// Applies `rule` to all parameters in vectors of 16 and returns Σg².
@inline(__always)
func advance<Rule: UpdateRule>(
  _ parameters: AlignedBuffer<Rule.Value>, _ gradient: AlignedBuffer<Rule.Value>, by rule: Rule
) -> Double {
  let count = parameters.count
  let w = parameters.pointer
  let g = gradient.pointer
  var square = Rule.Value.Vector(repeating: 0)
  var index = 0
  while index < count {
    let slope = Rule.Value.Vector(g + index)
    square += slope * slope
    rule.updated(slope, Rule.Value.Vector(w + index), at: index).store(w + index)
    index &+= 16
  }
  return Double(square.sum())
}

/// a ← βa + (1 − β)x, an exponential moving average that is not corrected for its start.
struct MovingAverage<S: Scalar> {
  let kept: S.Vector
  let fresh: S.Vector
  let values: UnsafeMutablePointer<S>

  init(decay: Double, values: UnsafeMutablePointer<S>) {
    kept = S.Vector(repeating: S(decay))
    fresh = S.Vector(repeating: S(1 - decay))
    self.values = values
  }

  /// Brings `x` into the average and returns it.
  @inline(__always)
  func advanced(by x: S.Vector, at index: Int) -> S.Vector {
    let average = kept * S.Vector(values + index) + fresh * x
    average.store(values + index)
    return average
  }
}
