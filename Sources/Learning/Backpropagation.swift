import Kernels

/// Losses and gradients of a network, with the memory they need: one a worker.
///
/// Batches of any size are taken in blocks of at most ``blockRows`` samples, so memory is bounded; every loss and
/// gradient is a mean over the batch's samples, whatever the blocks.
public final class Backpropagation<S: Scalar> {
  public let network: Network
  public let loss: Loss
  let lossKernel: any LossKernel<S>
  /// φ of every layer; the last one's is the identity.
  let activations: [any ActivationKernel<S>]
  public let dropout: Dropout
  /// λ of the penalty ½λ‖W‖² on the kernels.
  public let l2: S
  /// σ of the normal noise on the data in training, independent from number to number and from step to step.
  public let inputNoise: Double

  /// Samples in the largest block: a multiple of 32, so that masks go on seamlessly from block to block.
  public static var blockRows: Int { 512 }
  /// Samples in a block here.
  public let blockRows: Int

  /// The input of every layer for the block at hand.
  let inputs: [AlignedBuffer<S>]
  /// Part of A of the convolution at hand.
  let columns: AlignedBuffer<S>
  /// ∂/∂A of the same.
  let columnDelta: AlignedBuffer<S>
  /// φ(z) of every hidden layer: the next layer's input where nothing is pooled.
  let maps: [AlignedBuffer<S>]
  let passages: [Passage<S>]
  /// Of every layer that is one.
  let convolutions: [Convolution<S>?]
  /// Mask times scale of the channels of images that are dropped whole, one number a channel.
  let channelMask: AlignedBuffer<S>
  /// The same for every pixel.
  let channelFactors: AlignedBuffer<S>
  /// φ′ times mask and scale of every hidden layer that needs it for its way back.
  let derivatives: [AlignedBuffer<S>?]
  /// z of the last layer.
  let outputs: AlignedBuffer<S>
  /// δ of the last layer.
  let outputDelta: AlignedBuffer<S>
  let softmaxScratch: AlignedBuffer<S>
  /// δ of the hidden layer at hand and of the one below.
  let deltas: [AlignedBuffer<S>]
  /// The mask generator of every layer's input; nil where nothing is dropped.
  var masks: [DropoutMask?]
  /// Where the noise on the data comes from; nil where there is none.
  var noise: RandomStream?
  let labels: AlignedLabels
  let targets: AlignedBuffer<S>
  let fusion: FusedRanges
  /// The gradient of the kernel rows that an update is taking in.
  let slab: AlignedBuffer<S>
  /// δ of the layer whose kernel's gradient is taken, where much of it is zero.
  let sparseDelta: SparseColumns<S>
  /// Of those who train with this: parameters, their gradient, an optimizer's state.
  public let buffers = BufferPool<S>()

  /// - Parameter batchSize: The batch that most gradients are of: a small network then needs no longer blocks, which
  ///   cost more to set up than a short run takes. Nil, and a large network, take the largest.
  public init(
    network: Network, loss: Loss, dropout: Dropout, l2: Double = 0, inputNoise: Double = 0, batchSize: Int? = nil
  ) {
    precondition(dropout.keepProbabilities.count == network.layers.count && inputNoise >= 0)
    self.network = network
    self.loss = loss
    lossKernel = loss.part.kernel()
    activations = network.layers.map { $0.activation.kernel() }
    self.dropout = dropout
    self.l2 = S(l2)
    self.inputNoise = inputNoise
    let rows = Self.blockRows(network, batchSize: batchSize)
    blockRows = rows
    let inputs = network.layers.map { AlignedBuffer<S>(count: rows * $0.inputWidth) }
    self.inputs = inputs
    let part = network.layers.map { $0.convolution == nil ? 0 : Self.partSamples(of: $0) * $0.positions * $0.inputs }
      .max()
    columns = AlignedBuffer(count: part ?? 0)
    columnDelta = AlignedBuffer(count: part ?? 0)
    maps = network.layers.indices.dropLast().map { index in
      let layer = network.layers[index]
      return layer.pooling == nil ? inputs[index + 1] : AlignedBuffer(count: rows * layer.mapWidth)
    }
    passages = network.layers.indices.dropLast().map { index in
      Passage(network.layers[index], rows: rows, drops: dropout.keepProbabilities[index + 1] < 1)
    }
    convolutions = network.layers.map { layer in layer.convolution.map { Convolution($0, outputs: layer.outputs) } }
    let images = network.layers.indices.filter { dropout.perChannel && network.channels(below: $0) != nil }
    channelMask = AlignedBuffer(count: rows * (images.map { network.channels(below: $0) ?? 0 }.max() ?? 0))
    channelFactors = AlignedBuffer(count: rows * (images.map { network.layers[$0].inputWidth }.max() ?? 0))
    outputs = AlignedBuffer(count: rows * network.outputs)
    softmaxScratch = AlignedBuffer(count: narrowSoftmaxScratch)
    outputDelta = AlignedBuffer(count: rows * network.outputs)
    let widest = network.layers.dropLast().map { max($0.mapWidth, $0.outputWidth) }.max() ?? 1
    deltas = [AlignedBuffer(count: rows * widest), AlignedBuffer(count: rows * widest)]
    derivatives = network.layers.indices.dropLast().map { index in
      let layer = network.layers[index]
      let isUnchanged = layer.pooling != nil || dropout.keepProbabilities[index + 1] == 1
      if layer.activation.isRectifier || layer.activation.isIdentity && isUnchanged { return nil }
      return AlignedBuffer(count: rows * layer.mapWidth)
    }
    masks = network.layers.map { _ in nil }
    labels = AlignedLabels(count: rows)
    targets = AlignedBuffer(count: rows * network.outputs)
    fusion = FusedRanges(network)
    slab = AlignedBuffer(count: fusion.slabCount)
    sparseDelta = SparseColumns(
      rows: rows, columns: network.layers.map { $0.convolution == nil ? $0.outputs : 0 }.max() ?? 0)
  }

  /// Few rows for small networks, as many as the batch has; more for those whose products need them for full speed; no
  /// more than fit into some tens of megabytes for images.
  public static func blockRows(_ network: Network, batchSize: Int?) -> Int {
    let wanted = batchSize.map { max(64, network.parameterCount / 64, $0) } ?? blockRows
    let images = network.layers.reduce(0) { $0 + ($1.convolution == nil ? 0 : $1.inputWidth + $1.mapWidth) }
    let affordable = images == 0 ? blockRows : (1 << 23) / images
    return max(32, min((wanted + 31) / 32 * 32, affordable / 32 * 32, blockRows))
  }

  /// Samples whose windows are unfolded at once: as many as stay in the second-level cache until they are multiplied.
  static func partSamples(of layer: Layer) -> Int { max(1, (1 << 18) / (layer.positions * layer.inputs)) }

  /// The mean loss of a batch, dropout and penalty included, and its gradient.
  ///
  /// - Parameters:
  ///   - rows: Indices into `samples`, the batch; nil for all samples in their order.
  ///   - masks: Seed and step of the dropout masks and the noise; nil for neither, which is right for probes.
  ///   - gradient: Replaced by the gradient, `network.parameterCount` scalars.
  /// - Returns: The loss, in Double.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gradient(
    at parameters: AlignedBuffer<S>, of samples: Samples<S>, rows: UnsafeBufferPointer<Int32>?,
    masks: (seed: UInt64, step: Int)?, into gradient: AlignedBuffer<S>
  ) -> Double {
    let count = rows?.count ?? samples.count
    startMasks(masks)
    var sum = 0.0
    var start = 0
    while start < count {
      let block = Block(start: start, count: min(blockRows, count - start))
      forward(parameters, samples, rows, block, masked: masks != nil)
      sum += outputLoss(parameters, block, scale: 1 / S(count), countsCorrect: false).loss
      backward(parameters, gradient, block, masked: masks != nil)
      start += block.count
    }
    addPenaltyGradient(parameters, to: gradient)
    return sum / Double(count) + penalty(parameters)
  }

  /// Starts the mask generators of the layers that drop anything, and that of the noise.
  func startMasks(_ key: (seed: UInt64, step: Int)?) {
    guard let key else { return }
    if inputNoise > 0 { noise = RandomStream(RandomKey(seed: key.seed, purpose: .noise, step: UInt64(key.step))) }
    for layer in masks.indices where dropout.keepProbabilities[layer] < 1 {
      masks[layer] = DropoutMask(
        seed: key.seed, layer: layer, step: key.step, keepProbability: dropout.keepProbabilities[layer])
    }
  }

  /// ½λ‖W‖².
  func penalty(_ parameters: AlignedBuffer<S>) -> Double {
    guard l2 != 0 else { return 0 }
    var sum = 0.0
    for layer in network.layers {
      let kernel = parameters.pointer + layer.kernelOffset
      sum += Double(dot(kernel, kernel, count: layer.kernelCount))
    }
    return 0.5 * Double(l2) * sum
  }

  /// λW, added to the gradient of the loss.
  ///
  /// - Parameter done: The layers that have it already.
  func addPenaltyGradient(
    _ parameters: AlignedBuffer<S>, to gradient: AlignedBuffer<S>, except done: [Bool]? = nil
  ) {
    guard l2 != 0 else { return }
    for (index, layer) in network.layers.enumerated() where done?[index] != true {
      addScaled(
        l2, parameters.pointer + layer.kernelOffset, to: gradient.pointer + layer.kernelOffset,
        count: layer.kernelCount)
    }
  }
}

/// One block of a batch.
struct Block {
  var start: Int
  var count: Int
}

/// Class labels of a block.
final class AlignedLabels {
  let pointer: UnsafeMutablePointer<Int32>

  init(count: Int) {
    pointer = .allocate(capacity: count)
    pointer.initialize(repeating: 0, count: count)
  }

  deinit { pointer.deallocate() }
}
