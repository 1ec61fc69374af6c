import Curvature
import Kernels

/// The loss of a network as a function of its weights, over fixed samples: what curvature is measured of.
///
/// E(w) is the mean loss over the samples and the penalty ½λ‖W‖² on the kernels. Dropout and noise are off, or those of
/// one step and stay so. The weights are copied: training may go on.
public final class LossSurface<S: Scalar> {
  public let network: Network
  public let loss: Loss
  public let dropout: Dropout
  public let l2: Double
  /// σ of the noise on the data where there are masks.
  public let inputNoise: Double
  public let parameters: AlignedBuffer<S>
  public let samples: Samples<S>
  /// Indices of the samples that count; nil for all of them.
  public let rows: [Int32]?
  /// Seed and step of the frozen dropout masks; nil for no dropout.
  public let masks: (seed: UInt64, step: Int)?

  let engine: Backpropagation<S>
  private let displaced: AlignedBuffer<S>
  private let slope: AlignedBuffer<S>

  public init(
    network: Network, loss: Loss, dropout: Dropout, l2: Double = 0, inputNoise: Double = 0,
    parameters: AlignedBuffer<S>, samples: Samples<S>, rows: [Int32]? = nil, masks: (seed: UInt64, step: Int)? = nil
  ) {
    precondition(parameters.count == network.parameterCount && samples.featureCount == network.inputs)
    precondition(rows.map { !$0.isEmpty && $0.allSatisfy { $0 >= 0 && $0 < samples.count } } ?? (samples.count > 0))
    self.network = network
    self.loss = loss
    self.dropout = dropout
    self.l2 = l2
    self.inputNoise = inputNoise
    self.samples = samples
    self.rows = rows
    self.masks = masks
    self.parameters = AlignedBuffer(count: parameters.count)
    self.parameters.pointer.update(from: parameters.pointer, count: parameters.count)
    engine = Backpropagation(network: network, loss: loss, dropout: dropout, l2: l2, inputNoise: inputNoise)
    displaced = AlignedBuffer(count: parameters.count)
    slope = AlignedBuffer(count: parameters.count)
  }

  /// The surface a trial's engine descends.
  public convenience init(
    _ engine: Backpropagation<S>, parameters: AlignedBuffer<S>, samples: Samples<S>, rows: [Int32]? = nil,
    masks: (seed: UInt64, step: Int)? = nil
  ) {
    self.init(
      network: engine.network, loss: engine.loss, dropout: engine.dropout, l2: Double(engine.l2),
      inputNoise: engine.inputNoise, parameters: parameters, samples: samples, rows: rows, masks: masks)
  }

  public var dimension: Int { network.parameterCount }

  /// Samples that count.
  public var sampleCount: Int { rows?.count ?? samples.count }

  /// What a present unit of a layer's input is multiplied by on its way into the product, with and without masks.
  func kernelScale(layer: Int) -> S { masks == nil ? S(dropout.testScale(layer: layer)) : 1 }

  /// E(w + αv), in the network's scalar with the samples' losses added in Double.
  public func value(displacedBy v: UnsafePointer<Double>? = nil, times alpha: Double = 0) -> Double {
    withNumericEnvironment {
      displace(v, alpha)
      return withRows { engine.value(at: displaced, of: samples, rows: $0, masks: masks) }
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func displace(_ v: UnsafePointer<Double>?, _ alpha: Double) {
    displaced.pointer.update(from: parameters.pointer, count: dimension)
    guard let v else { return }
    for index in 0..<dimension {
      displaced.pointer[index] = S(Double(parameters.pointer[index]) + alpha * v[index])
    }
  }

  func withRows<Result>(_ body: (UnsafeBufferPointer<Int32>?) -> Result) -> Result {
    withPointer(to: rows, body)
  }
}

/// Calls `body` with the indices of a batch, nil for all samples.
func withPointer<Result>(to rows: [Int32]?, _ body: (UnsafeBufferPointer<Int32>?) -> Result) -> Result {
  guard let rows else { return body(nil) }
  return rows.withUnsafeBufferPointer { body($0) }
}

extension LossSurface: ScalarField {
  /// A few roundings of a loss in the network's scalar.
  public var roundoff: Double { 4 * Double(S.ulpOfOne) }

  public func gradient(
    displacedBy v: UnsafePointer<Double>?, times alpha: Double, into result: UnsafeMutablePointer<Double>
  ) {
    gradient(of: rows, displacedBy: v, times: alpha, into: result)
  }

  /// The gradient over some of the samples alone.
  func gradient(
    of rows: [Int32]?, displacedBy v: UnsafePointer<Double>?, times alpha: Double,
    into result: UnsafeMutablePointer<Double>
  ) {
    withNumericEnvironment {
      displace(v, alpha)
      _ = withPointer(to: rows) {
        engine.gradient(at: displaced, of: samples, rows: $0, masks: masks, into: slope)
      }
      convert(slope.pointer, toDouble: result, count: dimension)
    }
  }
}

extension Backpropagation {
  /// The mean loss of a batch with its penalty: what `gradient` returns, without the gradient.
  func value(
    at parameters: AlignedBuffer<S>, of samples: Samples<S>, rows: UnsafeBufferPointer<Int32>?,
    masks: (seed: UInt64, step: Int)?
  ) -> Double {
    let count = rows?.count ?? samples.count
    startMasks(masks)
    var sum = 0.0
    var start = 0
    while start < count {
      let block = Block(start: start, count: min(blockRows, count - start))
      forward(parameters, samples, rows, block, masked: masks != nil)
      sum += outputLoss(parameters, block, scale: 1, countsCorrect: false).loss
      start += block.count
    }
    return sum / Double(count) + penalty(parameters)
  }
}
