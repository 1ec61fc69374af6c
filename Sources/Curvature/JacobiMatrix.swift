import Kernels

/// The tridiagonal matrix of a Krylov space: the moments of a start vector's measure over an operator's spectrum.
public struct JacobiMatrix: Hashable, Sendable {
  /// α₁ … α_m.
  public let diagonal: [Double]
  /// β₁ … β_m, the last one the norm of what the space leaves out; 0 where it is invariant.
  public let offDiagonal: [Double]

  public init(diagonal: [Double], offDiagonal: [Double]) {
    precondition(!diagonal.isEmpty && diagonal.count == offDiagonal.count)
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
  }

  init(_ basis: KrylovBasis) {
    self.init(
      diagonal: (0..<basis.count).map { basis.coefficient($0, $0) },
      offDiagonal: (0..<basis.count).map { basis.coefficient($0 + 1, $0) })
  }

  /// Between which numbers the measure of (−∞, x) is: the weights below x in the Gauss–Radau rule with a node at x, without
  /// that node's and with it.
  ///
  /// The rule is that of the matrix with one row more, whose last diagonal element is x + β_m²/d_m with
  /// dᵢ = αᵢ − x − βᵢ₋₁²/dᵢ₋₁ (Golub, 1973).
  ///
  /// - Throws: ``CurvatureError/routineFailed(name:code:)``.
  public func share(below x: Double) throws(CurvatureError) -> ClosedRange<Double> {
    let last = offDiagonal[diagonal.count - 1]
    let rule = try last > 0 ? weights(of: diagonal + [x + last * last / pivot(at: x)]) : weights(of: diagonal)
    // Rounding may put the node at x on either side of it.
    let own = rule.nodes.indices.min { abs(rule.nodes[$0] - x) < abs(rule.nodes[$1] - x) }!
    let isOwn = last > 0 || abs(rule.nodes[own] - x) <= 1e-14 * max(abs(rule.nodes[0]), abs(rule.nodes.last!))
    var (below, at) = (0.0, 0.0)
    for (index, weight) in rule.weights.enumerated() {
      if isOwn && index == own { at = weight } else if rule.nodes[index] < x { below += weight }
    }
    return min(1, below)...min(1, below + at)
  }

  /// d_m, which is not 0.
  private func pivot(at x: Double) -> Double {
    var pivot = 0.0
    for index in diagonal.indices {
      let coupling = index == 0 ? 0 : offDiagonal[index - 1] * offDiagonal[index - 1] / pivot
      pivot = diagonal[index] - x - coupling
      let least = Double.ulpOfOne * (abs(diagonal[index]) + abs(x)) + .leastNormalMagnitude
      if abs(pivot) < least { pivot = -least }
    }
    return pivot
  }

  /// Nodes, ascending, and weights of the rule of a diagonal beside these elements.
  private func weights(of diagonal: [Double]) throws(CurvatureError) -> (nodes: [Double], weights: [Double]) {
    let size = diagonal.count
    let matrix = SymmetricMatrix(dimension: size) { matrix in
      for index in 0..<size {
        matrix[index * size + index] = diagonal[index]
        if index + 1 < size {
          matrix[index * size + index + 1] = offDiagonal[index]
          matrix[(index + 1) * size + index] = offDiagonal[index]
        }
      }
    }
    let spectrum = try matrix.spectrum(vectors: true)
    let vectors = spectrum.vectors ?? []
    return (spectrum.values, (0..<size).map { vectors[$0 * size] * vectors[$0 * size] })
  }
}
