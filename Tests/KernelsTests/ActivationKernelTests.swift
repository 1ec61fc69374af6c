import Kernels
import RealModule
import TestSupport
import Testing

@Suite("Element-wise kernels")
struct ActivationKernelTests {
  static let columns = [1, 2, 15, 16, 17, 31, 33, 64]

  /// φ and φ′ from the definitions, in Double.
  static func reference(_ activation: Activation, _ z: Double) -> (value: Double, derivative: Double) {
    let sigmoid = 1 / (1 + Double.exp(-z))
    switch activation.description {
    case "identity": return (z, 1)
    case "relu": return z > 0 ? (z, 1) : (0, 0)
    case "tanh": return (.tanh(z), 1 / (Double.cosh(z) * Double.cosh(z)))
    case "lecun_tanh":
      let cosh = Double.cosh(2 * z / 3)
      return (1.7159 * .tanh(2 * z / 3), 1.7159 * 2 / 3 / (cosh * cosh))
    case "sigmoid": return (sigmoid, sigmoid * (1 - sigmoid))
    case "softplus": return (.log(onePlus: .exp(z)), sigmoid)
    case "gelu":
      let distribution = Double.erfc(-z / 2.0.squareRoot()) / 2
      return (z * distribution, distribution + z * .exp(-z * z / 2) / (2 * Double.pi).squareRoot())
    case "silu": return (z * sigmoid, sigmoid * (1 + z * (1 - sigmoid)))
    default:
      Issue.record("no definition of \(activation) to compare with")
      return (.nan, .nan)
    }
  }

  /// Shapes whose rows end within a vector, with and without bias and derivative; nothing beyond may change.
  @Test(arguments: Activation.all, columns)
  func everyShapeIsCovered(activation: Activation, columns: Int) {
    check(activation, columns, Float.self)
    check(activation, columns, Double.self)
  }

  private func check<S: Scalar>(_ activation: Activation, _ columns: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(columns))
    for rows in [1, 3] {
      for (hasBias, hasDerivative) in [(false, false), (true, false), (false, true), (true, true)] {
        let z: [S] = numbers.values(rows * columns, scale: 3)
        let bias: [S] = numbers.values(columns)
        let value = Guarded(z)
        let derivative = Guarded([S](repeating: 0, count: rows * columns))
        let paddedBias = AlignedBuffer(bias)
        activation.kernel().apply(
          to: RowMap(
            z: value.pointer, rows: rows, columns: columns,
            bias: hasBias ? UnsafePointer(paddedBias.pointer) : nil,
            derivative: hasDerivative ? derivative.pointer : nil))
        #expect(value.isIntact && derivative.isIntact)
        var worst = 0.0
        for index in z.indices {
          let expected = Self.reference(activation, Double(hasBias ? z[index] + bias[index % columns] : z[index]))
          worst = max(worst, (Double(value.values[index]) - expected.value).magnitude)
          if hasDerivative { worst = max(worst, (Double(derivative.values[index]) - expected.derivative).magnitude) }
        }
        #expect(worst < 16 * Double(S.ulpOfOne), "bias \(hasBias), derivative \(hasDerivative), rows \(rows)")
        withExtendedLifetime(paddedBias) {}
      }
    }
  }

  /// In one pass with dropout ReLU has the bits of two, and the mask goes on alike.
  @Test(arguments: [32, 64, 96])
  func rectifiedUnitsAreDropped(columns: Int) {
    var numbers = TestNumbers(seed: UInt64(columns))
    let z: [Float] = numbers.values(5 * columns, scale: 3)
    let bias: [Float] = numbers.values(columns)
    for hasBias in [false, true] {
      let expected = AlignedBuffer(z)
      let found = Guarded(z)
      var mask = DropoutMask(seed: 3, layer: 1, step: 8, keepProbability: 0.5)
      var other = mask
      bias.withUnsafeBufferPointer {
        let bias = hasBias ? $0.baseAddress : nil
        Activation.relu.kernel().apply(to: RowMap(z: expected.pointer, rows: 5, columns: columns, bias: bias))
        apply(&mask, to: expected.pointer, count: 5 * columns, scale: 2)
        rectify(found.pointer, rows: 5, columns: columns, bias: bias, &other, scale: 2)
      }
      #expect(found.values == expected.array && found.isIntact)
      #expect(mask.presence(count: 100) == other.presence(count: 100))
    }
  }

  /// Divergence must be seen: an activation never turns NaN into a number.
  @Test(arguments: Activation.all)
  func notANumberStaysNotANumber(activation: Activation) {
    let single = AlignedBuffer([Float.nan, 1])
    activation.kernel().apply(to: RowMap(z: single.pointer, rows: 1, columns: 2, bias: nil))
    #expect(single[0].isNaN && single[1].isFinite)
    let double = AlignedBuffer([Double.nan, 1])
    activation.kernel().apply(to: RowMap(z: double.pointer, rows: 1, columns: 2, bias: nil))
    #expect(double[0].isNaN && double[1].isFinite)
  }

  @Test(arguments: [1, 15, 16, 17, 33])
  func arithmeticKernelsAgreeWithTheDefinition(count: Int) {
    var numbers = TestNumbers(seed: UInt64(count))
    let x: [Double] = numbers.values(count)
    let y: [Double] = numbers.values(count)
    let sum = Guarded(y)
    addScaled(0.75, x, to: sum.pointer, count: count)
    #expect(sum.values == zip(x, y).map { $1 + 0.75 * $0 } && sum.isIntact)

    let product = AlignedBuffer(x)
    let factor = AlignedBuffer(y)
    multiply(product.pointer, by: factor.pointer, count: count)
    #expect(product.array == zip(x, y).map { $0 * $1 })

    let delta = AlignedBuffer(x)
    backpropagateReLU(delta.pointer, output: factor.pointer, count: count, scale: 1.25)
    #expect(delta.array == zip(x, y).map { $1 > 0 ? $0 * 1.25 : 0 })
    withExtendedLifetime(factor) {}
  }
}
