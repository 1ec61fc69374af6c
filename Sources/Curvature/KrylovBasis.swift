import Kernels

/// An orthonormal basis Q grown by products with an operator, and the coefficients of A·Q in it.
///
/// Every image A·qⱼ is orthogonalised twice against all of Q, in Double, and every coefficient is kept, so that
/// A·qⱼ = Σᵢ hᵢⱼqᵢ holds to rounding whatever asymmetry the operator's own arithmetic has. The last vector, the
/// pending one, has no image yet. Memory: at most `capacity` + 1 vectors.
final class KrylovBasis {
  let operation: any SymmetricOperator
  let capacity: Int
  /// Vectors whose images are known.
  private(set) var count = 0
  /// Whether there is no vector left that is orthogonal to all of these.
  private(set) var isExhausted = false
  /// Whether the last image lay in the basis: the space is invariant, and the pending vector is a fresh random one.
  private(set) var isInvariant = false
  private(set) var products = 0

  /// Vectors that the basis is kept orthogonal to: eigenvectors already found.
  private let locked: [UnsafeMutablePointer<Double>]
  private let dimension: Int
  private var vectors: [VectorStorage] = []
  /// hᵢⱼ at i·capacity + j, with a row more than columns.
  private var coefficients: [Double]
  /// The largest |hᵢⱼ|: an estimate of ‖A‖ from below.
  private var magnitude = 0.0
  private var stream: RandomStream

  /// - Parameter start: The first vector of the basis, which need not be of unit length; nil for a random one.
  init(
    _ operation: any SymmetricOperator, capacity: Int, stream: RandomStream, start: UnsafePointer<Double>? = nil,
    locked: [UnsafeMutablePointer<Double>] = []
  ) {
    self.operation = operation
    self.locked = locked
    self.stream = stream
    dimension = operation.dimension
    let room = max(0, dimension - locked.count)
    self.capacity = min(capacity, room)
    coefficients = [Double](repeating: 0, count: (self.capacity + 1) * self.capacity)
    if let start, takePending(from: start) { return }
    drawPending()
  }

  func vector(_ index: Int) -> UnsafeMutablePointer<Double> {
    while vectors.count <= index { vectors.append(VectorStorage(count: dimension)) }
    return vectors[index].pointer
  }

  /// - Returns: Whether there is enough of the start outside the locked vectors.
  private func takePending(from start: UnsafePointer<Double>) -> Bool {
    let pending = vector(count)
    let length = norm(start, count: dimension)
    guard length > 0 && length.isFinite else { return false }
    for index in 0..<dimension { pending[index] = start[index] / length }
    let rest = orthogonalizePending()
    guard rest > 1e-8 else { return false }
    scale(pending, by: 1 / rest, count: dimension)
    return true
  }

  /// Takes the image of the pending vector and makes the part of it outside the basis the next pending vector.
  ///
  /// - Returns: Whether there was one and its image is finite.
  func expand() throws(CurvatureError) -> Bool {
    guard !isExhausted && count < capacity else { return false }
    let column = count
    let image = vector(column + 1)
    operation.apply(vector(column), into: image)
    products += 1
    count += 1
    for _ in 0..<2 {
      orthogonalize(image, against: locked, count: dimension)
      for row in 0...column {
        let component = dot(image, vector(row), count: dimension)
        addScaled(-component, vector(row), to: image, count: dimension)
        coefficients[row * capacity + column] += component
      }
    }
    let rest = norm(image, count: dimension)
    guard rest.isFinite else { throw .notFinite(what: "a product of the operator") }
    for row in 0...column { magnitude = max(magnitude, abs(coefficients[row * capacity + column])) }
    isInvariant = rest <= 1e-13 * magnitude * Double(dimension).squareRoot()
    if isInvariant {
      drawPending()
    } else {
      magnitude = max(magnitude, rest)
      coefficients[(column + 1) * capacity + column] = rest
      scale(image, by: 1 / rest, count: dimension)
    }
    return true
  }

  /// A random pending vector, or exhaustion where the basis already spans everything.
  private func drawPending() {
    let pending = vector(count)
    guard count + locked.count < dimension else {
      isExhausted = true
      return
    }
    for _ in 0..<4 {
      stream.fillUnitVector(pending, count: dimension)
      let rest = orthogonalizePending()
      if rest > 1e-4 / Double(dimension).squareRoot() {
        scale(pending, by: 1 / rest, count: dimension)
        orthogonalizePending()
        return scale(pending, by: 1 / norm(pending, count: dimension), count: dimension)
      }
    }
    isExhausted = true
  }

  @discardableResult
  private func orthogonalizePending() -> Double {
    let pending = vector(count)
    for _ in 0..<2 {
      orthogonalize(pending, against: locked, count: dimension)
      for row in 0..<count {
        addScaled(-dot(pending, vector(row), count: dimension), vector(row), to: pending, count: dimension)
      }
    }
    return norm(pending, count: dimension)
  }

  /// hᵢⱼ.
  func coefficient(_ row: Int, _ column: Int) -> Double { coefficients[row * capacity + column] }

  /// Eigenvalues θ and eigenvectors s of the symmetric part of QᵀAQ, ascending, each with the residual ‖A·Qs − θ·Qs‖.
  func ritzPairs() throws(CurvatureError) -> RitzPairs {
    let size = count
    let projected = SymmetricMatrix(dimension: size) { matrix in
      for row in 0..<size {
        for column in 0..<size { matrix[row * size + column] = coefficients[row * capacity + column] }
      }
    }
    let spectrum = try projected.spectrum(vectors: true)
    let coordinates = spectrum.vectors ?? []
    let residuals = (0..<size).map { pair in
      var square = 0.0
      for row in 0...size {
        var sum = row < size ? -spectrum.values[pair] * coordinates[pair * size + row] : 0
        for column in 0..<size { sum += coefficients[row * capacity + column] * coordinates[pair * size + column] }
        square += sum * sum
      }
      return square.squareRoot()
    }
    return RitzPairs(values: spectrum.values, coordinates: coordinates, residuals: residuals)
  }

  /// Q·s.
  func combination(_ coordinates: ArraySlice<Double>) -> [Double] {
    let result = VectorStorage(count: dimension)
    for (index, coordinate) in coordinates.enumerated() {
      addScaled(coordinate, vector(index), to: result.pointer, count: dimension)
    }
    return result.array
  }

  /// Replaces the basis by these Ritz vectors and goes on from the pending vector: the thick restart of Wu and Simon
  /// (2000).
  func restart(keeping kept: [Int], of pairs: RitzPairs) {
    let size = count
    rotate(kept, pairs.coordinates, size)
    let pendingRow = (0..<size).map { coefficients[size * capacity + $0] }
    let pending = vector(size)
    vector(kept.count).update(from: pending, count: dimension)
    for index in coefficients.indices { coefficients[index] = 0 }
    for (column, pair) in kept.enumerated() {
      coefficients[column * capacity + column] = pairs.values[pair]
      var coupling = 0.0
      for index in 0..<size { coupling += pendingRow[index] * pairs.coordinates[pair * size + index] }
      coefficients[kept.count * capacity + column] = coupling
    }
    count = kept.count
  }

  /// Q ← Q·S for the columns S of the kept pairs, a few thousand entries of each vector at a time.
  private func rotate(_ kept: [Int], _ coordinates: [Double], _ size: Int) {
    let chunk = 4_096
    let rows = VectorStorage(count: kept.count * size)
    for (index, pair) in kept.enumerated() {
      for column in 0..<size { rows.pointer[index * size + column] = coordinates[pair * size + column] }
    }
    let gathered = VectorStorage(count: size * chunk)
    let rotated = VectorStorage(count: kept.count * chunk)
    for start in stride(from: 0, to: dimension, by: chunk) {
      let width = min(chunk, dimension - start)
      for index in 0..<size { (gathered.pointer + index * chunk).update(from: vector(index) + start, count: width) }
      Double.product(
        transposeA: false, transposeB: false, m: kept.count, n: width, k: size, alpha: 1, a: rows.pointer,
        strideA: size, b: gathered.pointer, strideB: chunk, beta: 0, c: rotated.pointer, strideC: chunk)
      for index in kept.indices {
        (vector(index) + start).update(from: rotated.pointer + index * chunk, count: width)
      }
    }
  }
}

/// What a basis says about the operator's eigenpairs.
struct RitzPairs {
  /// Ascending.
  let values: [Double]
  /// Pair i's coordinates in the basis are row i.
  let coordinates: [Double]
  let residuals: [Double]

  func coordinates(of pair: Int) -> ArraySlice<Double> {
    coordinates[pair * values.count..<(pair + 1) * values.count]
  }

  /// The largest |θ|.
  var magnitude: Double { values.reduce(0) { max($0, abs($1)) } }
}
