import Curvature
import Kernels

/// The loss of a network over some of its samples, as a function of its weights: dropout off, or with the masks of one
/// step, the L2 penalty in.
///
/// Losses, gradients and products are computed in the network's scalar, at weights rounded to it.
public final class NetworkObjective<S: Scalar>: Objective {
  private let engine: Backpropagation<S>
  private let samples: Samples<S>
  /// The batch: indices of the samples that count; nil for all of them.
  public var rows: [Int32]?
  /// Seed and step of the dropout masks; nil for no dropout.
  public var masks: (seed: UInt64, step: Int)?

  private let parameters: AlignedBuffer<S>
  private let slope: AlignedBuffer<S>

  public init(
    _ engine: Backpropagation<S>, samples: Samples<S>, rows: [Int32]? = nil,
    masks: (seed: UInt64, step: Int)? = nil
  ) {
    self.engine = engine
    self.samples = samples
    self.rows = rows
    self.masks = masks
    parameters = AlignedBuffer(count: engine.network.parameterCount)
    slope = AlignedBuffer(count: engine.network.parameterCount)
  }

  public var dimension: Int { engine.network.parameterCount }

  public func value(at w: [Double]) -> Double {
    move(to: w)
    return withNumericEnvironment {
      withPointer(to: rows) { engine.value(at: parameters, of: samples, rows: $0, masks: masks) }
    }
  }

  public func value(at w: [Double], gradient: inout [Double]) -> Double {
    move(to: w)
    return withNumericEnvironment {
      let value = withPointer(to: rows) {
        engine.gradient(at: parameters, of: samples, rows: $0, masks: masks, into: slope)
      }
      convert(slope.pointer, toDouble: &gradient, count: dimension)
      return value
    }
  }

  public func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix {
    switch form {
    case .hessian: HessianOperator(surface(at: w))
    case .gaussNewton: GaussNewtonOperator(surface(at: w))
    }
  }

  public func squaredDiagonal(at w: [Double]) -> [Double] { GaussNewtonOperator(surface(at: w)).squaredDiagonal() }

  private func surface(at w: [Double]) -> LossSurface<S> {
    move(to: w)
    return LossSurface(engine, parameters: parameters, samples: samples, rows: rows, masks: masks)
  }

  private func move(to w: [Double]) { convert(w, to: parameters.pointer, count: dimension) }
}
