import Kernels

/// A network linearised about its weights over the samples of a surface, in blocks of rows.
///
/// Blocks are kept while they fit into a budget of memory; the others are computed anew for every product, which then
/// costs a forward and part of a backward pass more.
final class Linearization<S: Scalar> {
  let surface: LossSurface<S>
  let form: CurvatureForm
  /// E(w), once a pass has been over all blocks.
  private(set) var loss = 0.0

  private var kept: [LinearizedBlock<S>] = []
  private let keptLimit: Int
  /// Memory for the blocks that are not kept, all of the same size but for the last.
  private var spare: LinearizedBlock<S>?
  /// The generators of masks and noise as they stand at the start of each block.
  private var generators: [(masks: [DropoutMask?], noise: RandomStream?)] = []

  /// - Parameter memoryBudget: Bytes for blocks that are kept.
  init(_ surface: LossSurface<S>, form: CurvatureForm, memoryBudget: Int) {
    self.surface = surface
    self.form = form
    let rows = surface.engine.blockRows
    let bytes = rows * LinearizedBlock.width(surface, form) * MemoryLayout<S>.stride
    keptLimit = memoryBudget / max(1, bytes)
  }

  /// Calls `body` for every block in order.
  func forEachBlock(_ body: (LinearizedBlock<S>) -> Void) {
    let rows = surface.engine.blockRows
    var number = 0
    for start in stride(from: 0, to: surface.sampleCount, by: rows) {
      body(block(number, start: start, count: min(rows, surface.sampleCount - start)))
      number += 1
    }
  }

  private func block(_ number: Int, start: Int, count: Int) -> LinearizedBlock<S> {
    if number < kept.count { return kept[number] }
    let isKept = number < keptLimit
    let block: LinearizedBlock<S>
    if !isKept, let spare, spare.count == count {
      block = spare
      block.move(to: start, surface)
    } else {
      block = LinearizedBlock(start: start, count: count, surface: surface, form: form)
    }
    if isKept { kept.append(block) } else { spare = block }
    linearize(block, number)
    return block
  }

  private func linearize(_ block: LinearizedBlock<S>, _ number: Int) {
    startMasks(number)
    bringIn(block)
    forward(block)
    seed(block)
    if form == .hessian { backward(block) }
    if number + 1 == generators.count { generators.append((surface.engine.masks, surface.engine.noise)) }
  }

  private func startMasks(_ number: Int) {
    if generators.isEmpty {
      surface.engine.startMasks(surface.masks)
      generators.append((surface.engine.masks, surface.engine.noise))
    }
    (surface.engine.masks, surface.engine.noise) = generators[number]
  }

  private func bringIn(_ block: LinearizedBlock<S>) {
    let samples = surface.samples
    let width = samples.featureCount
    surface.withRows { rows in
      surface.engine.bringInTargets(samples, rows, Block(start: block.start, count: block.count))
      guard let input = block.storage[0]?.pointer else { return }
      if let rows {
        gather(
          samples.features.pointer, width: width, rows: rows.baseAddress! + block.start, count: block.count, into: input
        )
      } else {
        input.update(from: samples.features.pointer + block.start * width, count: block.count * width)
      }
      if surface.disturbs { surface.engine.disturb(input, samples: block.count) }
    }
  }

  /// a⁺ = φ(z), φ′ and φ″ of every hidden layer, and z of the last, which is left in `output`.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func forward(_ block: LinearizedBlock<S>) {
    let parameters = surface.parameters.pointer
    for (index, layer) in surface.network.layers.enumerated() {
      let isLast = index == surface.network.layers.count - 1
      let z = isLast ? block.output.pointer : activations(block, index)
      let rows = block.count * layer.positions
      fill(z, withRow: layer.biasOffset.map { parameters + $0 }, columns: layer.outputs, rows: rows)
      surface.engine.forEachPart(of: index, block.inputs[index], count: block.count) { a, first, samples in
        S.product(
          transposeA: false, transposeB: false, m: samples * layer.positions, n: layer.outputs, k: layer.inputs,
          alpha: surface.kernelScale(layer: index), a: a, strideA: layer.inputs,
          b: parameters + layer.kernelOffset, strideB: layer.outputs, beta: layer.biasOffset == nil ? 0 : 1,
          c: z + first * layer.mapWidth, strideC: layer.outputs)
      }
      if !isLast { rise(block, from: index, z) }
    }
  }

  /// Where a hidden layer's z and activations go.
  private func activations(_ block: LinearizedBlock<S>, _ index: Int) -> UnsafeMutablePointer<S> {
    surface.network.layers[index].pooling == nil
      ? block.storage[index + 1]!.pointer : surface.engine.maps[index].pointer
  }

  /// φ, φ′ and φ″, pooling and dropout.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func rise(_ block: LinearizedBlock<S>, from index: Int, _ z: UnsafeMutablePointer<S>) {
    let layer = surface.network.layers[index]
    let derivative = block.derivatives[index]?.pointer
    let bend = block.bends[index]?.pointer
    if let derivative {
      surface.engine.activations[index].apply(
        to: CurvedMap(z: z, count: block.count * layer.mapWidth, derivative: derivative, second: bend))
    }
    guard layer.pooling != nil else {
      if surface.drops(index + 1) { drop(block, index + 1, z, derivative, bend) }
      return
    }
    let passage = block.passages[index]
    let features = block.storage[index + 1]!.pointer
    passage.pool(z, count: block.count, into: features)
    guard let factors = passage.factors else { return }
    let count = block.count * layer.outputWidth
    factors.pointer.update(repeating: 1, count: count)
    surface.engine.drop(layer: index + 1, factors.pointer, nil, samples: block.count)
    multiply(features, by: factors.pointer, count: count)
  }

  /// The same mask on activations, φ′ and φ″.
  private func drop(
    _ block: LinearizedBlock<S>, _ layer: Int, _ values: UnsafeMutablePointer<S>,
    _ derivative: UnsafeMutablePointer<S>?, _ bend: UnsafeMutablePointer<S>?
  ) {
    let generator = surface.engine.masks[layer]
    if let bend {
      surface.engine.drop(layer: layer, bend, nil, samples: block.count)
      surface.engine.masks[layer] = generator
    }
    surface.engine.drop(layer: layer, values, derivative, samples: block.count)
  }

  /// The loss, δ of the outputs, and what `output` is to hold, from z of the last layer.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func seed(_ block: LinearizedBlock<S>) {
    let engine = surface.engine
    let samples = engine.lossSamples(Block(start: block.start, count: block.count))
    let scale = 1 / S(surface.sampleCount)
    // δ goes into the engine's own buffer where the Gauss–Newton matrix has no use for it: the loss is wanted anyway.
    let delta = block.deltas.last?.pointer ?? engine.outputDelta.pointer
    delta.update(from: block.output.pointer, count: samples.count)
    let sum = engine.lossKernel.slopes(delta, samples, scale: scale, countsCorrect: false, sumsSquares: false).loss
    engine.lossKernel.keepCurvature(
      block.output.pointer, samples, scale: scale, scratch: engine.outputs.pointer)
    if block.start == 0 { loss = 0 }
    loss += sum / Double(surface.sampleCount)
  }

  /// δ of every layer below the last, and φ″ times ∂E/∂a.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func backward(_ block: LinearizedBlock<S>) {
    for index in surface.network.layers.indices.dropFirst().reversed() {
      let below = block.deltas[index - 1].pointer
      let layer = surface.network.layers[index - 1]
      let isPooled = layer.pooling != nil
      let features = isPooled ? surface.engine.inputs[index].pointer : below
      surface.engine.descend(
        through: index, block.deltas[index].pointer, to: features, surface.parameters, count: block.count,
        scale: surface.kernelScale(layer: index))
      if isPooled { block.passages[index - 1].lower(features, count: block.count, into: below) }
      let count = block.count * layer.mapWidth
      if let bend = block.bends[index - 1] { multiply(bend.pointer, by: below, count: count) }
      if let derivative = block.derivatives[index - 1] { multiply(below, by: derivative.pointer, count: count) }
    }
  }

  /// Rz of the outputs becomes Rδ: the loss' Hessian in them, times Rz.
  func applyOutputCurvature(_ block: LinearizedBlock<S>, to slope: UnsafeMutablePointer<S>) {
    let engine = surface.engine
    engine.lossKernel.applyCurvature(
      block.output.pointer, to: slope, engine.lossSamples(Block(start: block.start, count: block.count)),
      scale: 1 / S(surface.sampleCount))
  }
}

/// Every row of `matrix` ← `row`, or nothing where that is nil.
func fill<S: Scalar>(
  _ matrix: UnsafeMutablePointer<S>, withRow row: UnsafePointer<S>?, columns: Int, rows: Int
) {
  guard let row else { return }
  for index in 0..<rows { (matrix + index * columns).update(from: row, count: columns) }
}

/// What is kept of a linearised network between products.
public enum LinearizationMemory {
  /// Bytes at most, where no other number is given.
  public static let standard = 256 << 20
}
