import Curvature
import Foundation
import Kernels
import Learning

/// Times curvature measurements on one thread: products on network B over 10,000 samples, its largest eigenvalue, and
/// the dense Hessian of a network of 2,000 parameters. `peers.py` times the same elsewhere, on the same numbers.
///
///     curvature-benchmark [directory with the samples and weights, which it writes first]
@main
struct CurvatureBenchmark {
  static func main() throws {
    let folder = URL(
      fileURLWithPath: CommandLine.arguments.count > 1
        ? CommandLine.arguments[1] : NSTemporaryDirectory() + "curvature-benchmark")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try measureProducts(folder)
    try measureDense(folder)
    try measureRoutes()
  }

  static func measureProducts(_ folder: URL) throws {
    let problem = Problem(name: "B", layers: [784, 256, 128, 10], samples: 10_000)
    try problem.write(to: folder)
    let surface: LossSurface<Float> = problem.surface()
    let gradient = AlignedBuffer<Double>(count: surface.dimension)
    let gradientTime = best(of: 7) { surface.gradient(displacedBy: nil, times: 0, into: gradient.pointer) }
    report("gradient", gradientTime)
    for (name, budget) in [("product", 256 << 20), ("product, nothing kept", 0)] {
      let operation = HessianOperator(surface, memoryBudget: budget)
      let product = best(of: 7) { operation.apply(gradient.pointer, into: gradient.pointer) }
      report(name, product, note: "\(rounded(product / gradientTime)) gradients")
    }
    let newton = GaussNewtonOperator(surface)
    report("gauss_newton product", best(of: 7) { newton.apply(gradient.pointer, into: gradient.pointer) })
    var nested: PrincipalEigenvalue.Result?
    let nestedTime = try best(of: 5) { nested = try PrincipalEigenvalue().eigenpair(of: surface, seed: 1) }
    if let nested {
      report(
        "lambda_max, started on samples", nestedTime,
        note: describe(nested.pair, products: "\(nested.products) products, \(nested.sampledProducts) on samples"))
    }
    var plain: Lanczos.Result?
    let plainTime = try best(of: 3) {
      plain = try Lanczos(tolerance: 1e-3).eigenpairs(of: HessianOperator(surface), seed: 1)
    }
    if let plain, let pair = plain.largest.first {
      report("lambda_max, Lanczos", plainTime, note: describe(pair, products: "\(plain.products) products"))
    }
  }

  static func describe(_ pair: Eigenpair, products: String) -> String {
    "\(Float(pair.value)), residual \(Float(pair.residual)), \(products)"
  }

  static func measureDense(_ folder: URL) throws {
    let problem = Problem(name: "dense", layers: [20, 38, 26, 6], samples: 1_000)
    try problem.write(to: folder)
    try measureDense("dense H", problem.surface() as LossSurface<Float>)
    try measureDense("dense H, double", problem.surface() as LossSurface<Double>)
  }

  static func measureDense<S>(_ name: String, _ surface: LossSurface<S>) throws {
    let operation = HessianOperator(surface)
    var matrix: SymmetricMatrix?
    report(
      "\(name), by units", try best(of: 3) { matrix = try operation.denseMatrix() }, note: "P \(surface.dimension)")
    report("\(name), by products", try best(of: 3) { matrix = try SymmetricMatrix(operation) })
    if let matrix { report("\(name), eigenvalues", try best(of: 2) { _ = try matrix.spectrum() }) }
  }

  /// What a matrix costs in gradients, unit by unit and by products, and as how many products the former is booked.
  static func measureRoutes() throws {
    for layers in [[64, 16, 10], [20, 38, 26, 6], [10, 8, 8, 2], [200, 5]] {
      let surface: LossSurface<Float> = Problem(name: "routes", layers: layers, samples: 1_000).surface()
      let name = layers.map(String.init).joined(separator: "-")
      let slope = AlignedBuffer<Double>(count: surface.dimension)
      let gradient = best(of: 20) { surface.gradient(displacedBy: nil, times: 0, into: slope.pointer) }
      try measureRoutes("\(name), H", HessianOperator(surface), gradient, slope)
      try measureRoutes("\(name), G", GaussNewtonOperator(surface), gradient, slope)
    }
  }

  static func measureRoutes(
    _ name: String, _ matrix: some CurvatureMatrix, _ gradient: Double, _ slope: AlignedBuffer<Double>
  ) throws {
    let product = best(of: 20) { matrix.apply(slope.pointer, into: slope.pointer) } / gradient
    let units = try best(of: 2) { _ = try matrix.denseMatrix(limit: .max) } / gradient
    let products = try best(of: 1) { _ = try SymmetricMatrix(matrix, limit: .max) } / gradient
    print(
      "ravine  \(name): P \(matrix.dimension), a product \(rounded(product)) gradients, the matrix by units \(rounded(units)),"
        + " by products \(rounded(products)); by units booked as \(matrix.denseProducts.rounded()) products")
  }

  /// The shortest of some repetitions, in seconds.
  static func best(of count: Int, _ body: () throws -> Void) rethrows -> Double {
    var shortest = Double.infinity
    for _ in 0...count {
      let start = ContinuousClock.now
      try body()
      let elapsed = (ContinuousClock.now - start).components
      shortest = min(shortest, Double(elapsed.seconds) + 1e-18 * Double(elapsed.attoseconds))
    }
    return shortest
  }

  static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  static func report(_ name: String, _ seconds: Double, note: String = "") {
    print("ravine  \(name): \(rounded(seconds * 1e3)) ms\(note.isEmpty ? "" : "  (\(note))")")
  }
}

/// Samples of ten or so classes whose features depend on them, and weights that have not been trained.
struct Problem {
  var name: String
  var layers: [Int]
  var samples: Int

  var network: Network {
    Network(
      inputs: layers[0], hidden: Array(layers.dropFirst().dropLast()), outputs: layers[layers.count - 1],
      activation: Activation(ReLU()))
  }

  var labels: [Int32] {
    var stream = RandomStream(RandomKey(seed: 1, purpose: .generation))
    return (0..<samples).map { _ in Int32(stream.nextIndex(below: layers[layers.count - 1])) }
  }

  func features<S: Scalar>() -> AlignedBuffer<S> {
    var stream = RandomStream(RandomKey(seed: 2, purpose: .generation))
    let matrix = AlignedBuffer<S>(count: samples * layers[0])
    for (row, label) in labels.enumerated() {
      var means = RandomStream(RandomKey(seed: 3, purpose: .generation, index: UInt64(label)))
      for column in 0..<layers[0] {
        matrix.pointer[row * layers[0] + column] = S(Float(0.5 * means.nextUniform() + 0.5 * stream.nextUniform()))
      }
    }
    return matrix
  }

  func surface<S: Scalar>() -> LossSurface<S> {
    let weights: AlignedBuffer<Float> = network.initialParameters(Initialization(HeNormal()), seed: 1)
    let parameters = AlignedBuffer<S>(count: weights.count)
    for index in 0..<weights.count { parameters.pointer[index] = S(weights.pointer[index]) }
    return LossSurface(
      network: network, loss: Loss(SoftmaxCrossEntropy()), dropout: .none(layers: network.layers.count),
      parameters: parameters,
      samples: Samples(
        count: samples, featureCount: layers[0], features: features(),
        targets: .classes(labels, classes: layers[layers.count - 1])))
  }

  /// Raw float32 and int32 files for the peers.
  func write(to folder: URL) throws {
    let matrix: AlignedBuffer<Float> = features()
    let weights: AlignedBuffer<Float> = network.initialParameters(Initialization(HeNormal()), seed: 1)
    func write(_ data: UnsafeRawBufferPointer, _ part: String) throws {
      try Data(data).write(to: folder.appending(path: "\(name).\(part)"))
    }
    try write(UnsafeRawBufferPointer(UnsafeBufferPointer(start: matrix.pointer, count: matrix.count)), "features")
    try write(UnsafeRawBufferPointer(UnsafeBufferPointer(start: weights.pointer, count: weights.count)), "weights")
    try labels.withUnsafeBytes { try write($0, "labels") }
  }
}
