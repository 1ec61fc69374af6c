import Kernels

/// A first-order rule that turns gradients into updates of one flat parameter vector.
///
/// State starts as the paper says and belongs to the optimizer; one optimizer serves one run, and leaves the memory of
/// its state to the next one of the same pool of buffers.
public protocol OptimizerState<Value>: AnyObject {
  associatedtype Value: Scalar

  /// Starts a step, for rules that depend on its number.
  func begin()

  /// Applies the step to some of the parameters in place. Every parameter is in one range of each step.
  ///
  /// - Parameters:
  ///   - range: Starts at a multiple of 16, and ends at one or with the parameters.
  ///   - gradient: Of the range's first parameter and those after it, to whole vectors of 16.
  ///   - learningRate: η of this step.
  /// - Returns: Σg² over the range, of the gradient as given.
  func update(
    _ parameters: AlignedBuffer<Value>, _ range: Range<Int>, gradient: UnsafePointer<Value>, learningRate: Double
  ) -> Double
}

extension OptimizerState {
  public func begin() {}

  /// A whole step on all parameters.
  ///
  /// - Returns: ‖g‖₂² of the gradient as given.
  @discardableResult
  public func update(
    _ parameters: AlignedBuffer<Value>, gradient: AlignedBuffer<Value>, learningRate: Double
  ) -> Double {
    begin()
    return update(parameters, 0..<parameters.count, gradient: gradient.pointer, learningRate: learningRate)
  }
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

/// Applies `rule` to a range of the parameters in vectors of 16 and returns Σg².
@inline(__always)
func advance<Rule: UpdateRule>(
  _ parameters: AlignedBuffer<Rule.Value>, _ range: Range<Int>, _ gradient: UnsafePointer<Rule.Value>, by rule: Rule
) -> Double {
  let w = parameters.pointer
  var slopes = gradient
  var square = Rule.Value.Vector(repeating: 0)
  var index = range.lowerBound
  while index < range.upperBound {
    let slope = Rule.Value.Vector(slopes)
    square += slope * slope
    rule.updated(slope, Rule.Value.Vector(w + index), at: index).store(w + index)
    slopes += 16
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
    self.init(kept: S(decay), fresh: S(1 - decay), values: values)
  }

  init(kept: S, fresh: S, values: UnsafeMutablePointer<S>) {
    self.kept = S.Vector(repeating: kept)
    self.fresh = S.Vector(repeating: fresh)
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
