import CSIMD

// Polynomial approximations in single precision. Errors are given against the exact function and held by tests.
extension FloatLanes {
  /// eˣ within 2 ulp: x = n·log 2 + r by a two-part log 2, a degree-5 polynomial in r, and 2ⁿ from the exponent bits.
  ///
  /// Infinite above 88.72, zero below −87.33, NaN for NaN. Coefficients: Cephes `expf` (Moshier, 1992).
  @inlinable @inline(__always)
  public func exponential() -> Self {
    let low: Float = -87.33654
    let high: Float = 88.72283
    let clamped = lanes.replacing(with: low, where: lanes .< low).replacing(with: high, where: lanes .> high)
    // NaN lanes are replaced while the integer conversion runs and put back at the end.
    let x = clamped.replacing(with: 0, where: lanes .!= lanes)
    // Adding and taking away 1.5·2²³ rounds to the nearest integer.
    let n = (x * 1.4426950408889634 + 12_582_912) - 12_582_912
    let r = (x - n * 0.693359375) - n * -2.12194440e-4
    var y = SIMD16<Float>(repeating: 1.9875691500e-4)
    y = y * r + 1.3981999507e-3
    y = y * r + 8.3334519073e-3
    y = y * r + 4.1665795894e-2
    y = y * r + 1.6666665459e-1
    y = y * r + 5.0000001201e-1
    y = y * (r * r) + r + 1
    // 2ⁿ in two factors, since n may be 128.
    let exponent = csimd_truncate_float16(n)
    let half = exponent &>> 1
    let result = y * Self.powerOfTwo(half) * Self.powerOfTwo(exponent &- half)
    return Self(
      lanes: result.replacing(with: .infinity, where: lanes .> high).replacing(with: 0, where: lanes .< low)
        .replacing(with: lanes, where: lanes .!= lanes))
  }

  @inlinable @inline(__always)
  static func powerOfTwo(_ exponent: SIMD16<Int32>) -> SIMD16<Float> {
    unsafeBitCast((exponent &+ 127) &<< 23, to: SIMD16<Float>.self)
  }

  /// tanh x within 3 ulp: a polynomial for |x| < 0.625, else 1 − 2/(e^{2|x|} + 1). Coefficients: Cephes `tanhf`.
  @inlinable @inline(__always)
  public func hyperbolicTangent() -> Self {
    let size = magnitude
    let z = lanes * lanes
    var series = SIMD16<Float>(repeating: -5.70498872745e-3)
    series = series * z + 2.06390887954e-2
    series = series * z - 5.37397155531e-2
    series = series * z + 1.33314422036e-1
    series = series * z - 3.33332819422e-1
    series = series * z * lanes + lanes
    let exponential = Self(lanes: size.lanes + size.lanes).exponential().lanes
    let large = 1 - 2 / (exponential + 1)
    let signed = large.replacing(with: 0 - large, where: lanes .< 0)
    return Self(lanes: signed.replacing(with: series, where: size.lanes .< 0.625))
  }

  /// log(1 + x) = 2·artanh(x/(2 + x)) for x in [0, 1], by its series to s¹⁵, s ≤ ⅓: truncation under 1e-9.
  @inlinable @inline(__always)
  public func logarithmOfOnePlus() -> Self {
    let s = lanes / (lanes + 2)
    let z = s * s
    var series = SIMD16<Float>(repeating: 1 / 15)
    series = series * z + 1 / 13
    series = series * z + 1 / 11
    series = series * z + 1 / 9
    series = series * z + 1 / 7
    series = series * z + 1 / 5
    series = series * z + 1 / 3
    series = series * z + 1
    return Self(lanes: (s + s) * series)
  }

  /// erf x within 4e-7: a rational function in x on [−4, 4], ±1 outside.
  ///
  /// Numerator and denominator: the single-precision minimax fit published with Eigen and XLA.
  @inlinable @inline(__always)
  public func errorFunction() -> Self {
    let x = lanes.replacing(with: -4, where: lanes .< -4).replacing(with: 4, where: lanes .> 4)
    let z = x * x
    var top = SIMD16<Float>(repeating: -2.72614225801306e-10)
    top = top * z + 2.77068142495902e-08
    top = top * z - 2.10102402082508e-06
    top = top * z - 5.69250639462346e-05
    top = top * z - 7.34990630326855e-04
    top = top * z - 2.95459980854025e-03
    top = top * z - 1.60960333262415e-02
    var bottom = SIMD16<Float>(repeating: -1.45660718464996e-05)
    bottom = bottom * z - 2.13374055278905e-04
    bottom = bottom * z - 1.68282697438203e-03
    bottom = bottom * z - 7.37332916720468e-03
    bottom = bottom * z - 1.42647390514189e-02
    return Self(lanes: x * top / bottom)
  }
}
