import Kernels

extension Backpropagation {
  /// The block's share of the gradient from the outputs' δ: replaces `gradient` in the batch's first block, adds to it
  /// in the others.
  ///
  /// - Parameter update: Takes in the gradients of large kernels at once, which `gradient` then lacks. Only where the
  ///   block is the whole batch.
  /// - Returns: Σg² of what `update` took in.
  @specialized(where S == Float)
  @specialized(where S == Double)
  @discardableResult
  func backward(
    _ parameters: AlignedBuffer<S>, _ gradient: AlignedBuffer<S>, _ block: Block, masked: Bool,
    updating update: FusedUpdate<S>? = nil
  ) -> Double {
    let first = block.start == 0
    var delta = outputDelta.pointer
    var square = 0.0
    for index in network.layers.indices.reversed() {
      let layer = network.layers[index]
      let scale = kernelScale(layer: index, masked: masked)
      let rows = block.count &* layer.positions
      if let bias = layer.biasOffset {
        columnSums(delta, rows: rows, columns: layer.outputs, into: gradient.pointer + bias, accumulate: !first)
      }
      let below = otherDelta(than: delta)
      // Before the kernel's own gradient, whose update changes the kernel.
      if index > 0 { descend(through: index, delta, to: below, parameters, count: block.count, scale: scale) }
      if let update, fusion.layers[index] {
        square += descend(index, delta, block, scale: scale, gradient, update)
      } else if let convolution = convolution(index, count: block.count, scale: scale) {
        convolution.kernelGradient(
          inputs[index].pointer, delta, into: gradient.pointer + layer.kernelOffset, accumulate: !first)
      } else {
        kernelGradient(
          of: index, inputs[index].pointer, delta, count: block.count, scale: scale, accumulate: !first,
          into: gradient.pointer + layer.kernelOffset)
      }
      guard index > 0 else { break }
      delta = passDown(below, to: index - 1, block, masked: masked)
    }
    return square
  }

  private func otherDelta(than delta: UnsafeMutablePointer<S>) -> UnsafeMutablePointer<S> {
    delta == deltas[0].pointer ? deltas[1].pointer : deltas[0].pointer
  }

  /// ∂E/∂(input) of a layer from δ of its z: s·δ·Wᵀ, folded back onto the images where it has some.
  ///
  /// - Parameter accumulate: Adds to `below` instead of replacing it.
  func descend(
    through index: Int, _ delta: UnsafePointer<S>, to below: UnsafeMutablePointer<S>, _ kernels: AlignedBuffer<S>,
    count: Int, scale: S, accumulate: Bool = false
  ) {
    let layer = network.layers[index]
    let kernel = kernels.pointer + layer.kernelOffset
    func multiply(_ first: Int, _ samples: Int, beta: S, into c: UnsafeMutablePointer<S>) {
      S.product(
        transposeA: false, transposeB: true, m: samples &* layer.positions, n: layer.inputs, k: layer.outputs,
        alpha: scale, a: delta + first &* layer.mapWidth, strideA: layer.outputs, b: kernel, strideB: layer.outputs,
        beta: beta, c: c, strideC: layer.inputs)
    }
    guard let grid = layer.convolution else { return multiply(0, count, beta: accumulate ? 1 : 0, into: below) }
    if !accumulate, let convolution = convolution(index, count: count, scale: scale) {
      return convolution.imageGradient(delta, kernel, into: below)
    }
    let step = Self.partSamples(of: layer)
    var first = 0
    while first < count {
      let samples = min(step, count &- first)
      multiply(first, samples, beta: 0, into: columnDelta.pointer)
      fold(columnDelta.pointer, count: samples, grid, into: below + first &* layer.inputWidth, accumulate: accumulate)
      first &+= samples
    }
  }

  /// ∂E/∂W of a layer from its input and δ of its z: s·Aᵀ·δ.
  ///
  /// - Parameter accumulate: Adds to `kernel` instead of replacing it.
  func kernelGradient(
    of index: Int, _ features: UnsafePointer<S>, _ delta: UnsafePointer<S>, count: Int, scale: S, accumulate: Bool,
    into kernel: UnsafeMutablePointer<S>
  ) {
    let layer = network.layers[index]
    let inputs = layer.inputs
    let width = layer.outputs
    // Zeros of the features are left out by the product itself, those of δ only so.
    if layer.convolution == nil,
      sparseDelta.compress(delta, rows: count, columns: width, scale: scale, a: features, m: inputs)
    {
      return sparseDelta.product(
        m: inputs, a: features, strideA: inputs, accumulate: accumulate, c: kernel, strideC: width)
    }
    forEachPart(of: index, features, count: count) { a, start, samples in
      S.product(
        transposeA: true, transposeB: false, m: inputs, n: width, k: samples &* layer.positions, alpha: scale, a: a,
        strideA: inputs, b: delta + start &* layer.mapWidth, strideB: width, beta: accumulate || start > 0 ? 1 : 0,
        c: kernel, strideC: width)
    }
  }

  /// δ of a hidden layer's z from ∂E/∂(input) of the layer above.
  private func passDown(
    _ features: UnsafeMutablePointer<S>, to index: Int, _ block: Block, masked: Bool
  ) -> UnsafeMutablePointer<S> {
    let layer = network.layers[index]
    var delta = features
    if layer.pooling != nil {
      delta = otherDelta(than: features)
      passages[index].lower(features, count: block.count, into: delta)
    }
    passThroughActivation(delta, layer: index, rows: block.count, masked: masked)
    return delta
  }

  /// δ of a hidden layer's output becomes δ of its z.
  private func passThroughActivation(_ delta: UnsafeMutablePointer<S>, layer index: Int, rows: Int, masked: Bool) {
    let layer = network.layers[index]
    let count = rows * layer.mapWidth
    if let derivative = derivatives[index] {
      multiply(delta, by: derivative.pointer, count: count)
    } else if layer.activation.isRectifier {
      let isDropped = masked && layer.pooling == nil && dropout.keepProbabilities[index + 1] < 1
      let scale = S(isDropped ? dropout.trainingScale(layer: index + 1) : 1)
      let output = maps[index].pointer
      if layer.convolution == nil,
        sparseDelta.backpropagateReLU(
          delta, output: output, rows: rows, columns: layer.outputs, scale: scale, m: layer.inputs)
      {
        return
      }
      backpropagateReLU(delta, output: output, count: count, scale: scale)
    }
  }
}
