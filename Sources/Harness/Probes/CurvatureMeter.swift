import Curvature
import Experiments
import Kernels
import Learning

/// Measures the curvature of one network's loss, at whatever weights, over fixed samples.
struct CurvatureMeter<S: Scalar> {
  let specification: CurvatureSpecification
  private let engine: Backpropagation<S>
  private let samples: Samples<S>
  private let rows: [Int32]?

  init(_ specification: CurvatureSpecification, _ engine: Backpropagation<S>, _ samples: SplitSamples<S>) {
    self.specification = specification
    self.engine = engine
    let part = specification.part == .training ? samples.train : samples.validation
    self.samples = part
    rows = specification.samples.flatMap { CurvatureProbe.rows($0, of: part.count, seed: specification.seed) }
  }

  /// A measurement at weights of which some may be infinite: its status then says so, and its numbers are NaN.
  func measure(
    at parameters: AlignedBuffer<S>, epoch: Int, moments: CurvatureMoments, learningRate: Double
  ) -> CurvatureMeasurement {
    let surface = LossSurface(
      engine, parameters: parameters, samples: samples, rows: rows,
      masks: specification.dropout == .frozen ? (specification.seed, 0) : nil)
    var measurement = unmeasured(.measured, epoch: epoch, moments: moments, learningRate: learningRate)
    do {
      // As within training, so that weights from the disk give the same bits.
      let result = try withNumericEnvironment { () throws(CurvatureError) in
        try CurvatureProbe(specification).measure(surface, learningRate: learningRate)
      }
      measurement.take(result, specification)
    } catch .notFinite {
      measurement.status = .notFinite
    } catch {
      measurement.status = .failed
    }
    return measurement
  }

  /// A measurement without numbers.
  func unmeasured(
    _ status: CurvatureMeasurement.Status, epoch: Int, moments: CurvatureMoments, learningRate: Double
  ) -> CurvatureMeasurement {
    var measurement = CurvatureMeasurement(moments: moments, epoch: epoch)
    measurement.status = status
    measurement.matrix = specification.matrix
    measurement.part = specification.part
    measurement.dropout = specification.dropout
    measurement.samples = rows?.count ?? samples.count
    measurement.parameters = engine.network.parameterCount
    measurement.learningRate = learningRate
    return measurement
  }
}

extension CurvatureProbe {
  init(_ specification: CurvatureSpecification) {
    let power = PowerIteration(
      tolerance: specification.tolerance, maximumProducts: specification.iterations)
    let wanted = specification.largest + specification.smallest
    self.init(
      matrix: Matrix(rawValue: specification.matrix.rawValue)!, largest: specification.largest,
      smallest: specification.smallest, tolerance: specification.tolerance,
      maximumProducts: specification.iterations,
      // Where all of them are wanted anyway, the matrix gives them exactly.
      denseLimit: specification.fullSpectrum ? CurvatureSpecification.fullSpectrumLimit : wanted,
      density: specification.density.map { SpectralDensity(probes: $0.probes, steps: $0.steps) },
      trace: specification.traceProbes.map { TraceEstimate(probes: $0) },
      power: specification.estimates.contains(.power) ? power : nil,
      taylor: specification.estimates.contains(.taylor) ? TaylorIteration(iteration: power) : nil,
      online: specification.estimates.contains(.online) ? OnlineEstimate() : nil,
      measuresLayers: specification.layers, taylorModel: specification.taylorModels ? TaylorModel() : nil,
      measuresDiagonal: specification.keepsDiagonal, keepsPrincipalVector: specification.keepsPrincipalVector,
      seed: specification.seed)
  }
}
