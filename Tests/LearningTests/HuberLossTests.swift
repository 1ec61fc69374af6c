import Kernels
import Learning
import TestSupport
import Testing

@Suite("Huber's loss") struct HuberLossTests {
  /// Value, slope and curvature from the definition, for thresholds on both sides of the errors, over rows that end within
  /// a vector.
  @Test(arguments: [0.25, 1, 4])
  func definition(delta: Double) {
    check(delta, Double.self, tolerance: 1e-15)
    check(delta, Float.self, tolerance: 1e-6)
  }

  private func check<S: Scalar>(_ delta: Double, _: S.Type, tolerance: Double) {
    var part = HuberLoss()
    part.delta = delta
    let kernel: any LossKernel<S> = part.kernel()
    let errors = stride(from: -3.0, through: 3, by: 0.375).map { $0 }
    let (rows, columns) = (errors.count, 3)
    let targets = AlignedBuffer((0..<rows * columns).map { S(Double($0 % 5) - 2) })
    let outputs = (0..<rows * columns).map { targets[$0] + S(errors[$0 / columns]) }
    let labels = [Int32](repeating: 0, count: rows)
    labels.withUnsafeBufferPointer { labels in
      let samples = LossSamples(
        rows: rows, columns: columns, labels: labels.baseAddress!, targets: UnsafePointer(targets.pointer))
      let slopes = AlignedBuffer(outputs)
      let sum = kernel.slopes(slopes.pointer, samples, scale: 0.5, countsCorrect: false, sumsSquares: true)
      let kept = AlignedBuffer(outputs)
      let scratch = AlignedBuffer<S>(count: outputs.count)
      kernel.keepCurvature(kept.pointer, samples, scale: 0.5, scratch: scratch.pointer)
      var (loss, squares) = (0.0, 0.0)
      for (row, error) in errors.enumerated() {
        let size = error.magnitude
        let one = size <= delta ? error * error / 2 : delta * (size - delta / 2)
        loss += 3 * one
        squares += 9 * one * one
        let slope = 0.5 * (size <= delta ? error : error < 0 ? -delta : delta)
        for column in 0..<columns {
          #expect((Double(slopes[row * columns + column]) - slope).magnitude < tolerance * 4)
          // At δ itself the second derivative jumps.
          guard size != delta else { continue }
          #expect(kept[row * columns + column] == (size < delta ? 0.5 : 0))
        }
      }
      #expect((sum.loss / loss - 1).magnitude < tolerance && (sum.squares / squares - 1).magnitude < tolerance * 4)
    }
    withExtendedLifetime(targets) {}
  }
}
