import Kernels

extension Backpropagation {
  /// Mean loss and accuracy without dropout and penalty, and the variance of the samples' losses where it is wanted:
  /// (Σlᵢ² − (Σlᵢ)²/n)/(n − 1), nil of fewer than two samples.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate(
    _ parameters: AlignedBuffer<S>, on samples: Samples<S>, measuresVariance: Bool
  ) -> Evaluation {
    var total = LossSum()
    var hasClasses = false
    if case .classes = samples.targets { hasClasses = true }
    var start = 0
    while start < samples.count {
      let block = Block(start: start, count: min(blockRows, samples.count - start))
      forward(parameters, samples, nil, block, masked: false)
      let sum = outputLoss(parameters, block, scale: 1, countsCorrect: hasClasses, sumsSquares: measuresVariance)
      total.loss += sum.loss
      total.squares += sum.squares
      total.correct += sum.correct
      start += block.count
    }
    var evaluation = Evaluation(
      loss: total.loss / Double(samples.count),
      accuracy: hasClasses ? Double(total.correct) / Double(samples.count) : .nan)
    if measuresVariance && samples.count > 1 {
      let rest = total.squares - total.loss * evaluation.loss
      // Equal losses leave a rounding error, of either sign.
      evaluation.lossVariance = rest.isFinite ? max(0, rest) / Double(samples.count - 1) : nil
    }
    return evaluation
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
