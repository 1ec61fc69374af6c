import CBLIS
import CDNNL
import RealModule

/// A scalar type that networks train in: Float, or Double as the oracle.
public protocol Scalar: Real, BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {
  associatedtype Vector: LaneVector where Vector.Element == Self

  /// C ← α·op(A)·op(B) + β·C, row-major, op(A) `m`×`k`, op(B) `k`×`n`, on the calling thread alone.
  static func product(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Self,
    a: UnsafePointer<Self>, strideA: Int, b: UnsafePointer<Self>, strideB: Int,
    beta: Self, c: UnsafeMutablePointer<Self>, strideC: Int)

  /// Adam's step on `count` parameters, a multiple of 16, by a kernel of the processor's.
  ///
  /// - Returns: Σg² of the gradient as given; nil where there is none, and nothing was done.
  static func take(
    _ step: AdamStep<Self>, count: Int, _ parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    mean: UnsafeMutablePointer<Self>, square: UnsafeMutablePointer<Self>
  ) -> Self?

  /// A convolution of `count` images to `outputs` channels, or nil where a product of unfolded windows is the better way.
  static func convolution(_ grid: WindowGrid, outputs: Int, count: Int) -> (any ConvolutionPasses<Self>)?
}

extension Float: Scalar {
  public typealias Vector = FloatLanes

  public static func product(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int,
    beta: Float, c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    if DenseProduct.isSmall(n: n, k: k) {
      if !transposeB, beta == 0,
        SmallProduct.take(
          transposeA: transposeA, m: m, n: n, k: k, alpha: alpha, a: a, strideA: strideA, b: b, strideB: strideB, c: c,
          strideC: strideC)
      {
        return
      }
    } else if SparseProduct.take(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a, strideA: strideA, b: b,
      strideB: strideB, beta: beta, c: c, strideC: strideC)
    {
      return
    }
    if DenseProduct.take(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a, strideA: strideA, b: b,
      strideB: strideB, beta: beta, c: c, strideC: strideC)
    {
      return
    }
    let status = dnnl_sgemm(
      transposeA ? 84 : 78, transposeB ? 84 : 78, dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha,
      a, dnnl_dim_t(strideA), b, dnnl_dim_t(strideB), beta, c, dnnl_dim_t(strideC))
    precondition(status == dnnl_success, "oneDNN refused a \(m)×\(n)×\(k) product")
  }

  public static func convolution(
    _ grid: WindowGrid, outputs: Int, count: Int
  ) -> (any ConvolutionPasses<Float>)? {
    FloatConvolution(grid, outputs: outputs, count: count)
  }
}

extension Double: Scalar {
  public typealias Vector = DoubleLanes

  public static func product(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Double,
    a: UnsafePointer<Double>, strideA: Int, b: UnsafePointer<Double>, strideB: Int,
    beta: Double, c: UnsafeMutablePointer<Double>, strideC: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), alpha, a, Int32(strideA), b, Int32(strideB), beta, c, Int32(strideC))
  }

  /// None in double precision.
  public static func take(
    _ step: AdamStep<Double>, count: Int, _ parameters: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
    mean: UnsafeMutablePointer<Double>, square: UnsafeMutablePointer<Double>
  ) -> Double? { nil }

  /// oneDNN has none in double precision.
  public static func convolution(
    _ grid: WindowGrid, outputs: Int, count: Int
  ) -> (any ConvolutionPasses<Double>)? { nil }
}
