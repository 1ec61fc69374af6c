import Curvature
import Kernels

/// Σᵢ φᵢ(uᵢ), u = Rw, whose Hessian at 0 has chosen eigenvalues λᵢ.
///
/// φ(u) = ½λu² where λ is not negative, and ¼κ(u² − |λ|/κ)² where it is: two wells of depth λ²/4κ at u = ±√(|λ|/κ). Without
/// a negative eigenvalue it is the quadratic ½wᵀRᵀΛRw.
public struct SpectralFunction: TestFunction {
  public let eigenvalues: [Double]
  /// κ.
  public let quartic: Double
  /// R, row-major; nil for the identity.
  private let rotation: AlignedBuffer<Double>?

  /// - Parameter rotation: An orthogonal matrix, row-major.
  public init(eigenvalues: [Double], quartic: Double = 1, rotation: [Double]? = nil) {
    precondition(!eigenvalues.isEmpty && quartic > 0)
    precondition(rotation.map { $0.count == eigenvalues.count * eigenvalues.count } ?? true)
    self.eigenvalues = eigenvalues
    self.quartic = quartic
    self.rotation = rotation.map { AlignedBuffer($0) }
  }

  public var dimension: Int { eigenvalues.count }

  public var isQuadratic: Bool { eigenvalues.allSatisfy { $0 >= 0 } }

  public func value(at w: [Double], gradient: inout [Double]) -> Double {
    var u = rotated(w)
    var value = 0.0
    for (index, eigenvalue) in eigenvalues.enumerated() {
      if eigenvalue >= 0 {
        value += 0.5 * eigenvalue * u[index] * u[index]
        u[index] *= eigenvalue
      } else {
        let height = u[index] * u[index] + eigenvalue / quartic
        value += 0.25 * quartic * height * height
        u[index] *= quartic * height
      }
    }
    guard let rotation else {
      gradient = u
      return value
    }
    gradient = [Double](repeating: 0, count: dimension)
    gradient.withUnsafeMutableBufferPointer { result in
      for row in 0..<dimension {
        addScaled(u[row], rotation.pointer + row * dimension, to: result.baseAddress!, count: dimension)
      }
    }
    return value
  }

  /// Rᵀ·diag(φ″)·R, with the square of the residual's slope for φ″ in the Gauss–Newton form.
  public func curvature(_ form: CurvatureForm, at w: [Double]) -> SymmetricMatrix {
    let bends = zip(eigenvalues, rotated(w)).map { eigenvalue, u in
      if eigenvalue >= 0 { return eigenvalue }
      return form == .hessian ? 3 * quartic * u * u + eigenvalue : 2 * quartic * u * u
    }
    let count = dimension
    return SymmetricMatrix(dimension: count) { matrix in
      guard let rotation else {
        for index in 0..<count { matrix[index * (count + 1)] = bends[index] }
        return
      }
      let scaled = AlignedBuffer<Double>(count: count * count)
      for row in 0..<count {
        addScaled(bends[row], rotation.pointer + row * count, to: scaled.pointer + row * count, count: count)
      }
      Double.product(
        transposeA: true, transposeB: false, m: count, n: count, k: count, alpha: 1, a: rotation.pointer,
        strideA: count, b: scaled.pointer, strideB: count, beta: 0, c: matrix, strideC: count)
    }
  }

  /// Rw.
  private func rotated(_ w: [Double]) -> [Double] {
    guard let rotation else { return w }
    return w.withUnsafeBufferPointer { w in
      (0..<dimension).map { dot(rotation.pointer + $0 * dimension, w.baseAddress!, count: dimension) }
    }
  }
}
