import Curvature
import Experiments
import Kernels
import Learning

/// Measures the curvature of one network's or problem's loss, at whatever weights, over fixed samples.
struct CurvatureMeter<S: Scalar> {
  let specification: CurvatureSpecification
  /// λ that the run's optimizer adds to the gradient as λw; 0 for decoupled decay.
  var weightDecay = 0.0
  private let parameterCount: Int
  private let sampleCount: Int
  /// The loss around these weights.
  private let surface: (AlignedBuffer<S>) -> any ProbedSurface

  init(_ specification: CurvatureSpecification, _ engine: Backpropagation<S>, _ samples: SplitSamples<S>) {
    let masks = specification.dropout == .frozen ? (seed: specification.seed, step: 0) : nil
    self.init(specification, samples, parameterCount: engine.network.parameterCount) { parameters, part, rows in
      // Without noise on the inputs, which is training's alone.
      LossSurface(
        network: engine.network, loss: engine.loss, dropout: engine.dropout, l2: Double(engine.l2),
        parameters: parameters, samples: part, rows: rows, masks: masks)
    }
  }

  init(_ specification: CurvatureSpecification, _ function: any TestFunction, _ points: SplitSamples<S>) {
    self.init(specification, points, parameterCount: function.dimension) { parameters, part, rows in
      ProblemSurface(function, parameters: parameters, samples: part, rows: rows)
    }
  }

  private init(
    _ specification: CurvatureSpecification, _ samples: SplitSamples<S>, parameterCount: Int,
    _ surface: @escaping (AlignedBuffer<S>, Samples<S>, [Int32]?) -> any ProbedSurface
  ) {
    self.specification = specification
    self.parameterCount = parameterCount
    let part = specification.part == .training ? samples.train : samples.validation
    let rows = specification.samples.flatMap { CurvatureProbe.rows($0, of: part.count, seed: specification.seed) }
    sampleCount = rows?.count ?? part.count
    self.surface = { surface($0, part, rows) }
  }

  /// A measurement at weights of which some may be infinite: its status then says so, and its numbers are NaN.
  func measure(
    at parameters: AlignedBuffer<S>, epoch: Int, moments: CurvatureMoments, learningRate: Double
  ) -> CurvatureMeasurement {
    var measurement = empty(epoch: epoch, moments: moments, learningRate: learningRate)
    guard (0..<parameters.count).allSatisfy({ parameters.pointer[$0].isFinite }) else {
      measurement.status = .weightsNotFinite
      return measurement
    }
    do {
      // As within training, so that weights from the disk give the same bits.
      let result = try withNumericEnvironment { () throws(CurvatureError) in
        let surface = surface(parameters)
        let probe = CurvatureProbe(specification, ulpOfOne: surface.ulpOfOne)
        return try probe.measure(surface, learningRate: learningRate, weightDecay: weightDecay)
      }
      measurement.take(result, specification)
    } catch .notFinite {
      measurement.status = .notFinite
    } catch {
      measurement.status = .failed
    }
    return measurement
  }

  /// How long the passes take that measurements are made of.
  func times(at parameters: AlignedBuffer<S>) -> ProbeTimes {
    withNumericEnvironment {
      ProbeTimes(surface(parameters), matrix: CurvatureProbe.Matrix(specification.matrix))
    }
  }

  /// A measurement without numbers.
  private func empty(epoch: Int, moments: CurvatureMoments, learningRate: Double) -> CurvatureMeasurement {
    var measurement = CurvatureMeasurement(moments: moments, epoch: epoch)
    measurement.matrix = specification.matrix
    measurement.part = specification.part
    measurement.dropout = specification.dropout
    measurement.samples = sampleCount
    measurement.parameters = parameterCount
    measurement.learningRate = learningRate
    return measurement
  }
}

extension CurvatureProbe.Matrix {
  init(_ matrix: CurvatureSpecification.Matrix) { self.init(rawValue: matrix.rawValue)! }
}

extension CurvatureProbe {
  /// - Parameter ulpOfOne: Of the scalar that gradients are computed in.
  init(_ specification: CurvatureSpecification, ulpOfOne: Double) {
    let power = PowerIteration(
      tolerance: specification.tolerance, maximumProducts: specification.iterations)
    let wanted = specification.largest + specification.smallest
    self.init(
      matrix: Matrix(specification.matrix), largest: specification.largest,
      smallest: specification.smallest, tolerance: specification.tolerance,
      maximumProducts: specification.iterations,
      // Where all of them are wanted anyway, the matrix gives them exactly.
      denseLimit: specification.fullSpectrum ? CurvatureSpecification.fullSpectrumLimit : wanted,
      density: specification.density.map { SpectralDensity(probes: $0.probes, steps: $0.steps) },
      trace: specification.traceProbes.map { TraceEstimate(probes: $0) },
      power: specification.estimates.contains(.power) ? power : nil,
      taylor: specification.estimates.contains(.taylor) ? TaylorIteration(ulpOfOne: ulpOfOne, iteration: power) : nil,
      online: specification.estimates.contains(.online) ? OnlineEstimate() : nil,
      measuresLayers: specification.layers, taylorModel: specification.taylorModels ? TaylorModel() : nil,
      measuresDiagonal: specification.keepsDiagonal, keepsPrincipalVector: specification.keepsPrincipalVector,
      seed: specification.seed)
  }
}
