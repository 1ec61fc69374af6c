import Kernels

extension Backpropagation {
  /// One step of training: the gradient of a batch and the optimizer's update.
  ///
  /// A large kernel is updated a slab of rows at a time, while the slab's gradient is in the cache: on a network of
  /// 235,000 parameters writing and reading the whole gradient once costs a step 5 % more (Benchmarks/README.md).
  ///
  /// - Parameters:
  ///   - rows: Indices into `samples`, the batch; nil for all samples in their order.
  ///   - masks: Seed and step of the dropout masks.
  ///   - bound: The largest loss that a step follows on.
  ///   - gradient: Room for `network.parameterCount` scalars.
  /// - Returns: The mean loss before the step, dropout and penalty included, and ‖g‖₂²; nil where the loss is over the
  ///   bound or not a number: the parameters are then as they were.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func step(
    _ parameters: AlignedBuffer<S>, of samples: Samples<S>, rows: UnsafeBufferPointer<Int32>?,
    masks: (seed: UInt64, step: Int), by optimizer: any OptimizerState<S>, learningRate: Double, bound: Double,
    gradient: AlignedBuffer<S>
  ) -> (loss: Double, square: Double?) {
    let count = rows?.count ?? samples.count
    guard count <= blockRows else {
      let loss = self.gradient(at: parameters, of: samples, rows: rows, masks: masks, into: gradient)
      guard loss <= bound else { return (loss, nil) }
      return (loss, optimizer.update(parameters, gradient: gradient, learningRate: learningRate))
    }
    startMasks(masks)
    let block = Block(start: 0, count: count)
    forward(parameters, samples, rows, block, masked: true)
    let sum = outputLoss(parameters, block, scale: 1 / S(count), countsCorrect: false).loss
    let loss = sum / Double(count) + penalty(parameters)
    guard loss <= bound else { return (loss, nil) }
    optimizer.begin()
    let update = FusedUpdate(
      parameters: parameters, optimizer: optimizer, learningRate: learningRate, isReversed: masks.step & 1 == 1)
    var square = backward(parameters, gradient, block, masked: true, updating: update)
    addPenaltyGradient(parameters, to: gradient, except: fusion.layers)
    for range in fusion.rest {
      square += optimizer.update(
        parameters, range, gradient: gradient.pointer + range.lowerBound, learningRate: learningRate)
    }
    return (loss, square)
  }

  /// Takes the gradient of a layer's kernel slab by slab and updates it; what does not fill whole vectors of 16 at either
  /// end goes into `gradient`.
  ///
  /// Every other step takes the slabs from the last to the first: the parameters and the optimizer's state that one step
  /// leaves in the cache are the first that the next one needs.
  ///
  /// - Returns: Σg² of what was updated.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func descend(
    _ index: Int, _ delta: UnsafeMutablePointer<S>, _ block: Block, scale: S, _ gradient: AlignedBuffer<S>,
    _ update: FusedUpdate<S>
  ) -> Double {
    let layer = network.layers[index]
    let width = layer.outputs
    let whole = FusedRanges.vectors(of: layer)
    let slabs = (layer.inputs &+ FusedRanges.slabRows &- 1) / FusedRanges.slabRows
    let isReversed = update.isReversed && layer.kernelOffset & 15 == 0
    let isSparse = sparseDelta.compress(
      delta, rows: block.count, columns: width, scale: scale, a: inputs[index].pointer, m: layer.inputs)
    var square = 0.0
    for position in 0..<slabs {
      let row = FusedRanges.slabRows &* (isReversed ? slabs &- 1 &- position : position)
      let rows = min(FusedRanges.slabRows, layer.inputs &- row)
      let start = layer.kernelOffset &+ row &* width
      let end = start &+ rows &* width
      // The slab holds the parameters from a multiple of 16 on; what the last slab left over is there already.
      let base = start & ~15
      let values = slab.pointer + (start &- base)
      let features = inputs[index].pointer + row
      if isSparse {
        sparseDelta.product(m: rows, a: features, strideA: layer.inputs, c: values, strideC: width)
      } else {
        S.product(
          transposeA: true, transposeB: false, m: rows, n: width, k: block.count, alpha: scale, a: features,
          strideA: layer.inputs, b: delta, strideB: width, beta: 0, c: values, strideC: width)
      }
      if l2 != 0 { addScaled(l2, update.parameters.pointer + start, to: values, count: rows &* width) }
      let first = max(base, whole.lowerBound)
      let last = end & ~15
      if row == 0, first > start { (gradient.pointer + start).update(from: values, count: first &- start) }
      square += update.optimizer.update(
        update.parameters, first..<last, gradient: slab.pointer + (first &- base), learningRate: update.learningRate)
      let left = end &- last
      if end == layer.kernelOffset &+ layer.kernelCount {
        (gradient.pointer + last).update(from: slab.pointer + (last &- base), count: left)
      } else {
        slab.pointer.update(from: slab.pointer + (last &- base), count: left)
      }
    }
    return square
  }
}

/// What takes in gradients as they come.
struct FusedUpdate<S: Scalar> {
  let parameters: AlignedBuffer<S>
  let optimizer: any OptimizerState<S>
  let learningRate: Double
  /// Whether slabs are taken from the last to the first, where they do not share a vector of 16.
  let isReversed: Bool
}

/// Which parameters are updated as soon as their gradient is known, and which wait for all of it.
struct FusedRanges {
  /// Whether a layer's kernel does not wait.
  let layers: [Bool]
  /// What waits, in vectors of 16.
  let rest: [Range<Int>]
  /// Scalars of the largest slab.
  let slabCount: Int

  /// Kernels below this stay in the cache anyway.
  private static let smallestKernel = 1 << 15
  /// Kernel rows of a slab: fewer make slow products, more leave the second-level cache.
  static let slabRows = 128

  init(_ network: Network) {
    layers = network.layers.map { $0.kernelCount >= Self.smallestKernel && $0.convolution == nil }
    var rest: [Range<Int>] = []
    var start = 0
    for (layer, isFused) in zip(network.layers, layers) where isFused {
      let vectors = Self.vectors(of: layer)
      if start < vectors.lowerBound { rest.append(start..<vectors.lowerBound) }
      start = vectors.upperBound
    }
    if start < network.parameterCount { rest.append(start..<network.parameterCount) }
    self.rest = rest
    let fused = zip(network.layers, layers).filter(\.1).map(\.0)
    slabCount = fused.map { min(Self.slabRows, $0.inputs) * $0.outputs + 16 }.max() ?? 0
  }

  /// The whole vectors of 16 within a layer's kernel.
  static func vectors(of layer: Layer) -> Range<Int> {
    (layer.kernelOffset + 15) & ~15..<(layer.kernelOffset + layer.kernelCount) & ~15
  }
}
