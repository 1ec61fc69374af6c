/// What one probe of the curvature takes, counted on paper: passes of each kind over its samples.
///
/// How many products a search takes only the spectrum decides: 40 and 5 an eigenvalue are usual at the standard tolerance,
/// and 40 more where copies of several eigenvalues are looked for.
public struct ProbeWork: Hashable, Sendable {
  /// Samples the loss is the mean of.
  public var samples: Int
  public var size: NetworkSize
  /// Products with the matrix.
  public var products = 0.0
  /// Products with the block of every layer: one with each of them counts one.
  public var layerProducts = 0.0
  public var gradients = 0.0
  /// Losses alone.
  public var losses = 0.0
  /// Gradients of one sample.
  public var sampleGradients = 0.0
  /// How often a vector of P numbers is made orthogonal to another.
  public var orthogonalizations = 0.0
  /// Whether the matrix is formed, by as many products as it has columns, and all of its eigenvalues are found.
  public var formsMatrix = false

  /// P.
  public var parameters: Int { size.parameters }

  /// Operations of finding all eigenvalues: Householder's reduction, the vectors and their residuals.
  var solver: Double {
    let size = Double(parameters)
    return formsMatrix ? 11 * size * size * size : 0
  }

  /// Operations of one product and sample: two gradients'.
  public var productOperations: Double { 2 * size.gradientOperations }

  /// Operations in all.
  public var operations: Double {
    let passes = products + 0.5 * (layerProducts + gradients) + 0.2 * losses
    return (passes * Double(samples) + 0.5 * sampleGradients) * productOperations
      + 4 * orthogonalizations * Double(parameters) + solver
  }

  /// Bytes of the vectors that a search keeps, or of the matrix, its copy and its eigenvectors' images.
  var bytes: Double {
    let vectors = formsMatrix ? 3 * Double(parameters) : min(products, Self.basisLimit) + 4
    return 8 * vectors * Double(parameters)
  }

  /// Vectors of a basis at most.
  static let basisLimit = 120.0

  /// So many products of a Krylov method, and what keeps its basis orthogonal: twice against all of it.
  fileprivate mutating func search(_ count: Double, in work: WritableKeyPath<Self, Double>) {
    self[keyPath: work] += count
    // Beyond its limit a basis is restarted with about half of its vectors.
    let size = count <= Self.basisLimit ? count / 2 : 0.75 * Self.basisLimit
    orthogonalizations += 2 * count * size
  }
}

extension CurvatureSpecification {
  /// Probes of a run: those of the best and the last epoch only where no other is of the same epoch for sure.
  public func probes(epochs: Int) -> Int {
    let start = moments.contains(.start) ? 1 : 0
    let scheduled = every.map { epochs / $0 } ?? 0
    let final = moments.contains(.final) && !(every.map { epochs.isMultiple(of: $0) } ?? false) ? 1 : 0
    let best = moments.contains(.best) && every != 1 ? 1 : 0
    return start + scheduled + final + best
  }

  /// - Parameters:
  ///   - isLayered: Whether it is a network, and no problem, whose matrix is in memory.
  ///   - available: Samples of the share that is looked at.
  func work(_ size: NetworkSize, isLayered: Bool, samples available: Int) -> ProbeWork {
    let all = Double(size.parameters)
    let wanted = largest + smallest
    var work = ProbeWork(samples: samples ?? available, size: size)
    (work.gradients, work.losses) = (1, 1)
    work.formsMatrix = fullSpectrum || size.parameters <= wanted
    if work.formsMatrix {
      work.products = all
    } else if wanted == 1, matrix != .finiteDifferences, isLayered {
      // From a few of the samples over a quarter of them to all of them.
      work.search(limited(12), in: \.products)
      work.products += work.samples >= 512 ? 3 : 0
    } else {
      let copies = largest > 1 || smallest > 1 ? 40 : 0
      work.search(min(limited(40 + 5 * wanted + copies), 2 * all), in: \.products)
    }
    if let density {
      for _ in 0..<density.probes { work.search(min(Double(density.steps), all), in: \.products) }
    }
    if !work.formsMatrix { work.products += Double(traceProbes ?? 0) }
    if layers, isLayered { work.search(min(limited(50), all), in: \.layerProducts) }
    if taylorModels {
      work.products += 3
      work.gradients += 3
      work.losses += 39
    }
    if estimates.contains(.power) { work.products += limited(200) }
    if estimates.contains(.taylor) { work.gradients += limited(200) }
    if estimates.contains(.online) { work.sampleGradients = Self.onlineGradients(samples: work.samples) }
    // A pass for each unit, which runs through the layers above it only.
    if keepsDiagonal, isLayered { work.products += Double(size.units) / 2 }
    return work
  }

  private func limited(_ products: Int) -> Double { Double(min(iterations, products)) }

  /// Two for each step: 5,000 while γ falls, then 3,000, or ten times whole passes over the samples where these are few;
  /// and a check of as many.
  private static func onlineGradients(samples: Int) -> Double {
    let averaging = samples < 3_000 ? 10 * ((300 + samples - 1) / max(1, samples)) * samples : 3_000
    return Double(2 * (5_000 + averaging + 2 * min(samples, 3_000)))
  }
}
