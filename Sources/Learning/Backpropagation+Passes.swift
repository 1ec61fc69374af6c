import Kernels

extension Backpropagation {
  /// Brings a block's rows into the first layer's input and runs them up to the outputs, whose bias is left to the loss.
  ///
  /// - Parameter masked: Whether there is noise and units are dropped, by the generators as they stand.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func forward(
    _ parameters: AlignedBuffer<S>, _ samples: Samples<S>, _ rows: UnsafeBufferPointer<Int32>?, _ block: Block,
    masked: Bool
  ) {
    bringIn(samples, rows, block, masked: masked)
    for (index, layer) in network.layers.enumerated() {
      let isLast = index == network.layers.count - 1
      let z = isLast ? outputs.pointer : maps[index].pointer
      let rows = block.count &* layer.positions
      let scale = kernelScale(layer: index, masked: masked)
      let kernel = parameters.pointer + layer.kernelOffset
      if let convolution = convolution(index, count: block.count, scale: scale) {
        convolution.maps(of: inputs[index].pointer, kernel, into: z)
      } else {
        forEachPart(of: index, inputs[index].pointer, count: block.count) { a, first, samples in
          S.product(
            transposeA: false, transposeB: false, m: samples &* layer.positions, n: layer.outputs, k: layer.inputs,
            alpha: scale, a: a, strideA: layer.inputs, b: kernel, strideB: layer.outputs, beta: 0,
            c: z + first &* layer.mapWidth, strideC: layer.outputs)
        }
      }
      if isLast { break }
      if masked, rectify(from: index, z, rows: rows, bias: bias(of: layer, parameters)) { continue }
      let derivative = derivatives[index]?.pointer
      activations[index].apply(
        to: RowMap(
          z: z, rows: rows, columns: layer.outputs, bias: bias(of: layer, parameters), derivative: derivative))
      rise(from: index, block, derivative, masked: masked)
    }
  }

  /// The passes of a layer that is a convolution for `count` samples; nil where its windows are to be unfolded.
  func convolution(_ index: Int, count: Int, scale: S) -> (any ConvolutionPasses<S>)? {
    guard scale == 1, let convolution = convolutions[index] else { return nil }
    return convolution.passes(count: count)
  }

  /// Calls `body` with A of a layer: its features at once, or of a convolution the windows on a few samples after the other.
  ///
  /// - Parameter body: Gets the rows of A, the first sample they belong to, and the number of samples.
  @inline(__always)
  func forEachPart(
    of index: Int, _ features: UnsafePointer<S>, count: Int,
    _ body: (_ a: UnsafePointer<S>, _ first: Int, _ samples: Int) -> Void
  ) {
    let layer = network.layers[index]
    guard let grid = layer.convolution else { return body(features, 0, count) }
    let step = Self.partSamples(of: layer)
    var first = 0
    while first < count {
      let samples = min(step, count &- first)
      unfold(features + first &* layer.inputWidth, count: samples, grid, into: columns.pointer)
      body(UnsafePointer(columns.pointer), first, samples)
      first &+= samples
    }
  }

  /// ReLU and dropout of its units in one pass.
  ///
  /// - Returns: Whether the layer has both and nothing else: the next layer's input is then there.
  private func rectify(
    from index: Int, _ z: UnsafeMutablePointer<S>, rows: Int, bias: UnsafePointer<S>?
  ) -> Bool {
    let layer = network.layers[index]
    guard layer.activation.isRectifier, layer.pooling == nil, layer.outputs & 31 == 0, masks[index + 1] != nil,
      !dropout.perChannel
    else { return false }
    Kernels.rectify(
      z, rows: rows, columns: layer.outputs, bias: bias, &masks[index + 1]!,
      scale: S(dropout.trainingScale(layer: index + 1)))
    return true
  }

  /// A hidden layer's activations become the next layer's input: pooling and dropout.
  private func rise(from index: Int, _ block: Block, _ derivative: UnsafeMutablePointer<S>?, masked: Bool) {
    let features = inputs[index + 1].pointer
    guard network.layers[index].pooling != nil else {
      if masked { drop(layer: index + 1, features, derivative, samples: block.count) }
      return
    }
    let passage = passages[index]
    passage.pool(maps[index].pointer, count: block.count, into: features)
    guard let factors = passage.factors else { return }
    let count = block.count * network.layers[index].outputWidth
    factors.pointer.update(repeating: 1, count: count)
    if masked { drop(layer: index + 1, factors.pointer, nil, samples: block.count) }
    multiply(features, by: factors.pointer, count: count)
  }

  private func bias(of layer: Layer, _ parameters: AlignedBuffer<S>) -> UnsafePointer<S>? {
    layer.biasOffset.map { UnsafePointer(parameters.pointer + $0) }
  }

  /// Adds the last layer's bias to the outputs.
  func addOutputBias(_ parameters: AlignedBuffer<S>, _ block: Block) {
    guard let last = network.layers.last, let bias = bias(of: last, parameters) else { return }
    activations[network.layers.count - 1].apply(
      to: RowMap(z: outputs.pointer, rows: block.count, columns: last.outputs, bias: bias))
  }

  /// What a layer's kernel counts for: p without masks in the weight-scaling form, 1 otherwise.
  func kernelScale(layer: Int, masked: Bool) -> S {
    masked ? 1 : S(dropout.testScale(layer: layer))
  }

  private func bringIn(
    _ samples: Samples<S>, _ rows: UnsafeBufferPointer<Int32>?, _ block: Block, masked: Bool
  ) {
    let width = network.inputs
    let input = inputs[0].pointer
    let source = samples.features.pointer
    bringInTargets(samples, rows, block)
    guard let rows else {
      input.update(from: source + block.start * width, count: block.count * width)
      if masked { disturb(input, samples: block.count) }
      return
    }
    let indices = rows.baseAddress! + block.start
    if masked, masks[0] != nil, inputNoise == 0, !dropout.perChannel, width & 15 == 0 {
      return gather(
        source, width: width, rows: indices, count: block.count, into: input, &masks[0]!,
        scale: S(dropout.trainingScale(layer: 0)))
    }
    gather(source, width: width, rows: indices, count: block.count, into: input)
    if masked { disturb(input, samples: block.count) }
  }

  func bringInTargets(_ samples: Samples<S>, _ rows: UnsafeBufferPointer<Int32>?, _ block: Block) {
    func row(_ index: Int) -> Int { rows.map { Int($0[block.start + index]) } ?? block.start + index }
    switch samples.targets {
    case .classes(let classes, _):
      classes.withUnsafeBufferPointer { classes in
        for index in 0..<block.count { labels.pointer[index] = classes[row(index)] }
      }
      if !loss.takesClasses { spreadClasses(block) }
    case .values(let values, let columns):
      for index in 0..<block.count {
        (targets.pointer + index * columns).update(from: values.pointer + row(index) * columns, count: columns)
      }
    }
  }

  /// One-hot targets, or the class itself where there is one output.
  private func spreadClasses(_ block: Block) {
    let columns = network.outputs
    targets.pointer.update(repeating: 0, count: block.count * columns)
    for index in 0..<block.count {
      let label = Int(labels.pointer[index])
      if columns == 1 {
        targets.pointer[index] = S(label)
      } else {
        targets.pointer[index * columns + label] = 1
      }
    }
  }

  /// Adds noise to the data, then drops some of them.
  func disturb(_ features: UnsafeMutablePointer<S>, samples: Int) {
    noise?.addNormals(deviation: inputNoise, to: features, count: samples * network.inputs)
    drop(layer: 0, features, nil, samples: samples)
  }

  /// Drops units of a layer's input, or its channels.
  func drop(
    layer: Int, _ values: UnsafeMutablePointer<S>, _ derivative: UnsafeMutablePointer<S>?, samples: Int
  ) {
    guard masks[layer] != nil else { return }
    let count = samples * network.layers[layer].inputWidth
    let scale = S(dropout.trainingScale(layer: layer))
    guard dropout.perChannel, let channels = network.channels(below: layer) else {
      return apply(&masks[layer]!, to: values, and: derivative, count: count, scale: scale)
    }
    let factors = channelFactors.pointer
    let mask = channelMask.pointer
    mask.update(repeating: 1, count: samples * channels)
    apply(&masks[layer]!, to: mask, count: samples * channels, scale: scale)
    spreadFactors(
      mask, samples: samples, positions: network.layers[layer].inputWidth / channels, channels: channels,
      into: factors)
    multiply(values, by: factors, count: count)
    if let derivative { multiply(derivative, by: factors, count: count) }
  }

  /// Sum of the block's losses, and of their squares where they are wanted; ``outputDelta`` becomes ∂loss/∂z times `scale`.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func outputLoss(
    _ parameters: AlignedBuffer<S>, _ block: Block, scale: S, countsCorrect: Bool, sumsSquares: Bool = false
  ) -> LossSum {
    let samples = lossSamples(block)
    if lossKernel.isFused(columns: network.outputs) {
      return lossKernel.slopes(
        of: outputs.pointer, bias: bias(of: network.layers[network.layers.count - 1], parameters), samples,
        scale: scale, countsCorrect: countsCorrect, sumsSquares: sumsSquares, delta: outputDelta.pointer,
        scratch: softmaxScratch.pointer)
    }
    addOutputBias(parameters, block)
    outputDelta.pointer.update(from: outputs.pointer, count: samples.count)
    var sum = lossKernel.slopes(
      outputDelta.pointer, samples, scale: scale, countsCorrect: countsCorrect, sumsSquares: sumsSquares)
    if countsCorrect && !lossKernel.countsCorrect { sum.correct = countCorrect(block) }
    return sum
  }

  /// The targets at hand.
  func lossSamples(_ block: Block) -> LossSamples<S> {
    LossSamples(rows: block.count, columns: network.outputs, labels: labels.pointer, targets: targets.pointer)
  }

  /// Samples whose class has the first largest output, or lies on the right side of a single one.
  private func countCorrect(_ block: Block) -> Int {
    let columns = network.outputs
    let threshold = S(loss.threshold)
    var correct = 0
    for index in 0..<block.count {
      let row = UnsafeBufferPointer(start: outputs.pointer + index * columns, count: columns)
      let predicted =
        columns == 1
        ? (row[0] > threshold ? 1 : 0) : row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
      if predicted == Int(labels.pointer[index]) { correct += 1 }
    }
    return correct
  }
}
