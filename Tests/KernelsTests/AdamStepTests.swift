import Foundation
import Kernels
import Testing

@Suite("Adam's step by the processor's kernel")
struct AdamStepTests {
  private let hasKernel = ProductLibraries.kernels.contains("Adam")

  /// Gradients and averages from 10⁻³⁰ to 10¹⁵, zeros among them.
  private static func values(_ count: Int, seed: UInt64, positive: Bool = false) -> AlignedBuffer<Float> {
    var stream = RandomStream(RandomKey(seed: seed, purpose: .generation))
    return AlignedBuffer(
      (0..<count).map { index in
        if index % 11 == 0 { return 0 }
        let magnitude = Float(pow(10, 45 * stream.nextUniform() - 30))
        return positive || stream.nextUniform() < 0.5 ? magnitude : -magnitude
      })
  }

  /// Against the formulas in double precision: a few units in the last place, of the largest term where terms cancel.
  @Test(arguments: [(Float(0), Float(1)), (Float(0.01), Float(0.999))])
  func equalsTheFormula(decay: Float, shrink: Float) {
    let count = 1024
    let step = AdamStep<Float>(
      keptMean: 0.9, freshMean: 0.1, keptSquare: 0.999, freshSquare: 0.001, rate: 0.002, floor: 3e-10, decay: decay,
      shrink: shrink)
    let w = Self.values(count, seed: 1)
    let g = Self.values(count, seed: 2)
    let m = Self.values(count, seed: 3)
    let v = Self.values(count, seed: 4, positive: true)
    let before = (w: w.array.map(Double.init), m: m.array.map(Double.init), v: v.array.map(Double.init))
    let taken = Float.take(
      step, count: count, w.pointer, gradient: g.pointer, mean: m.pointer, square: v.pointer)
    guard let square = taken else {
      #expect(w.array.map(Double.init) == before.w)
      #expect(!hasKernel)
      return
    }
    let slopes = g.array.map(Double.init)
    let sum = slopes.reduce(0) { $0 + $1 * $1 }
    #expect(abs(Double(square) - sum) <= 1e-5 * sum)
    var worst = (m: 0.0, v: 0.0, w: 0.0)
    for index in 0..<count {
      let slope = slopes[index] + Double(decay) * before.w[index]
      let terms = (Double(step.keptMean) * before.m[index], Double(step.freshMean) * slope)
      let mean = terms.0 + terms.1
      let second =
        Double(step.keptSquare) * before.v[index] + Double(step.freshSquare) * slope * slope
      let change = Double(step.rate) * mean / (second.squareRoot() + Double(step.floor))
      let expected = Double(shrink) * before.w[index] - change
      let size = Double(Float.leastNormalMagnitude)
      let slack = Double(step.rate) * (abs(terms.0) + abs(terms.1)) / (second.squareRoot() + Double(step.floor))
      worst.m = max(worst.m, abs(Double(m[index]) - mean) / (abs(terms.0) + abs(terms.1) + size))
      worst.v = max(worst.v, abs(Double(v[index]) - second) / (second + size))
      worst.w = max(worst.w, abs(Double(w[index]) - expected) / (abs(before.w[index]) + slack + size))
    }
    #expect(worst.m < 5e-7)
    #expect(worst.v < 5e-7)
    #expect(worst.w < 1e-6)
  }

  @Test func notANumberStaysOne() {
    let w = AlignedBuffer<Float>(count: 16)
    let g = AlignedBuffer<Float>(count: 16)
    g[3] = .nan
    let m = AlignedBuffer<Float>(count: 16)
    let v = AlignedBuffer<Float>(count: 16)
    let step = AdamStep<Float>(
      keptMean: 0.9, freshMean: 0.1, keptSquare: 0.999, freshSquare: 0.001, rate: 0.002, floor: 3e-10)
    let taken = Float.take(step, count: 16, w.pointer, gradient: g.pointer, mean: m.pointer, square: v.pointer)
    #expect((taken != nil) == hasKernel)
    #expect(taken?.isNaN ?? true)
    #expect(w.array.indices.filter { w[$0].isNaN } == (taken == nil ? [] : [3]))
  }
}
