import Kernels

extension Backpropagation {
  /// Mean loss and accuracy without dropout and penalty.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate(_ parameters: AlignedBuffer<S>, on samples: Samples<S>) -> Evaluation {
    var total = LossSum()
    var hasClasses = false
    if case .classes = samples.targets { hasClasses = true }
    var start = 0
    while start < samples.count {
      let block = Block(start: start, count: min(blockRows, samples.count - start))
      forward(parameters, samples, nil, block, masked: false)
      let sum = outputLoss(parameters, block, scale: 1, countsCorrect: hasClasses)
      total.loss += sum.loss
      total.correct += sum.correct
      start += block.count
    }
    return Evaluation(
      loss: total.loss / Double(samples.count),
      accuracy: hasClasses ? Double(total.correct) / Double(samples.count) : .nan)
  }

  /// Outputs z of the last layer without dropout, `samples.count` × `network.outputs`, row-major.
  public func predict(_ parameters: AlignedBuffer<S>, on samples: Samples<S>) -> [S] {
    var result: [S] = []
    result.reserveCapacity(samples.count * network.outputs)
    var start = 0
    while start < samples.count {
      let block = Block(start: start, count: min(blockRows, samples.count - start))
      forward(parameters, samples, nil, block, masked: false)
      addOutputBias(parameters, block)
      result += UnsafeBufferPointer(start: outputs.pointer, count: block.count * network.outputs)
      start += block.count
    }
    return result
  }
}
