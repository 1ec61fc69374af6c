import Curvature
import Kernels

/// The mean of f(w − x) over points x: a function as a loss that trains as a network's does.
///
/// Samples carry the points as features and f(x) as targets. f is quadratic, or there is one point. Computed in Double at
/// parameters in the trial's scalar.
public final class ProblemLoss<S: Scalar>: TrainableLoss {
  private let function: any TestFunction
  private var slope: [Double]
  public let buffers = BufferPool<S>()

  public init(_ function: any TestFunction) {
    self.function = function
    slope = [Double](repeating: 0, count: function.dimension)
  }

  public var parameterCount: Int { function.dimension }

  public var isRandom: Bool { false }

  public func step(
    _ parameters: AlignedBuffer<S>, of samples: Samples<S>, rows: UnsafeBufferPointer<Int32>?,
    masks: (seed: UInt64, step: Int), by optimizer: any OptimizerState<S>, learningRate: Double, bound: Double,
    gradient: AlignedBuffer<S>
  ) -> (loss: Double, square: Double?) {
    let mean = MeanFunction(function, samples, rows: rows)
    let loss = mean.value(at: parameters.array.map { Double($0) }, gradient: &slope)
    guard loss <= bound else { return (loss, nil) }
    convert(slope, to: gradient.pointer, count: parameterCount)
    return (loss, optimizer.update(parameters, gradient: gradient, learningRate: learningRate))
  }

  /// The accuracy is NaN, and the loss too where there are no points; there is no variance.
  public func evaluate(
    _ parameters: AlignedBuffer<S>, on samples: Samples<S>, measuresVariance: Bool
  ) -> Evaluation {
    guard samples.count > 0 else { return Evaluation(loss: .nan, accuracy: .nan) }
    let mean = MeanFunction(function, samples, rows: nil)
    return Evaluation(loss: mean.value(at: parameters.array.map { Double($0) }, gradient: &slope), accuracy: .nan)
  }

  public func objective(on samples: Samples<S>) -> any BatchObjective { ProblemObjective(function, samples: samples) }
}

/// The mean of f(w − x) over a batch of points, as a function of w.
public final class ProblemObjective<S: Scalar>: BatchObjective {
  private let function: any TestFunction
  private let samples: Samples<S>
  private var mean: MeanFunction
  public var rows: [Int32]? {
    didSet { mean = withPointer(to: rows) { MeanFunction(function, samples, rows: $0) } }
  }
  /// Of no effect: nothing is dropped.
  public var masks: (seed: UInt64, step: Int)?

  public init(_ function: any TestFunction, samples: Samples<S>) {
    self.function = function
    self.samples = samples
    mean = MeanFunction(function, samples, rows: nil)
  }

  public var dimension: Int { function.dimension }

  public func value(at w: [Double]) -> Double {
    var gradient = w
    return value(at: w, gradient: &gradient)
  }

  public func value(at w: [Double], gradient: inout [Double]) -> Double { mean.value(at: w, gradient: &gradient) }

  public func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix {
    function.curvature(form, at: sum(w, -1, mean.center))
  }

  public func squaredDiagonal(at w: [Double]) -> [Double] { curvature(.gaussNewton, at: w).diagonal() }
}

/// f(w − x̄) + c, the mean of f(w − x) over a batch of points with the mean x̄.
///
/// c = mean f(x) − f(x̄): what a quadratic's values at the points are apart. 0 for one point, whatever the function.
private struct MeanFunction {
  let function: any TestFunction
  let center: [Double]
  private let constant: Double

  init<S: Scalar>(_ function: any TestFunction, _ samples: Samples<S>, rows: UnsafeBufferPointer<Int32>?) {
    precondition(samples.featureCount == function.dimension && (function.isQuadratic || samples.count == 1))
    self.function = function
    let (center, value) = meanPoint(samples, rows)
    self.center = center
    constant = samples.count == 1 ? 0 : value - function.value(at: center)
  }

  func value(at w: [Double], gradient: inout [Double]) -> Double {
    function.value(at: sum(w, -1, center), gradient: &gradient) + constant
  }
}

/// The means of a batch's points and of their targets.
@specialized(where S == Float)
@specialized(where S == Double)
private func meanPoint<S: Scalar>(_ samples: Samples<S>, _ rows: UnsafeBufferPointer<Int32>?) -> ([Double], Double) {
  guard case .values(let values, _) = samples.targets else { preconditionFailure("points have values") }
  let count = rows?.count ?? samples.count
  var center = [Double](repeating: 0, count: samples.featureCount)
  var value = 0.0
  for index in 0..<count {
    let row = rows.map { Int($0[index]) } ?? index
    let point = samples.features.pointer + row * samples.featureCount
    for column in center.indices { center[column] += Double(point[column]) }
    value += Double(values.pointer[row])
  }
  return (center.map { $0 / Double(count) }, value / Double(count))
}
