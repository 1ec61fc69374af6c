import Kernels

/// The R-pass of one unit: what a change of z of unit o in layer l, in every sample, does to the layers above and to
/// their δ.
///
/// A change of the weight (i, o) of layer l moves z of unit o by the sample's input i and nothing else below. So one
/// pass a unit serves all its weights: P products become as many passes as there are units. For dense networks only.
final class UnitPass<S: Scalar> {
  let linearization: Linearization<S>
  /// RA of every layer's input, valid for the layers above the unit's.
  let inputs: [AlignedBuffer<S>]
  /// Rδ of every layer, valid from the unit's layer up.
  let deltas: [AlignedBuffer<S>]
  private let slopes: [AlignedBuffer<S>]

  init(_ linearization: Linearization<S>) {
    precondition(linearization.surface.network.isDense)
    self.linearization = linearization
    let layers = linearization.surface.network.layers
    let rows = linearization.surface.engine.blockRows
    inputs = layers.map { AlignedBuffer(count: rows * $0.inputs) }
    deltas = layers.map { AlignedBuffer(count: rows * $0.outputs) }
    slopes = layers.map { AlignedBuffer(count: rows * $0.outputs) }
  }

  /// Runs up from the unit and back down to its layer.
  ///
  /// - Parameter onlyUnit: Whether the unit's own column is all that is wanted of its layer's Rδ.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func run(_ block: LinearizedBlock<S>, layer: Int, unit: Int, onlyUnit: Bool) {
    let layers = linearization.surface.network.layers
    seed(block, layer, unit)
    for index in layers.indices.dropFirst(layer + 1) { up(block, index, from: layer, unit) }
    applyOutputCurvature(block)
    for index in stride(from: layers.count - 1, to: layer, by: -1) {
      let isOwn = index - 1 == layer
      down(block, index, columns: isOwn && onlyUnit ? unit..<unit + 1 : 0..<layers[index].inputs)
    }
  }

  /// Rz of the unit's layer: one in its column.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func seed(_ block: LinearizedBlock<S>, _ layer: Int, _ unit: Int) {
    let outputs = linearization.surface.network.layers[layer].outputs
    let slope = slopes[layer].pointer
    slope.update(repeating: 0, count: block.count * outputs)
    for row in 0..<block.count { slope[row * outputs + unit] = 1 }
    guard layer + 1 < slopes.count else { return }
    let above = inputs[layer + 1].pointer
    above.update(from: slope, count: block.count * outputs)
    guard let derivative = block.derivatives[layer] else { return }
    for row in 0..<block.count { above[row * outputs + unit] = derivative.pointer[row * outputs + unit] }
  }

  /// Rz = s·RA·W of a layer above the unit's, and RA of the next one.
  private func up(_ block: LinearizedBlock<S>, _ index: Int, from layer: Int, _ unit: Int) {
    let surface = linearization.surface
    let shape = surface.network.layers[index]
    let kernel = surface.parameters.pointer + shape.kernelOffset
    let slope = slopes[index].pointer
    // Straight above, the unit is the only input that changes.
    let isNext = index == layer + 1
    S.product(
      transposeA: false, transposeB: false, m: block.count, n: shape.outputs, k: isNext ? 1 : shape.inputs,
      alpha: surface.kernelScale(layer: index), a: inputs[index].pointer + (isNext ? unit : 0),
      strideA: shape.inputs, b: kernel + (isNext ? unit * shape.outputs : 0), strideB: shape.outputs, beta: 0,
      c: slope, strideC: shape.outputs)
    guard index + 1 < slopes.count else { return }
    let count = block.count * shape.outputs
    if let derivative = block.derivatives[index] {
      multiply(slope, by: derivative.pointer, into: inputs[index + 1].pointer, count: count)
    } else {
      inputs[index + 1].pointer.update(from: slope, count: count)
    }
  }

  /// Copies the unit's column of its layer's Rδ.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func copy(unit: Int, of layer: Int, rows: Int, to target: UnsafeMutablePointer<S>) {
    let outputs = linearization.surface.network.layers[layer].outputs
    for entry in stride(from: unit, to: rows * outputs, by: outputs) { target[entry] = deltas[layer].pointer[entry] }
  }

  private func applyOutputCurvature(_ block: LinearizedBlock<S>) {
    let last = slopes.count - 1
    linearization.applyOutputCurvature(block, to: slopes[last].pointer)
    deltas[last].pointer.update(from: slopes[last].pointer, count: block.count * linearization.surface.network.outputs)
  }

  /// Rδ⁻ = φ′∘s(Rδ·Wᵀ) + φ″∘(∂E/∂a)∘Rz, in these columns of the layer below.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func down(_ block: LinearizedBlock<S>, _ index: Int, columns: Range<Int>) {
    let surface = linearization.surface
    let shape = surface.network.layers[index]
    let width = shape.inputs
    let below = deltas[index - 1].pointer
    S.product(
      transposeA: false, transposeB: true, m: block.count, n: columns.count, k: shape.outputs,
      alpha: surface.kernelScale(layer: index), a: deltas[index].pointer, strideA: shape.outputs,
      b: surface.parameters.pointer + shape.kernelOffset + columns.lowerBound * shape.outputs,
      strideB: shape.outputs, beta: 0, c: below + columns.lowerBound, strideC: width)
    guard let derivative = block.derivatives[index - 1]?.pointer else { return }
    let bend = block.bends[index - 1]?.pointer
    let slope = slopes[index - 1].pointer
    if columns.count == 1 {
      for entry in stride(from: columns.lowerBound, to: block.count * width, by: width) {
        below[entry] *= derivative[entry]
        if let bend { below[entry] += bend[entry] * slope[entry] }
      }
    } else if let bend {
      multiplyAdd(below, by: derivative, adding: bend, times: slope, count: block.count * width)
    } else {
      multiply(below, by: derivative, count: block.count * width)
    }
  }
}
