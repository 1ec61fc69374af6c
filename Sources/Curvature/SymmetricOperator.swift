/// A symmetric linear map that is known by its products: a Hessian, a Gauss–Newton matrix, a matrix in memory.
///
/// Vectors are Double whatever the operator computes in.
public protocol SymmetricOperator {
  /// Length of the vectors.
  var dimension: Int { get }

  /// result ← A·v.
  ///
  /// - Parameters:
  ///   - v: `dimension` numbers.
  ///   - result: `dimension` numbers, replaced; not the same memory as `v`.
  func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>)
}

extension SymmetricOperator {
  /// A·v.
  public func product(with v: [Double]) -> [Double] {
    precondition(v.count == dimension)
    return [Double](unsafeUninitializedCapacity: dimension) { result, count in
      v.withUnsafeBufferPointer { apply($0.baseAddress!, into: result.baseAddress!) }
      count = dimension
    }
  }
}

/// A + αI.
public struct ShiftedOperator<Base: SymmetricOperator>: SymmetricOperator {
  public let base: Base
  public let shift: Double

  public init(_ base: Base, shift: Double) {
    self.base = base
    self.shift = shift
  }

  public var dimension: Int { base.dimension }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    base.apply(v, into: result)
    for index in 0..<dimension { result[index] += shift * v[index] }
  }
}

/// The diagonal block of an operator on a range of its indices: what is left of A when v is zero elsewhere.
///
/// For a range that is a layer's, this is the layer's own Hessian. An operator that can do better than a full product
/// has its own form of it.
public final class BlockOperator: SymmetricOperator {
  private let base: any SymmetricOperator
  private let range: Range<Int>
  private let padded: VectorStorage
  private let image: VectorStorage

  public init(_ base: any SymmetricOperator, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= base.dimension)
    self.base = base
    self.range = range
    padded = VectorStorage(count: base.dimension)
    image = VectorStorage(count: base.dimension)
  }

  public var dimension: Int { range.count }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    (padded.pointer + range.lowerBound).update(from: v, count: range.count)
    base.apply(padded.pointer, into: image.pointer)
    result.update(from: image.pointer + range.lowerBound, count: range.count)
  }
}
