import Curvature
import Kernels

extension LinearizedOperator {
  /// The whole matrix in memory, from one R-pass a unit: what P products give, for about N·P² multiplications.
  ///
  /// Row (l, i, o) is Σₙ aᵢ·R{∇Eₙ}, R the derivative along z of unit o, so the rows of a unit's weights are one matrix
  /// product. Only columns of the same layer and above are computed; those below mirror them, so the asymmetry is that of
  /// the layers' diagonal blocks.
  ///
  /// - Throws: ``CurvatureError/tooLarge(dimension:limit:)`` above `limit`.
  public func denseMatrix(limit: Int = 5_000) throws(CurvatureError) -> SymmetricMatrix {
    guard dimension <= limit else { throw .tooLarge(dimension: dimension, limit: limit) }
    // A convolution's unit is as many numbers as the kernel has positions: products cost no more.
    guard surface.network.isDense else { return try SymmetricMatrix(self, limit: limit) }
    let rows = withNumericEnvironment { DenseAssembly(linearization).assemble() }
    let size = dimension
    return SymmetricMatrix(dimension: size) { matrix in
      convert(rows.pointer, toDouble: matrix, count: size * size)
      for layer in surface.network.layers {
        let end = layer.kernelOffset + layer.parameterCount
        for row in layer.kernelOffset..<end {
          for column in end..<max(end, size) { matrix[column * size + row] = matrix[row * size + column] }
        }
      }
    }
  }
}

/// Sums a dense curvature matrix over the blocks of samples.
private struct DenseAssembly<S: Scalar> {
  let linearization: Linearization<S>
  let pass: UnitPass<S>
  /// P × P; entries left of a layer's own block stay zero.
  let matrix: AlignedBuffer<S>
  /// R{∇Eₙ} of every sample of a block, from the unit's layer on, ``stride`` apart: room for surplus lanes.
  let gradients: AlignedBuffer<S>
  let stride: Int
  /// A layer's inputs times s, and a one for its bias.
  let inputs: AlignedBuffer<S>

  init(_ linearization: Linearization<S>) {
    self.linearization = linearization
    pass = UnitPass(linearization)
    let network = linearization.surface.network
    let rows = linearization.surface.engine.blockRows
    matrix = AlignedBuffer(count: network.parameterCount * network.parameterCount)
    stride = network.parameterCount + 16
    gradients = AlignedBuffer(count: rows * stride)
    inputs = AlignedBuffer(count: rows * ((network.layers.map(\.inputs).max() ?? 0) + 1))
  }

  func assemble() -> AlignedBuffer<S> {
    let surface = linearization.surface
    linearization.forEachBlock { block in
      for (index, layer) in surface.network.layers.enumerated() {
        let width = bringInputs(block, index)
        for unit in 0..<layer.outputs { add(block, index, unit, width) }
      }
    }
    guard surface.l2 != 0 else { return matrix }
    for layer in surface.network.layers {
      for row in layer.kernelOffset..<layer.kernelOffset + layer.kernelCount {
        matrix.pointer[row * (surface.dimension + 1)] += S(surface.l2)
      }
    }
    return matrix
  }

  /// - Returns: Columns of ``inputs``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func bringInputs(_ block: LinearizedBlock<S>, _ index: Int) -> Int {
    let layer = linearization.surface.network.layers[index]
    let scale = linearization.surface.kernelScale(layer: index)
    let width = layer.inputs + (layer.biasOffset == nil ? 0 : 1)
    for row in 0..<block.count {
      let target = inputs.pointer + row * width
      for column in 0..<layer.inputs { target[column] = scale * block.inputs[index][row * layer.inputs + column] }
      if width > layer.inputs { target[layer.inputs] = 1 }
    }
    return width
  }

  /// The block's share of the rows of one unit's weights.
  private func add(_ block: LinearizedBlock<S>, _ index: Int, _ unit: Int, _ width: Int) {
    let network = linearization.surface.network
    let size = network.parameterCount
    let layer = network.layers[index]
    pass.run(block, layer: index, unit: unit, onlyUnit: false)
    for above in index..<network.layers.count {
      // Ascending: a row's surplus lanes are overwritten by the next layer.
      bringGradients(
        block, above, hasBoth: above > index && linearization.form == .hessian,
        into: gradients.pointer + network.layers[above].kernelOffset - layer.kernelOffset)
    }
    // Weights of a unit are `outputs` apart, its bias after its last input's weight.
    S.product(
      transposeA: true, transposeB: false, m: width, n: size - layer.kernelOffset, k: block.count, alpha: 1,
      a: inputs.pointer, strideA: width, b: gradients.pointer, strideB: stride, beta: block.start == 0 ? 0 : 1,
      c: matrix.pointer + (layer.kernelOffset + unit) * size + layer.kernelOffset, strideC: layer.outputs * size)
  }

  /// s(a⊗Rδ + Ra⊗δ) and Rδ of a layer, sample by sample.
  private func bringGradients(
    _ block: LinearizedBlock<S>, _ index: Int, hasBoth: Bool, into target: UnsafeMutablePointer<S>
  ) {
    let surface = linearization.surface
    let layer = surface.network.layers[index]
    let delta = pass.deltas[index].pointer
    outerProducts(
      block.inputs[index], delta, adding: hasBoth ? UnsafePointer(pass.inputs[index].pointer) : nil,
      hasBoth ? UnsafePointer(block.deltas[index].pointer) : nil, rows: block.count, inputs: layer.inputs,
      outputs: layer.outputs, scale: surface.kernelScale(layer: index), into: target, stride: stride)
    guard layer.biasOffset != nil else { return }
    for row in 0..<block.count {
      (target + row * stride + layer.kernelCount).update(from: delta + row * layer.outputs, count: layer.outputs)
    }
  }
}
