import RealModule

/// The regularised incomplete beta function I_x(a, b).
///
/// Continued fraction DLMF 8.17.22, evaluated by the modified Lentz method (Thompson and Barnett, J. Comput. Phys. 64,
/// 1986), on the side of x where it converges fast, in O(√max(a, b)) terms. Relative error below 1e-10 for a, b ≤ 1e6.
enum IncompleteBeta {
  /// I_x(a, b) for a, b > 0, with y = 1 − x given apart so that neither end loses digits.
  static func regularized(_ x: Double, complement y: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    return x > (a + 1) / (a + b + 2) ? 1 - direct(y, x, b, a) : direct(x, y, a, b)
  }

  /// ln B(a, b). Large arguments go through Stirling's series: differences of ln Γ would cancel.
  static func logBeta(_ first: Double, _ second: Double) -> Double {
    let (b, a) = (min(first, second), max(first, second))
    if a < 10 { return .logGamma(a) + .logGamma(b) - .logGamma(a + b) }
    let correction = stirlingCorrection(a) - stirlingCorrection(a + b)
    if b < 10 {
      return .logGamma(b) + correction - (a - 0.5) * .log(onePlus: b / a) - b * .log(a + b) + b
    }
    return 0.5 * .log(2 * .pi / (a + b)) + stirlingCorrection(b) + correction
      - (a - 0.5) * .log(onePlus: b / a) + (b - 0.5) * .log(b / (a + b))
  }

  /// x^a·y^b / (a·B(a, b)) times the continued fraction.
  private static func direct(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    let logX = x > 0.5 ? .log(onePlus: -y) : Double.log(x)
    let logY = y > 0.5 ? .log(onePlus: -x) : Double.log(y)
    return .exp(a * logX + b * logY - logBeta(a, b)) / a * continuedFraction(x, a, b)
  }

  private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func nonzero(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
    var (c, d, fraction) = (1.0, 0.0, 1.0)
    for index in 1...1_000_000 {
      let m = Double(index / 2)
      let numerator =
        index.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonzero(1 + numerator * d)
      c = nonzero(1 + numerator / c)
      let factor = c * d
      fraction *= factor
      if (factor - 1).magnitude < 1e-16 { break }
    }
    return 1 / fraction
  }

  /// ln Γ(z) − [(z − ½) ln z − z + ½ ln 2π] for z ≥ 10 (DLMF 5.11.1).
  private static func stirlingCorrection(_ z: Double) -> Double {
    // B₂ₖ / (2k(2k − 1)), k = 1 …
    let coefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156]
    let square = 1 / (z * z)
    return coefficients.reversed().reduce(0) { $0 * square + $1 } / z
  }
}
