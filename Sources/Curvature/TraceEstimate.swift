import Kernels

/// The trace of an operator from products with random vectors.
public struct TraceEstimate: Hashable, Sendable {
  /// Random sign vectors.
  public var probes: Int
  /// Products spent on a basis of the dominant part, whose trace is then exact; 0 for Hutchinson's own estimate.
  ///
  /// Hutch++ (Meyer, Musco, Musco, Woodruff, 2021): tr A = tr QᵀAQ + tr (I − QQᵀ)A(I − QQᵀ), the second by probes. The
  /// basis costs twice as many products as it has vectors.
  public var sketch: Int

  public init(probes: Int = 32, sketch: Int = 0) {
    precondition(probes > 0 && sketch >= 0)
    self.probes = probes
    self.sketch = sketch
  }

  public struct Result: Hashable, Sendable {
    public var trace: Double
    /// Standard error of the mean over the probes; NaN for a single one. Zero where the sketch spans everything.
    public var standardError: Double
    public var products: Int

    public init(trace: Double, standardError: Double, products: Int) {
      self.trace = trace
      self.standardError = standardError
      self.products = products
    }
  }

  /// Hutchinson (1990): the mean of zᵀAz over vectors of random signs.
  ///
  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func trace(of operation: any SymmetricOperator, seed: UInt64) throws(CurvatureError) -> Result {
    let dimension = operation.dimension
    let image = VectorStorage(count: dimension)
    let z = VectorStorage(count: dimension)
    let basis = sketchBasis(of: operation, seed: seed)
    var exact = 0.0
    for vector in basis {
      operation.apply(vector.pointer, into: image.pointer)
      exact += dot(vector.pointer, image.pointer, count: dimension)
    }
    let sketchProducts = basis.isEmpty ? 0 : min(sketch, dimension) + basis.count
    guard exact.isFinite else { throw .notFinite(what: "the trace") }
    if basis.count == dimension { return Result(trace: exact, standardError: 0, products: sketchProducts) }
    var values: [Double] = []
    for probe in 0..<probes {
      var stream = ProbeStream.trace.stream(seed: seed, probe: probe)
      stream.fillSigns(z.pointer, count: dimension)
      orthogonalize(z.pointer, against: basis.map(\.pointer), count: dimension)
      operation.apply(z.pointer, into: image.pointer)
      values.append(dot(z.pointer, image.pointer, count: dimension))
    }
    let rest = SampleMean(values)
    guard rest.mean.isFinite else { throw .notFinite(what: "the trace") }
    return Result(
      trace: exact + rest.mean, standardError: rest.standardError, products: sketchProducts + probes)
  }

  /// An orthonormal basis of the images of `sketch` random sign vectors.
  private func sketchBasis(of operation: any SymmetricOperator, seed: UInt64) -> [VectorStorage] {
    let dimension = operation.dimension
    var basis: [VectorStorage] = []
    let z = VectorStorage(count: dimension)
    for index in 0..<min(sketch, dimension) {
      var stream = ProbeStream.trace.stream(seed: seed, probe: -1 - index)
      stream.fillSigns(z.pointer, count: dimension)
      let vector = VectorStorage(count: dimension)
      operation.apply(z.pointer, into: vector.pointer)
      let before = norm(vector.pointer, count: dimension)
      for _ in 0..<2 { orthogonalize(vector.pointer, against: basis.map(\.pointer), count: dimension) }
      let length = norm(vector.pointer, count: dimension)
      guard length > 1e-12 * before else { continue }
      scale(vector.pointer, by: 1 / length, count: dimension)
      basis.append(vector)
    }
    return basis
  }
}
