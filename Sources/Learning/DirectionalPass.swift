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
    let rows = min(surface.engine.blockRows, surface.sampleCount)
    direction = AlignedBuffer(count: surface.dimension)
    result = AlignedBuffer(count: surface.dimension)
    let slopes = layers.map { AlignedBuffer<S>(count: rows * $0.mapWidth) }
    self.slopes = slopes
    inputs = layers.indices.map { index in
      guard index > 0 else { return nil }
      let below = layers[index - 1]
      let keepsSlope = linearization.form == .hessian && !below.activation.isPiecewiseLinear
      return keepsSlope || below.pooling != nil
        ? AlignedBuffer(count: rows * layers[index].inputWidth) : slopes[index - 1]
    }
    let widest = layers.map { max($0.mapWidth, $0.outputWidth) }.max() ?? 1
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
      let rows = block.count * layer.positions
      fill(slope, withRow: bias.map { direction.pointer + $0 }, columns: layer.outputs, rows: rows)
      var accumulates = bias != nil
      func add(_ input: UnsafePointer<S>, _ kernels: AlignedBuffer<S>) {
        surface.engine.forEachPart(of: index, input, count: block.count) { a, first, samples in
          S.product(
            transposeA: false, transposeB: false, m: samples * layer.positions, n: layer.outputs, k: layer.inputs,
            alpha: surface.kernelScale(layer: index), a: a, strideA: layer.inputs,
            b: kernels.pointer + layer.kernelOffset, strideB: layer.outputs, beta: accumulates ? 1 : 0,
            c: slope + first * layer.mapWidth, strideC: layer.outputs)
        }
        accumulates = true
      }
      if active.contains(index) { add(block.inputs[index], direction) }
      if index > active.lowerBound, let input = inputs[index] { add(input.pointer, surface.parameters) }
      if index < layers.count - 1 { passUp(block, index) }
    }
  }

  /// RA⁺ = φ′∘Rz, pooled.
  private func passUp(_ block: LinearizedBlock<S>, _ index: Int) {
    guard let above = inputs[index + 1] else { return }
    let layer = linearization.surface.network.layers[index]
    let slope = slopes[index].pointer
    let count = block.count * layer.mapWidth
    // Rz itself is wanted on the way down where there is a φ″.
    let maps = layer.pooling == nil ? above.pointer : block.bends[index] == nil ? slope : deltas[0].pointer
    if let derivative = block.derivatives[index] {
      multiply(slope, by: derivative.pointer, into: maps, count: count)
    } else if maps != slope {
      maps.update(from: slope, count: count)
    }
    if layer.pooling != nil { block.passages[index].raise(maps, count: block.count, into: above.pointer) }
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
      if active.contains(index) {
        addLayerProduct(block, index, UnsafePointer(delta), hasInputSlope: index > active.lowerBound)
      }
      guard index > active.lowerBound else { break }
      let below = other(than: delta)
      let scale = surface.kernelScale(layer: index)
      surface.engine.descend(
        through: index, delta, to: below, surface.parameters, count: block.count, scale: scale)
      if active.contains(index) && linearization.form == .hessian {
        surface.engine.descend(
          through: index, block.deltas[index].pointer, to: below, direction, count: block.count, scale: scale,
          accumulate: true)
      }
      delta = passDown(block, index - 1, below)
    }
  }

  private func other(than delta: UnsafeMutablePointer<S>) -> UnsafeMutablePointer<S> {
    delta == deltas[0].pointer ? deltas[1].pointer : deltas[0].pointer
  }

  /// s(Aᵀ·Rδ + RAᵀ·δ) and ΣRδ: replace the result in the first block, are added to it in the others.
  private func addLayerProduct(
    _ block: LinearizedBlock<S>, _ index: Int, _ delta: UnsafePointer<S>, hasInputSlope: Bool
  ) {
    let surface = linearization.surface
    let layer = surface.network.layers[index]
    func add(_ input: UnsafePointer<S>, _ delta: UnsafePointer<S>, accumulate: Bool) {
      surface.engine.kernelGradient(
        of: index, input, delta, count: block.count, scale: surface.kernelScale(layer: index), accumulate: accumulate,
        into: result.pointer + layer.kernelOffset)
    }
    add(block.inputs[index], delta, accumulate: block.start > 0)
    if linearization.form == .hessian && hasInputSlope, let input = inputs[index] {
      add(input.pointer, block.deltas[index].pointer, accumulate: true)
    }
    if let bias = layer.biasOffset {
      columnSums(
        delta, rows: block.count * layer.positions, columns: layer.outputs, into: result.pointer + bias,
        accumulate: block.start > 0)
    }
  }

  /// φ′∘(what came down) + φ″∘(∂E/∂a)∘Rz.
  private func passDown(
    _ block: LinearizedBlock<S>, _ index: Int, _ features: UnsafeMutablePointer<S>
  ) -> UnsafeMutablePointer<S> {
    let layer = linearization.surface.network.layers[index]
    let count = block.count * layer.mapWidth
    var delta = features
    if layer.pooling != nil {
      delta = other(than: features)
      block.passages[index].lower(features, count: block.count, into: delta)
    }
    guard let derivative = block.derivatives[index] else { return delta }
    if let bend = block.bends[index] {
      multiplyAdd(
        delta, by: derivative.pointer, adding: bend.pointer, times: slopes[index].pointer, count: count)
    } else {
      multiply(delta, by: derivative.pointer, count: count)
    }
    return delta
  }
}
