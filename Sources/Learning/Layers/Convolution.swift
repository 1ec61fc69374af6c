import Kernels

/// The passes of one convolution for every number of images that it has met, made when they are first wanted.
final class Convolution<S: Scalar> {
  private let grid: WindowGrid
  private let outputs: Int
  private var made: [Int: (any ConvolutionPasses<S>)?] = [:]

  init(_ grid: WindowGrid, outputs: Int) {
    self.grid = grid
    self.outputs = outputs
  }

  /// Nil where windows are to be unfolded.
  func passes(count: Int) -> (any ConvolutionPasses<S>)? {
    if let passes = made[count] { return passes }
    let passes = S.convolution(grid, outputs: outputs, count: count)
    made[count] = .some(passes)
    return passes
  }
}
