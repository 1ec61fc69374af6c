import Experiments
import Testing

/// What results say of convolutions is read back as it was.
@Suite struct ConvolutionTextTests {
  @Test(arguments: [
    ("32 of 5x3 stride 1 same", 32, 5, 3, 1, PaddingKind.same), ("1 of 2x2 stride 3 valid", 1, 2, 2, 3, .valid),
  ])
  func convolutions(text: String, channels: Int, height: Int, width: Int, stride: Int, padding: PaddingKind) throws {
    let plain = try #require(ConvolutionSpecification(text))
    #expect(
      plain
        == ConvolutionSpecification(
          channels: channels,
          window: WindowSpecification(height: height, width: width, stride: stride, padding: padding)))
    #expect(plain.description == text)
    let pooled = try #require(ConvolutionSpecification(text + ", average 2x4 stride 2 same"))
    #expect(pooled.pooling?.kind == .average && pooled.pooling?.window.width == 4)
    #expect(pooled.description == text + ", average 2x4 stride 2 same")
  }

  @Test(arguments: [
    "", "32", "32 of 5x5", "0 of 5x5 stride 1 same", "32 of 5 stride 1 same", "32 of 5x5 stride 1 full",
    "32 of 5x5 stride 1 same, median 2x2 stride 2 valid", "32 of 5x5 stride 1 same, max 2x2", "a of 5x5 stride 1 same",
  ])
  func whatIsNone(text: String) {
    #expect(ConvolutionSpecification(text) == nil)
  }

  @Test func images() {
    #expect(ImageSize("28x14x3") == ImageSize(height: 28, width: 14, channels: 3))
    for text in ["28x28", "28x28x0", "28x28x1x1", "x28x28", "28×28×1"] { #expect(ImageSize(text) == nil) }
  }

  /// TensorFlow's rule: ⌈n/stride⌉ positions, the larger part of the padding behind.
  @Test(arguments: [
    (5, 1, 28, 2, 2), (2, 1, 8, 0, 1), (3, 2, 8, 0, 1), (2, 2, 7, 0, 1), (2, 3, 7, 0, 1), (1, 2, 8, 0, 0),
  ])
  func padding(window: Int, stride: Int, count: Int, before: Int, after: Int) {
    let specification = WindowSpecification(height: window, width: window, stride: stride, padding: .same)
    #expect(specification.padding(window, on: count) == (before, after))
  }
}
