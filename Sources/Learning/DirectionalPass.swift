import Kernels

/// Products of a linearised network's curvature matrix with directions: Pearlmutter's R-pass (1994).
///
/// With z = s·A·W + b, a = φ(z) and the direction (V, c) in the parameters:
///
///     Rz = s(RA·W + A·V) + c,   RA⁺ = φ′∘Rz,   Rδ_L = H_L·Rz_L
///     (Hv)_W = s(Aᵀ·Rδ + RAᵀ·δ),   (Hv)_b = Σ Rδ
///     Rδ⁻ = φ′∘s(Rδ·Wᵀ + δ·Vᵀ) + φ″∘(∂E/∂a)∘Rz
///
/// The Gauss–Newton product is the same without the terms in δ and φ″.
final class DirectionalPass<S: Scalar> {
  let linearization: Linearization<S>
  /// v, in the network's scalar.
  let direction: AlignedBuffer<S>
  /// The product.
  let result: AlignedBuffer<S>
  /// Rz of every layer.
  private let slopes: [AlignedBuffer<S>]
  /// RA of every layer's input; nil for the first, and Rz's own memory where that is not needed any more.
  private let inputs: [AlignedBuffer<S>?]
  private let deltas: [AlignedBuffer<S>]

  init(_ linearization: Linearization<S>) {
    self.linearization = linearization
    let surface = linearization.surface
    let layers = surface.network.layers
    let rows = min(Backpropagation<S>.blockRows, surface.sampleCount)
    direction = AlignedBuffer(count: surface.dimension)
    result = AlignedBuffer(count: surface.dimension)
    let slopes = layers.map { AlignedBuffer<S>(count: rows * $0.outputs) }
    self.slopes = slopes
    inputs = layers.indices.map { index in
      guard index > 0 else { return nil }
      let keepsSlope =
        linearization.form == .hessian && !layers[index - 1].activation.isPiecewiseLinear
      return keepsSlope ? AlignedBuffer(count: rows * layers[index].inputs) : slopes[index - 1]
    }
    let widest = layers.map(\.outputs).max() ?? 1
    deltas = [AlignedBuffer(count: rows * widest), AlignedBuffer(count: rows * widest)]
  }

  /// ``result`` ← the diagonal block of the matrix that belongs to these layers, times ``direction``.
  ///
  /// Entries of other layers are neither read nor written.
  func run(layers active: Range<Int>) {
    linearization.forEachBlock { block in
      forward(block, active)
      backward(block, active)
    }
    let l2 = S(linearization.surface.l2)
    guard l2 != 0 else { return }
    for layer in linearization.surface.network.layers[active] {
      addScaled(
        l2, direction.pointer + layer.kernelOffset, to: result.pointer + layer.kernelOffset, count: layer.kernelCount)
    }
  }

  /// Rz and RA of every layer from the lowest active one up.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func forward(_ block: LinearizedBlock<S>, _ active: Range<Int>) {
    let surface = linearization.surface
    let layers = surface.network.layers
    for index in active.lowerBound..<layers.count {
      let layer = layers[index]
      let slope = slopes[index].pointer
      let bias = active.contains(index) ? layer.biasOffset : nil
      fill(slope, withRow: bias.map { direction.pointer + $0 }, columns: layer.outputs, rows: block.count)
      var accumulates = bias != nil
      func add(_ input: UnsafePointer<S>, _ kernels: AlignedBuffer<S>) {
        S.product(
          transposeA: false, transposeB: false, m: block.count, n: layer.outputs, k: layer.inputs,
          alpha: surface.kernelScale(layer: index), a: input, strideA: layer.inputs,
          b: kernels.pointer + layer.kernelOffset, strideB: layer.outputs, beta: accumulates ? 1 : 0, c: slope,
          strideC: layer.outputs)
        accumulates = true
      }
      if active.contains(index) { add(block.inputs[index], direction) }
      if index > active.lowerBound, let input = inputs[index] { add(input.pointer, surface.parameters) }
      if index < layers.count - 1 { passUp(block, index) }
    }
  }

  /// RA⁺ = φ′∘Rz.
  private func passUp(_ block: LinearizedBlock<S>, _ index: Int) {
    guard let above = inputs[index + 1] else { return }
    let slope = slopes[index]
    let count = block.count * linearization.surface.network.layers[index].outputs
    if let derivative = block.derivatives[index] {
      multiply(slope.pointer, by: derivative.pointer, into: above.pointer, count: count)
    } else if above !== slope {
      above.pointer.update(from: slope.pointer, count: count)
    }
  }

  /// Rδ from the outputs down to the lowest active layer, and the active layers' part of the product.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func backward(_ block: LinearizedBlock<S>, _ active: Range<Int>) {
    let surface = linearization.surface
    let layers = surface.network.layers
    linearization.applyOutputCurvature(block, to: slopes[layers.count - 1].pointer)
    var delta = slopes[layers.count - 1].pointer
    for index in stride(from: layers.count - 1, through: active.lowerBound, by: -1) {
      let layer = layers[index]
      let scale = surface.kernelScale(layer: index)
      if active.contains(index) {
        addLayerProduct(block, index, UnsafePointer(delta), hasInputSlope: index > active.lowerBound)
      }
      guard index > active.lowerBound else { break }
      let below = deltas[index % 2].pointer
      S.product(
        transposeA: false, transposeB: true, m: block.count, n: layer.inputs, k: layer.outputs, alpha: scale,
        a: delta, strideA: layer.outputs, b: surface.parameters.pointer + layer.kernelOffset,
        strideB: layer.outputs, beta: 0, c: below, strideC: layer.inputs)
      if active.contains(index) && linearization.form == .hessian {
        S.product(
          transposeA: false, transposeB: true, m: block.count, n: layer.inputs, k: layer.outputs, alpha: scale,
          a: block.deltas[index].pointer, strideA: layer.outputs, b: direction.pointer + layer.kernelOffset,
          strideB: layer.outputs, beta: 1, c: below, strideC: layer.inputs)
      }
      passDown(block, index - 1, below)
      delta = below
    }
  }

  /// s(Aᵀ·Rδ + RAᵀ·δ) and ΣRδ: replace the result in the first block, are added to it in the others.
  private func addLayerProduct(
    _ block: LinearizedBlock<S>, _ index: Int, _ delta: UnsafePointer<S>, hasInputSlope: Bool
  ) {
    let surface = linearization.surface
    let layer = surface.network.layers[index]
    func add(_ input: UnsafePointer<S>, _ delta: UnsafePointer<S>, replaces: Bool) {
      S.product(
        transposeA: true, transposeB: false, m: layer.inputs, n: layer.outputs, k: block.count,
        alpha: surface.kernelScale(layer: index), a: input, strideA: layer.inputs, b: delta, strideB: layer.outputs,
        beta: replaces ? 0 : 1, c: result.pointer + layer.kernelOffset, strideC: layer.outputs)
    }
    add(block.inputs[index], delta, replaces: block.start == 0)
    if linearization.form == .hessian && hasInputSlope, let input = inputs[index] {
      add(input.pointer, block.deltas[index].pointer, replaces: false)
    }
    if let bias = layer.biasOffset {
      columnSums(
        delta, rows: block.count, columns: layer.outputs, into: result.pointer + bias, accumulate: block.start > 0)
    }
  }

  /// φ′∘(what came down) + φ″∘(∂E/∂a)∘Rz.
  private func passDown(_ block: LinearizedBlock<S>, _ index: Int, _ delta: UnsafeMutablePointer<S>) {
    let count = block.count * linearization.surface.network.layers[index].outputs
    guard let derivative = block.derivatives[index] else { return }
    if let bend = block.bends[index] {
      multiplyAdd(
        delta, by: derivative.pointer, adding: bend.pointer, times: slopes[index].pointer, count: count)
    } else {
      multiply(delta, by: derivative.pointer, count: count)
    }
  }
}
