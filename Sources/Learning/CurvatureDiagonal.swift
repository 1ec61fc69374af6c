import Curvature
import Kernels

extension LinearizedOperator {
  /// The exact diagonal, from one R-pass a unit.
  ///
  /// hᵢₒ = Σₙ (s·aᵢ)²·R{δₒ}, R the derivative along z of unit o. A unit's pass runs through the layers above it only.
  ///
  /// With convolutions it takes P products.
  public func diagonal() -> [Double] {
    guard surface.network.isDense else { return diagonalByProducts() }
    return withNumericEnvironment {
      let pass = UnitPass(linearization)
      return DiagonalSum(linearization).sum { block, index, curvature in
        for unit in 0..<surface.network.layers[index].outputs {
          pass.run(block, layer: index, unit: unit, onlyUnit: true)
          pass.copy(unit: unit, of: index, rows: block.count, to: curvature.pointer)
        }
      }
    }
  }
}

extension SymmetricOperator {
  /// eᵢᵀHeᵢ for every i.
  fileprivate func diagonalByProducts() -> [Double] {
    var unit = [Double](repeating: 0, count: dimension)
    var column = unit
    return (0..<dimension).map { index in
      unit[index] = 1
      defer { unit[index] = 0 }
      column.withUnsafeMutableBufferPointer { apply(unit, into: $0.baseAddress!) }
      return column[index]
    }
  }
}

extension GaussNewtonOperator {
  /// LeCun's approximation to the diagonal: one pass of squares back through the network.
  ///
  /// LeCun et al. (1998), "Efficient BackProp", equations 52 to 54: h_z = φ′²·h_a, h_w = h_z·a², h_a = Σ h_z·w². The
  /// seed is the diagonal of the loss' Hessian in the outputs, p(1 − p) for softmax. Terms between units, and those in
  /// φ″, are left out: it is exact for the Gauss–Newton matrix of a single dense layer, and never negative. A
  /// convolution's weight has the sum over its positions.
  public func squaredDiagonal() -> [Double] {
    withNumericEnvironment {
      let network = surface.network
      let widest = network.layers.map { max($0.mapWidth, $0.outputWidth) }.max() ?? 1
      let rows = surface.engine.blockRows
      let kernels = AlignedBuffer<S>(count: dimension)
      kernels.pointer.update(from: surface.parameters.pointer, count: dimension)
      square(kernels.pointer, count: dimension)
      let last = AlignedBuffer<S>(count: rows * widest)
      return DiagonalSum(linearization).sum { block, index, curvature in
        if index == network.layers.count - 1 {
          seed(curvature, block)
        } else {
          descend(from: last, to: curvature, block, index, kernels)
        }
        last.pointer.update(from: curvature.pointer, count: block.count * network.layers[index].mapWidth)
      }
    }
  }

  /// The diagonal of the loss' Hessian in the outputs.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func seed(_ curvature: AlignedBuffer<S>, _ block: LinearizedBlock<S>) {
    let engine = surface.engine
    engine.lossKernel.curvatureDiagonal(
      block.output.pointer, into: curvature.pointer, engine.lossSamples(Block(start: block.start, count: block.count)),
      scale: 1 / S(surface.sampleCount))
  }

  /// h of a layer's z from h of the z above.
  private func descend(
    from above: AlignedBuffer<S>, to curvature: AlignedBuffer<S>, _ block: LinearizedBlock<S>, _ index: Int,
    _ squares: AlignedBuffer<S>
  ) {
    let layer = surface.network.layers[index]
    let isPooled = layer.pooling != nil
    let features = isPooled ? surface.engine.inputs[index + 1].pointer : curvature.pointer
    let scale = surface.kernelScale(layer: index + 1)
    surface.engine.descend(
      through: index + 1, above.pointer, to: features, squares, count: block.count, scale: scale * scale)
    if isPooled {
      block.passages[index].lower(features, count: block.count, squared: true, into: curvature.pointer)
    }
    guard let derivative = block.derivatives[index]?.pointer else { return }
    for _ in 0..<2 { multiply(curvature.pointer, by: derivative, count: block.count * layer.mapWidth) }
  }
}

/// Σₙ (s·a)²·h over the blocks of samples, for every weight, h the curvature in its unit's z.
private struct DiagonalSum<S: Scalar> {
  let linearization: Linearization<S>

  init(_ linearization: Linearization<S>) { self.linearization = linearization }

  /// - Parameter unitCurvature: Writes h of every sample and unit of a layer; called from the last layer to the first.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func sum(_ unitCurvature: (LinearizedBlock<S>, Int, AlignedBuffer<S>) -> Void) -> [Double] {
    let surface = linearization.surface
    let layers = surface.network.layers
    let rows = surface.engine.blockRows
    let result = AlignedBuffer<S>(count: surface.dimension)
    let curvature = AlignedBuffer<S>(count: rows * (layers.map { max($0.mapWidth, $0.outputWidth) }.max() ?? 1))
    let squares = AlignedBuffer<S>(count: max(surface.engine.columns.count, rows * (layers.map(\.inputs).max() ?? 1)))
    linearization.forEachBlock { block in
      for (index, layer) in layers.enumerated().reversed() {
        unitCurvature(block, index, curvature)
        let scale = surface.kernelScale(layer: index)
        surface.engine.forEachPart(of: index, block.inputs[index], count: block.count) { a, first, samples in
          let rows = samples * layer.positions
          squares.pointer.update(from: a, count: rows * layer.inputs)
          square(squares.pointer, count: rows * layer.inputs)
          S.product(
            transposeA: true, transposeB: false, m: layer.inputs, n: layer.outputs, k: rows, alpha: scale * scale,
            a: squares.pointer, strideA: layer.inputs, b: curvature.pointer + first * layer.mapWidth,
            strideB: layer.outputs, beta: block.start == 0 && first == 0 ? 0 : 1,
            c: result.pointer + layer.kernelOffset, strideC: layer.outputs)
        }
        guard let bias = layer.biasOffset else { continue }
        columnSums(
          curvature.pointer, rows: block.count * layer.positions, columns: layer.outputs, into: result.pointer + bias,
          accumulate: block.start > 0)
      }
    }
    for layer in layers {
      for index in layer.kernelOffset..<layer.kernelOffset + layer.kernelCount {
        result.pointer[index] += S(surface.l2)
      }
    }
    return result.array.map { Double($0) }
  }
}
