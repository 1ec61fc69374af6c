import Kernels

/// Everything of a block of samples that products with a curvature matrix need and that no direction changes.
final class LinearizedBlock<S: Scalar> {
  private(set) var start: Int
  let count: Int
  /// Every layer's input. The first points into the samples where they are taken in their order.
  private(set) var inputs: [UnsafePointer<S>] = []
  /// φ′ times mask and scale of every hidden layer; nil where that is 1.
  let derivatives: [AlignedBuffer<S>?]
  /// φ″∘(∂E/∂a), a the layer's output, with mask and scale: what a change of z adds to δ. Nil where it is zero, and for
  /// the Gauss–Newton matrix.
  let bends: [AlignedBuffer<S>?]
  /// δ = ∂E/∂z of every layer, the 1/N of the mean included; empty for the Gauss–Newton matrix.
  let deltas: [AlignedBuffer<S>]
  /// What the loss keeps for products with ∂²E/∂z²: class probabilities for softmax, others its diagonal with the 1/N.
  let output: AlignedBuffer<S>
  /// Inputs that had to be copied or computed.
  let storage: [AlignedBuffer<S>?]
  /// What is kept between each layer's activations and the next one's input.
  let passages: [Passage<S>]

  init(start: Int, count: Int, surface: LossSurface<S>, form: CurvatureForm) {
    let layers = surface.network.layers
    let isExact = form == .hessian
    self.start = start
    self.count = count
    func buffer(_ columns: Int) -> AlignedBuffer<S> { AlignedBuffer(count: count * columns) }
    storage = layers.indices.map { index in
      index == 0 && !surface.copiesInputs ? nil : buffer(layers[index].inputWidth)
    }
    derivatives = layers.indices.dropLast().map { index in
      surface.passesUnchanged(index) ? nil : buffer(layers[index].mapWidth)
    }
    bends = layers.dropLast().map { layer in
      isExact && !layer.activation.isPiecewiseLinear ? buffer(layer.mapWidth) : nil
    }
    deltas = isExact ? layers.map { buffer($0.mapWidth) } : []
    passages = layers.indices.dropLast().map {
      Passage(layers[$0], rows: count, drops: surface.drops($0 + 1))
    }
    output = buffer(surface.network.outputs)
    move(to: start, surface)
  }

  /// Makes this the memory of the block that starts there.
  func move(to start: Int, _ surface: LossSurface<S>) {
    self.start = start
    inputs = storage.map { buffer in
      if let buffer { return UnsafePointer(buffer.pointer) }
      return UnsafePointer(surface.samples.features.pointer + start * surface.network.inputs)
    }
  }

  /// Scalars that a sample takes.
  static func width(_ surface: LossSurface<S>, _ form: CurvatureForm) -> Int {
    let layers = surface.network.layers
    var width = surface.network.outputs + (surface.copiesInputs ? surface.network.inputs : 0)
    for (index, layer) in layers.enumerated() {
      if form == .hessian { width += layer.mapWidth }
      guard index < layers.count - 1 else { break }
      width += layer.outputWidth + Passage<S>.width(layer, drops: surface.drops(index + 1))
      if !surface.passesUnchanged(index) { width += layer.mapWidth }
      if form == .hessian && !layer.activation.isPiecewiseLinear { width += layer.mapWidth }
    }
    return width
  }
}

/// Which matrix of second derivatives.
public enum CurvatureForm: String, CaseIterable, Hashable, Sendable {
  /// H, exact.
  case hessian
  /// JᵀH_L J, J the outputs' Jacobian and H_L the loss' Hessian in them: the generalised Gauss–Newton matrix, which for
  /// squared error is the square Jacobian. Positive semi-definite for every loss that is convex in the outputs.
  case gaussNewton = "gauss_newton"
}

extension LossSurface {
  /// Whether a block's feature rows are gathered, noisy or masked, so that the samples' own memory does not do.
  var copiesInputs: Bool { rows != nil || disturbs }

  /// Whether the data are not as they are.
  var disturbs: Bool { drops(0) || masks != nil && inputNoise > 0 }

  /// Whether units of a layer's input are dropped.
  func drops(_ layer: Int) -> Bool { masks != nil && dropout.keepProbabilities[layer] < 1 }

  /// Whether a hidden layer's outputs are its z. What is dropped after pooling is the passage's.
  func passesUnchanged(_ layer: Int) -> Bool {
    network.layers[layer].activation.isIdentity && (network.layers[layer].pooling != nil || !drops(layer + 1))
  }
}
