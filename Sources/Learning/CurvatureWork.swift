/// Multiplications for one sample of the passes that a dense network's curvature is made of, counted on paper: what a matrix
/// that is formed unit by unit takes, in products with it.
struct CurvatureWork {
  let network: Network
  let form: CurvatureForm

  init(_ network: Network, _ form: CurvatureForm) {
    precondition(network.isDense)
    self.network = network
    self.form = form
  }

  /// A product with a direction: A·V and Aᵀ·Rδ of every layer, above the first one RA·W and Rδ·Wᵀ too, and for the Hessian
  /// RAᵀ·δ and δ·Vᵀ.
  var product: Double {
    let above = form == .hessian ? 6.0 : 4
    return network.layers.enumerated().reduce(0) { $0 + ($1.offset == 0 ? 2 : above) * weights($1.element) }
  }

  /// The whole matrix: for every unit its pass, the gradients of the layers above by it, and their products with the inputs
  /// of the unit's layer.
  var denseMatrix: Double {
    network.layers.indices.reduce(0) { sum, index in
      let layer = network.layers[index]
      let columns = network.parameterCount - layer.kernelOffset
      let gradients = network.layers[index...].enumerated().reduce(0) {
        $0 + ($1.offset > 0 && form == .hessian ? 2 : 1) * weights($1.element)
      }
      let width = layer.inputs + (layer.biasOffset == nil ? 0 : 1)
      return sum + Double(layer.outputs) * (unitPass(index, onlyUnit: false) + gradients + Double(width * columns))
    }
  }

  /// The diagonal: for every unit its pass, and the squares of its layer's inputs times its own curvature.
  var diagonal: Double {
    network.layers.indices.reduce(0) { sum, index in
      let layer = network.layers[index]
      return sum + Double(layer.outputs) * unitPass(index, onlyUnit: true) + weights(layer)
    }
  }

  /// From a unit up to the outputs, one input wide at first, and back down to its layer or to itself alone.
  private func unitPass(_ index: Int, onlyUnit: Bool) -> Double {
    network.layers.indices.dropFirst(index + 1).reduce(0) { sum, above in
      let layer = network.layers[above]
      let isNext = above == index + 1
      return sum + (isNext ? Double(layer.outputs) : weights(layer))
        + (isNext && onlyUnit ? Double(layer.outputs) : weights(layer))
    }
  }

  private func weights(_ layer: Layer) -> Double { Double(layer.inputs * layer.outputs) }
}

extension LinearizedOperator {
  public var denseProducts: Double { inProducts(\.denseMatrix) }

  public var diagonalProducts: Double { inProducts(\.diagonal) }

  /// With convolutions both are made of P products.
  private func inProducts(_ work: KeyPath<CurvatureWork, Double>) -> Double {
    guard surface.network.isDense else { return Double(dimension) }
    let whole = CurvatureWork(surface.network, linearization.form)
    return max(1, whole[keyPath: work] / whole.product)
  }
}
