import Experiments
import Kernels
import Learning
import Settings

// The experiment's words in the engine's terms.

extension Activation {
  init(_ choice: PartChoice) { self.init(choice.make(as: (any ActivationFunction).self)) }
}

extension Initialization {
  init(_ specification: InitializationSpecification) {
    self.init(specification.choice.make(as: (any KernelInitializer).self))
  }
}

extension Loss {
  init(_ choice: PartChoice) { self.init(choice.make(as: (any NetworkLoss).self)) }
}

extension Dropout.Form {
  init(_ form: DropoutSpecification.Form) { self.init(rawValue: form.rawValue)! }
}

extension Schedule {
  init(_ specification: ScheduleSpecification) {
    self.init(specification.choice.make(as: (any SchedulePart).self), warmupEpochs: specification.warmupEpochs)
  }
}

extension ImageShape {
  init(_ image: ImageSize) { self.init(height: image.height, width: image.width, channels: image.channels) }
}

extension Window {
  init(_ window: WindowSpecification) {
    self.init(
      height: window.height, width: window.width, stride: window.stride,
      padding: Padding(rawValue: window.padding.rawValue)!)
  }
}

extension ConvolutionSpecification {
  func layers(_ activation: Activation) -> [LayerDefinition] {
    let pooling = pooling.map { [LayerDefinition.pooling(.init(rawValue: $0.kind.rawValue)!, Window($0.window))] }
    return [.convolution(channels: channels, Window(window), activation)] + (pooling ?? [])
  }
}

extension OptimizerSpecification {
  /// What makes a run's steps, with its state at the start.
  func rule<S: Scalar>(_ loss: any TrainableLoss<S>, _ samples: Samples<S>) -> TrainingRule<S> {
    switch optimizer {
    case let method as any SecondOrderOptimizer:
      return .descent(BatchDescent(method.makeState(), stopping: method.stopping, loss: loss, samples: samples))
    case let method as any FirstOrderOptimizer:
      return .gradients(method.makeState(parameterCount: loss.parameterCount, buffers: loss.buffers))
    default: preconditionFailure("\(kind.name) is of neither order")
    }
  }
}

extension Trace {
  /// Epoch 0 has no batches behind it.
  init(_ measurements: [EpochMeasurement]) {
    self.init()
    batchLoss = measurements.map(\.batchLoss)
    trainLoss = measurements.map(\.training.loss)
    trainAccuracy = measurements.map(\.training.accuracy)
    validationLoss = measurements.map(\.validation.loss)
    validationAccuracy = measurements.map(\.validation.accuracy)
    learningRate = measurements.map(\.learningRate)
    gradientNorm = measurements.map(\.gradientNorm)
    seconds = measurements.map(\.seconds)
    gradientPasses = measurements.map(\.passes.gradients)
    productPasses = measurements.map(\.passes.products)
    let costs = measurements.map(\.passes.productCost)
    productCost = costs.allSatisfy(\.isNaN) ? [] : costs
    guard measurements.contains(where: { $0.descent != nil }) else { return }
    stepLength = own(measurements, \.stepLength)
    damping = own(measurements, \.damping)
    innerIterations = own(measurements) { Double($0.innerIterations) }
    evaluations = own(measurements) { Double($0.evaluations) }
  }

  /// A trace that only second-order methods have; empty where it would be of NaN alone.
  private func own(_ measurements: [EpochMeasurement], _ value: (EpochDescent) -> Double) -> [Double] {
    let values = measurements.map { $0.descent.map(value) ?? .nan }
    return values.allSatisfy(\.isNaN) ? [] : values
  }
}

extension Network {
  /// The named parts of the flat parameter vector.
  var slices: [ParameterSlice] {
    layers.enumerated().flatMap { index, layer in
      let kernel = ParameterSlice(
        layer: index, role: "kernel", offset: layer.kernelOffset, shape: layer.kernelShape)
      let bias = layer.biasOffset.map {
        ParameterSlice(layer: index, role: "bias", offset: $0, shape: [layer.outputs])
      }
      return [kernel] + (bias.map { [$0] } ?? [])
    }
  }
}
