import Kernels

/// What lies between a layer's activations and the features of the layer above, for a block of samples: pooling, and the
/// dropout that follows it. Both are linear once it is known which entries are kept.
final class Passage<S: Scalar> {
  private let layer: Layer
  /// Where each pooled maximum stood in its sample's activations.
  private let chosen: UnsafeMutableBufferPointer<Int32>
  /// Mask times scale of each feature, where units are dropped after pooling.
  let factors: AlignedBuffer<S>?

  /// - Parameters:
  ///   - rows: Samples in the largest block.
  ///   - drops: Whether features are dropped.
  init(_ layer: Layer, rows: Int, drops: Bool) {
    self.layer = layer
    let count = rows * layer.outputWidth
    chosen = .allocate(capacity: layer.pooling?.kind == .maximum ? count : 0)
    chosen.initialize(repeating: 0)
    factors = drops && layer.pooling != nil ? AlignedBuffer(count: count) : nil
  }

  deinit { chosen.deallocate() }

  /// Scalars that a sample takes.
  static func width(_ layer: Layer, drops: Bool) -> Int {
    guard let pooling = layer.pooling else { return 0 }
    return ((pooling.kind == .maximum ? 1 : 0) + (drops ? 1 : 0)) * layer.outputWidth
  }

  /// Pools activations, which settles what is kept of them; dropout is the caller's.
  func pool(_ maps: UnsafePointer<S>, count: Int, into features: UnsafeMutablePointer<S>) {
    guard let pooling = layer.pooling else { return }
    switch pooling.kind {
    case .maximum: poolMaximum(maps, count: count, pooling.grid, into: features, chosen: chosen.baseAddress!)
    case .average: poolAverage(maps, count: count, pooling.grid, into: features)
    }
  }

  /// What a change of the activations does to the features.
  func raise(_ maps: UnsafePointer<S>, count: Int, into features: UnsafeMutablePointer<S>) {
    guard let pooling = layer.pooling else { return }
    switch pooling.kind {
    case .maximum:
      pick(
        maps, imageCount: layer.mapWidth, count: count, chosen: chosen.baseAddress!, width: layer.outputWidth,
        into: features)
    case .average: poolAverage(maps, count: count, pooling.grid, into: features)
    }
    if let factors { multiply(features, by: factors.pointer, count: count * layer.outputWidth) }
  }

  /// The transpose of ``raise(_:count:into:)``; `features` are overwritten.
  ///
  /// - Parameter squared: Whether every coefficient is squared, as for sums of squares.
  func lower(
    _ features: UnsafeMutablePointer<S>, count: Int, squared: Bool = false, into maps: UnsafeMutablePointer<S>
  ) {
    guard let pooling = layer.pooling else { return }
    if let factors {
      for _ in 0..<(squared ? 2 : 1) { multiply(features, by: factors.pointer, count: count * layer.outputWidth) }
    }
    switch pooling.kind {
    case .maximum:
      scatter(
        features, imageCount: layer.mapWidth, count: count, chosen: chosen.baseAddress!, width: layer.outputWidth,
        into: maps)
    case .average: spreadAverage(features, count: count, pooling.grid, squared: squared, into: maps)
    }
  }
}
