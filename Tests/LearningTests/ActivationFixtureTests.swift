import Kernels
import Learning
import TestSupport
import Testing

/// Activations against 60-digit arithmetic at points that Float and Double both hold.
@Suite("Activations against mpmath")
struct ActivationFixtureTests {
  struct Case: Decodable, Sendable {
    var points: FixtureArray
    var functions: [String: Function]
  }

  struct Function: Decodable, Sendable {
    var value: FixtureArray
    var first: FixtureArray
  }

  static let fixture = try! Fixture.load("activations", as: Case.self)

  /// Units of ε·max(|exact|, scale): values are relative down to `scale`, where subtraction in the formula makes the
  /// error absolute. GELU ends in z·(½ + ½erf), so its error is that of Φ times |z|.
  @Test(arguments: Activation.all)
  func values(activation: Activation) throws {
    let function = try #require(
      Self.fixture.functions[activation.description], "no values of \(activation) in Fixtures/activations")
    check(activation, function, Float.self)
    check(activation, function, Double.self)
  }

  private func check<S: Scalar>(_ activation: Activation, _ function: Function, _: S.Type) {
    let points: [S] = Self.fixture.points.values()
    let value = AlignedBuffer(points)
    let derivative = AlignedBuffer<S>(count: points.count)
    activation.kernel().apply(
      to: RowMap(z: value.pointer, rows: 1, columns: points.count, bias: nil, derivative: derivative.pointer))
    let exactValue: [Double] = function.value.values()
    let exactFirst: [Double] = function.first.values()
    var worstValue = 0.0
    var worstFirst = 0.0
    for index in points.indices {
      let scale = activation == .gelu ? Double(points[index]).magnitude : 0
      let error = (Double(value[index]) - exactValue[index]).magnitude
      // Below the smallest normal number nothing is promised but smallness, also of what z is multiplied by.
      let smallest = Double(S.leastNormalMagnitude) / Double(S.ulpOfOne) * max(1, Double(points[index]).magnitude)
      let size = max(exactValue[index].magnitude, scale, smallest)
      worstValue = max(worstValue, error / size)
      worstFirst = max(worstFirst, (Double(derivative[index]) - exactFirst[index]).magnitude)
    }
    let epsilon = Double(S.ulpOfOne)
    #expect(worstValue < 4 * epsilon)
    #expect(worstFirst < 4 * epsilon)
  }
}
