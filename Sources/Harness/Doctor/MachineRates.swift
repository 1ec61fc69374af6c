import Kernels

/// What this machine's one core reaches: the ceilings that a training step is held against.
public enum MachineRates {
  /// The best GFLOP/s of a product op(A)·op(B) over `seconds`, A m×k and B k×n after transposition.
  public static func product<S: Scalar>(
    _: S.Type, m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false, seconds: Double = 0.05
  ) -> Double {
    let a = AlignedBuffer<S>(count: m * k)
    let b = AlignedBuffer<S>(count: k * n)
    let c = AlignedBuffer<S>(count: m * n)
    for index in 0..<a.count { a[index] = S(index % 7) }
    for index in 0..<b.count { b[index] = S(index % 5) }
    let operations = 2 * Double(m) * Double(n) * Double(k)
    return withNumericEnvironment {
      operations
        / best(seconds: seconds, work: operations) {
          S.product(
            transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: 1, a: a.pointer,
            strideA: transposeA ? m : k, b: b.pointer, strideB: transposeB ? k : n, beta: 0, c: c.pointer, strideC: n)
        } * 1e-9
    }
  }

  /// The best GB/s of a copy that reads and writes `bytes` in all; both directions count.
  public static func copy(bytes: Int, seconds: Double = 0.05) -> Double {
    let count = max(16, bytes / 8)
    let source = AlignedBuffer<Float>(count: count)
    let target = AlignedBuffer<Float>(count: count)
    source.pointer.update(repeating: 1, count: count)
    let moved = Double(count * 8)
    return moved / best(seconds: seconds, work: moved) { target.pointer.update(from: source.pointer, count: count) }
      * 1e-9
  }

  /// The least seconds a call of `body` takes, in groups long enough for the clock.
  private static func best(seconds: Double, work: Double, _ body: () -> Void) -> Double {
    let calls = max(1, Int(2e7 / work))
    var least = Double.infinity
    var spent = 0.0
    while spent < seconds {
      let duration = ContinuousClock().measure { for _ in 0..<calls { body() } } / .seconds(1)
      spent += duration
      least = min(least, duration / Double(calls))
    }
    return least
  }
}
