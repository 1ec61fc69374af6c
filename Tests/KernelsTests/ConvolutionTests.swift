import Kernels
import RandomNumbers
import Testing

/// oneDNN's convolutions against sums over the window in Double, written from the definition.
@Suite struct ConvolutionTests {
  struct Case: CustomTestStringConvertible {
    let channels: Int
    let outputs: Int
    let rows: WindowGrid.Axis
    let columns: WindowGrid.Axis
    let height: Int
    let width: Int

    var grid: WindowGrid { WindowGrid(height: height, width: width, channels: channels, rows: rows, columns: columns) }
    var testDescription: String {
      "\(height)×\(width)×\(channels) → \(outputs), \(rows.window)×\(columns.window), stride \(rows.stride)"
    }
  }

  static let cases = [
    Case(
      channels: 1, outputs: 32, rows: .init(window: 5, stride: 1, before: 2, outputs: 9),
      columns: .init(window: 5, stride: 1, before: 2, outputs: 8), height: 9, width: 8),
    Case(
      channels: 16, outputs: 32, rows: .init(window: 3, stride: 1, before: 0, outputs: 6),
      columns: .init(window: 2, stride: 1, before: 0, outputs: 6), height: 8, width: 7),
    // Padding larger behind than before, and a stride that leaves pixels over.
    Case(
      channels: 3, outputs: 16, rows: .init(window: 4, stride: 2, before: 1, outputs: 4),
      columns: .init(window: 2, stride: 3, before: 0, outputs: 3), height: 7, width: 9),
    Case(
      channels: 5, outputs: 7, rows: .init(window: 3, stride: 1, before: 1, outputs: 5),
      columns: .init(window: 3, stride: 2, before: 1, outputs: 3), height: 5, width: 5),
  ]

  @Test(arguments: cases)
  func allPassesAreTheirDefinitions(_ example: Case) throws {
    let grid = example.grid
    let count = 3
    let passes = withNumericEnvironment { Float.convolution(grid, outputs: example.outputs, count: count) }
    if ProductLibraries.kernels.contains("avx512_core"), example.outputs % 16 == 0 { _ = try #require(passes) }
    guard let passes else { return }
    var stream = RandomStream(RandomKey(seed: 7, purpose: .generation))
    func values(_ count: Int) -> AlignedBuffer<Float> {
      AlignedBuffer((0..<count).map { _ in Float(stream.nextNormal()) })
    }
    let images = values(count * grid.inputCount)
    let kernel = values(grid.windowCount * example.outputs)
    let delta = values(count * grid.positions * example.outputs)
    var maps = [Double](repeating: 0, count: delta.count)
    var toImages = [Double](repeating: 0, count: images.count)
    var toKernel = [Double](repeating: 0, count: kernel.count)
    forEachProduct(grid, outputs: example.outputs, count: count) { image, weight, map in
      maps[map] += Double(images[image]) * Double(kernel[weight])
      toImages[image] += Double(delta[map]) * Double(kernel[weight])
      toKernel[weight] += Double(delta[map]) * Double(images[image])
    }
    let results = [maps, toImages, toKernel].map { AlignedBuffer<Float>(count: $0.count) }
    withNumericEnvironment {
      passes.maps(of: images.pointer, kernel.pointer, into: results[0].pointer)
      passes.imageGradient(delta.pointer, kernel.pointer, into: results[1].pointer)
      passes.kernelGradient(images.pointer, delta.pointer, into: results[2].pointer, accumulate: false)
    }
    for (result, expected) in zip(results, [maps, toImages, toKernel]) {
      #expect(largestError(result, expected) < 1e-5)
    }
    withNumericEnvironment {
      passes.kernelGradient(images.pointer, delta.pointer, into: results[2].pointer, accumulate: true)
    }
    #expect(largestError(results[2], toKernel.map { 2 * $0 }) < 1e-5)
  }

  /// Relative to the largest number expected.
  private func largestError(_ result: AlignedBuffer<Float>, _ expected: [Double]) -> Double {
    let scale = expected.map(abs).max() ?? 1
    return expected.indices.map { abs(Double(result[$0]) - expected[$0]) }.max()! / scale
  }

  /// Calls `body` with the offsets of every pixel, weight and map entry that meet.
  private func forEachProduct(_ grid: WindowGrid, outputs: Int, count: Int, _ body: (Int, Int, Int) -> Void) {
    for sample in 0..<count {
      for y in 0..<grid.rows.outputs {
        for x in 0..<grid.columns.outputs {
          for (row, column) in pairs(grid.rows.window, grid.columns.window) {
            let top = y * grid.rows.stride - grid.rows.before + row
            let left = x * grid.columns.stride - grid.columns.before + column
            guard (0..<grid.height).contains(top), (0..<grid.width).contains(left) else { continue }
            for (channel, output) in pairs(grid.channels, outputs) {
              body(
                ((sample * grid.height + top) * grid.width + left) * grid.channels + channel,
                ((row * grid.columns.window + column) * grid.channels + channel) * outputs + output,
                ((sample * grid.rows.outputs + y) * grid.columns.outputs + x) * outputs + output)
            }
          }
        }
      }
    }
  }

  private func pairs(_ first: Int, _ second: Int) -> [(Int, Int)] {
    (0..<first).flatMap { a in (0..<second).map { (a, $0) } }
  }
}
