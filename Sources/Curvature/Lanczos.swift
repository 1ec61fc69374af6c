import Kernels

/// The largest and the smallest algebraic eigenvalues of an operator by the Lanczos method.
///
/// Lanczos (1950) with full reorthogonalisation in Double, thick restarts once the basis is full (Wu and Simon, 2000)
/// and a fresh random vector where β ≈ 0. One Krylov space shows one vector of a multiple eigenvalue: more than one
/// value at an end is confirmed by further spaces orthogonal to what was found, until they have nothing larger.
public struct Lanczos: Hashable, Sendable {
  /// How many of the largest algebraic eigenvalues are wanted.
  public var largest: Int
  /// How many of the smallest.
  public var smallest: Int
  /// A pair has converged when its residual is at most this times the largest |λ| seen.
  public var tolerance: Double
  public var maximumProducts: Int
  /// Vectors of the basis at most: memory is this times 8·P bytes.
  public var basisLimit: Int
  /// Whether multiple eigenvalues are looked for where more than one value is wanted at an end.
  public var confirmsMultiplicity: Bool

  public init(
    largest: Int = 1, smallest: Int = 0, tolerance: Double = 1e-9, maximumProducts: Int = 1_000,
    basisLimit: Int = 120, confirmsMultiplicity: Bool = true
  ) {
    precondition(largest >= 0 && smallest >= 0 && tolerance > 0)
    self.largest = largest
    self.smallest = smallest
    self.tolerance = tolerance
    self.maximumProducts = maximumProducts
    self.basisLimit = basisLimit
    self.confirmsMultiplicity = confirmsMultiplicity
  }

  public struct Result: Hashable, Sendable {
    /// Descending: the first is λ_max.
    public var largest: [Eigenpair]
    /// Ascending: the first is λ_min.
    public var smallest: [Eigenpair]
    /// Products with the operator.
    public var products: Int
    /// The smallest ‖Ay‖ of the unit vectors y seen: no less than the smallest |λ|.
    public var smallestImage: Double
  }

  /// - Parameters:
  ///   - seed: Keys the random vectors.
  ///   - start: Where the first Krylov space starts; nil for a random vector.
  ///   - keepsVectors: Whether the eigenvectors are returned.
  /// - Returns: At most as many pairs as wanted, fewer where the dimension or the products do not suffice.
  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func eigenpairs(
    of operation: any SymmetricOperator, seed: UInt64, start: [Double]? = nil, keepsVectors: Bool = false
  ) throws(CurvatureError) -> Result {
    var search = LanczosSearch(self, operation, seed: seed)
    try search.first(start)
    if confirmsMultiplicity { try search.confirm() }
    return search.result(keepsVectors: keepsVectors)
  }
}

/// One call's state: what was found so far.
private struct LanczosSearch {
  let plan: Lanczos
  let operation: any SymmetricOperator
  let seed: UInt64
  var largest: [Eigenpair] = []
  var smallest: [Eigenpair] = []
  var products = 0
  var spaces = 0
  /// The largest |θ| of all spaces.
  var magnitude = 0.0
  var smallestImage = Double.infinity

  init(_ plan: Lanczos, _ operation: any SymmetricOperator, seed: UInt64) {
    self.plan = plan
    self.operation = operation
    self.seed = seed
  }

  mutating func first(_ start: [Double]?) throws(CurvatureError) {
    let found = try search(largest: plan.largest, smallest: plan.smallest, locked: [], start: start)
    largest = found.largest
    smallest = found.smallest
  }

  /// Looks for copies: the extremes of the operator on what is orthogonal to the pairs found. A pair that belongs among
  /// the wanted ones joins them, and the search is repeated without it.
  mutating func confirm() throws(CurvatureError) {
    var wantsLarger = plan.largest > 1
    var wantsSmaller = plan.smallest > 1
    while (wantsLarger || wantsSmaller) && products < plan.maximumProducts {
      let known = (largest + smallest.filter { !largest.contains($0) }).compactMap(\.vector)
      guard known.count < operation.dimension else { return }
      let found = try search(
        largest: wantsLarger ? 1 : 0, smallest: wantsSmaller ? 1 : 0, locked: known.map { VectorStorage($0) },
        start: nil)
      let margin = plan.tolerance * magnitude
      wantsLarger = insert(found.largest.first, beyond: { $0 > $1 + margin }, into: \.largest, limit: plan.largest)
      wantsSmaller = insert(
        found.smallest.first, beyond: { $0 < $1 - margin }, into: \.smallest, limit: plan.smallest)
    }
  }

  /// - Returns: Whether the pair belongs there, so that there may be more of them.
  private mutating func insert(
    _ pair: Eigenpair?, beyond: (Double, Double) -> Bool, into list: WritableKeyPath<Self, [Eigenpair]>, limit: Int
  ) -> Bool {
    guard let pair, let last = self[keyPath: list].last else { return false }
    guard beyond(pair.value, last.value) || self[keyPath: list].count < limit else { return false }
    let index = self[keyPath: list].firstIndex { beyond(pair.value, $0.value) } ?? self[keyPath: list].count
    self[keyPath: list].insert(pair, at: index)
    if self[keyPath: list].count > limit { self[keyPath: list].removeLast() }
    return true
  }

  private mutating func search(
    largest: Int, smallest: Int, locked: [VectorStorage], start: [Double]?
  ) throws(CurvatureError) -> Lanczos.Result {
    let room = operation.dimension - locked.count
    let top = min(largest, room)
    let bottom = min(smallest, room)
    let wanted = min(top + bottom, room)
    let startVector = start.map { VectorStorage($0) }
    let basis = KrylovBasis(
      operation, capacity: max(plan.basisLimit, 2 * wanted + 8),
      stream: ProbeStream.lanczos.stream(seed: seed, probe: spaces),
      start: startVector.map { UnsafePointer($0.pointer) },
      locked: locked.map(\.pointer))
    spaces += 1
    let budget = plan.maximumProducts - products
    var pairs = RitzPairs(values: [], coordinates: [], residuals: [])
    var nextLook = wanted
    while basis.products < budget {
      guard try basis.expand() else { break }
      let isFull = basis.count == basis.capacity
      guard basis.count >= nextLook || isFull || basis.isExhausted || basis.products == budget else { continue }
      pairs = try basis.ritzPairs()
      magnitude = max(magnitude, pairs.magnitude)
      nextLook = basis.count + max(1, basis.count / 16)
      let ends = Self.ends(of: pairs.values.count, top, bottom)
      let hasConverged = (ends.top + ends.bottom).allSatisfy { pairs.residuals[$0] <= plan.tolerance * magnitude }
      if hasConverged && basis.count >= wanted || basis.isExhausted { break }
      if isFull && basis.products < budget {
        basis.restart(keeping: Self.kept(of: pairs.values.count, top, bottom), of: pairs)
        nextLook = basis.count + 1
      }
    }
    products += basis.products
    // The residual is orthogonal to the Ritz vector: ‖Ay‖² = θ² + ‖Ay − θy‖².
    for (value, residual) in zip(pairs.values, pairs.residuals) {
      smallestImage = min(smallestImage, (value * value + residual * residual).squareRoot())
    }
    let ends = Self.ends(of: pairs.values.count, top, bottom)
    func pair(_ index: Int) -> Eigenpair {
      Eigenpair(
        value: pairs.values[index], residual: pairs.residuals[index],
        converged: pairs.residuals[index] <= plan.tolerance * magnitude,
        vector: basis.combination(pairs.coordinates(of: index)))
    }
    return Lanczos.Result(
      largest: ends.top.map(pair), smallest: ends.bottom.map(pair), products: basis.products,
      smallestImage: smallestImage)
  }

  /// Indices into ascending values: the largest ones from the top, the smallest from the bottom.
  private static func ends(of count: Int, _ top: Int, _ bottom: Int) -> (top: [Int], bottom: [Int]) {
    ((0..<min(top, count)).map { count - 1 - $0 }, Array(0..<min(bottom, count)))
  }

  /// Pairs a restart keeps: the wanted ones and a share of their neighbours, which speeds convergence.
  private static func kept(of count: Int, _ top: Int, _ bottom: Int) -> [Int] {
    let spare = max(0, count / 2 - top - bottom)
    let total = max(1, top + bottom)
    let fromTop = min(count - 1, top + spare * top / total)
    let fromBottom = min(count - 1 - fromTop, bottom + spare * bottom / total)
    return Array(0..<fromBottom) + Array(count - fromTop..<count)
  }

  func result(keepsVectors: Bool) -> Lanczos.Result {
    func stripped(_ pairs: [Eigenpair]) -> [Eigenpair] {
      pairs.map { pair in
        var pair = pair
        if !keepsVectors { pair.vector = nil }
        return pair
      }
    }
    return Lanczos.Result(
      largest: stripped(largest), smallest: stripped(smallest), products: products,
      smallestImage: smallestImage)
  }
}
