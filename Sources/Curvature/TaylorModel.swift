import Kernels
import RealModule

/// A loss E and its gradient, which can be taken away from where they stand.
public protocol ScalarField: GradientField {
  /// E(w + αv), or E(w) where `v` is nil.
  func value(displacedBy v: UnsafePointer<Double>?, times alpha: Double) -> Double

  /// The relative error of a value that rounding alone may make.
  var roundoff: Double { get }
}

/// How far Taylor's models of the loss are off, as a function of the step.
///
/// Along a unit vector d: |E(w + hd) − E − h·gᵀd| is of order h² and |E(w + hd) − E − h·gᵀd − ½h²·dᵀHd| of order h³, where
/// the loss is smooth.
public struct TaylorModel: Hashable, Sendable {
  /// Step lengths h, descending.
  public var steps: [Double]

  public init(steps: [Double] = (0..<12).map { .exp2(-Double($0)) }) {
    precondition(steps.allSatisfy { $0 > 0 } && zip(steps, steps.dropFirst()).allSatisfy { $0 > $1 })
    self.steps = steps
  }

  public struct Result: Hashable, Sendable {
    public var steps: [Double]
    /// gᵀd.
    public var slope: Double
    /// dᵀHd.
    public var curvature: Double
    /// Error of the first-order model at each step.
    public var firstOrderErrors: [Double]
    /// Error of the second-order model at each step.
    public var secondOrderErrors: [Double]
    /// Order in h of the first-order model's error at the smallest steps where it stands out of the rounding: 2 for a
    /// smooth loss. Nil where it nowhere does.
    public var firstObservedOrder: Double?
    /// The same of the second-order model: 3.
    public var secondObservedOrder: Double?
  }

  /// - Parameters:
  ///   - direction: Of any length but zero; its unit vector is d.
  /// - Throws: ``CurvatureError/notFinite(what:)`` where the loss is not finite at w.
  public func errors(
    of field: any ScalarField, curvature operation: any SymmetricOperator, along direction: [Double]
  ) throws(CurvatureError) -> Result {
    precondition(direction.count == field.dimension && direction.count == operation.dimension)
    let d = VectorStorage(direction)
    scale(d.pointer, by: 1 / norm(d.pointer, count: d.count), count: d.count)
    let image = VectorStorage(count: d.count)
    let base = field.value(displacedBy: nil, times: 0)
    field.gradient(displacedBy: nil, times: 0, into: image.pointer)
    let slope = dot(image.pointer, d.pointer, count: d.count)
    operation.apply(d.pointer, into: image.pointer)
    let bend = dot(image.pointer, d.pointer, count: d.count)
    guard base.isFinite && slope.isFinite && bend.isFinite else { throw .notFinite(what: "the loss") }
    var first: [Double] = []
    var second: [Double] = []
    for h in steps {
      let change = field.value(displacedBy: d.pointer, times: h) - base
      first.append(abs(change - h * slope))
      second.append(abs(change - h * slope - 0.5 * h * h * bend))
    }
    let floor = 64 * field.roundoff * abs(base)
    return Result(
      steps: steps, slope: slope, curvature: bend, firstOrderErrors: first, secondOrderErrors: second,
      firstObservedOrder: order(of: first, over: floor), secondObservedOrder: order(of: second, over: floor))
  }

  /// log(e(h₁)/e(h₂))/log(h₁/h₂) at the last pair of steps whose errors are both over `floor`.
  private func order(of errors: [Double], over floor: Double) -> Double? {
    let usable = errors.prefix { $0 > floor && $0.isFinite }.count
    guard usable >= 2 else { return nil }
    return .log(errors[usable - 2] / errors[usable - 1]) / .log(steps[usable - 2] / steps[usable - 1])
  }
}
