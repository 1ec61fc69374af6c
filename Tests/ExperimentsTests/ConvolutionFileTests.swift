import Experiments
import Testing

/// `network.image`, `network.convolutions` and `dropout.channels`.
@Suite struct ConvolutionFileTests {
  private func file(_ network: String, dropout: String = "none") -> String {
    SampleFile.text(("network", "network: {\(network)}"), ("  dropout", "  dropout: \(dropout)"))
  }

  @Test func everyKeyIsRead() throws {
    let network = """
      image: [12, 10, 3], hidden: [7], convolutions: [{channels: 4, kernel: 3, padding: same, pool: 2}, \
      {channels: 6, kernel: [2, 3], stride: 2, pool: {kind: average, size: [2, 1], stride: 1, padding: same}}, \
      {channels: 5, kernel: 1, pool: none}]
      """
    let specification = try #require(try parse(file(network)).trials.first).network
    #expect(specification.image == ImageSize(height: 12, width: 10, channels: 3))
    #expect(specification.hiddenLayers == 4)
    #expect(
      specification.convolutions == [
        ConvolutionSpecification(
          channels: 4, window: .init(height: 3, width: 3, stride: 1, padding: .same),
          pooling: .init(kind: .max, window: .init(height: 2, width: 2, stride: 2, padding: .valid))),
        ConvolutionSpecification(
          channels: 6, window: .init(height: 2, width: 3, stride: 2, padding: .valid),
          pooling: .init(kind: .average, window: .init(height: 2, width: 1, stride: 1, padding: .same))),
        ConvolutionSpecification(channels: 5, window: .init(height: 1, width: 1, stride: 1, padding: .valid)),
      ])
  }

  /// One keep probability for all layers drops the output of convolutions as well, dense layers or none.
  @Test func batchMethodsSeeTheDropoutOfConvolutions() {
    func error(_ dropout: String) -> String {
      errorText(
        SampleFile.text(
          ("network", "network: {image: [8, 8], hidden: [], convolutions: [{channels: 2, kernel: 3}]}"),
          ("  optimizer", "  optimizer: lbfgs"), ("  batch_size", "  batch_size: full"),
          ("  dropout", "  dropout: {\(dropout)}")))
    }
    #expect(error("keep_probability: 0.5").contains("lbfgs needs a loss that gives the same value twice, and dropout"))
    #expect(error("keep_probability: 1") == "accepted")
  }

  /// DeepOBS' 2c2d: 832 + 51,264 + 3,212,288 + 10,250 parameters.
  @Test func sizesAreThoseOfKeras() throws {
    let network = """
      image: [28, 28], hidden: [1024], convolutions: [{channels: 32, kernel: 5, padding: same, pool: 2}, \
      {channels: 64, kernel: 5, padding: same, pool: 2}]
      """
    let specification = try #require(try parse(file(network)).trials.first).network
    let size = NetworkSize(specification, inputs: 784, outputs: 10)
    #expect(size.parameters == 3_274_634)
    let layers: [Double] = [784 * 25 * 32, 196 * 800 * 64, 3136 * 1024, 1024 * 10]
    #expect(size.forwardOperations == 2 * layers.reduce(0, +))
    #expect(size.description == "28x28x1-32c-64c-1024-10")
  }

  @Test func theIdentityCountsThem() throws {
    func identity(_ network: String, _ dropout: String = "{keep_probability: 0.5}") throws -> TrialIdentity {
      try #require(try parse(file(network, dropout: dropout)).trials.first).identity
    }
    let base = "image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 3}]"
    let all = try [
      identity("hidden: [4]"), identity(base),
      identity("image: [4, 16], hidden: [4], convolutions: [{channels: 4, kernel: 3}]"),
      identity("image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 3, stride: 2}]"),
      identity("image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 3, pool: 2}]"),
      identity(base, "{keep_probability: 0.5, channels: true}"),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test(
    arguments: [
      ("image: [8, 8], hidden: [4]", "image without convolutions"),
      ("hidden: [4], convolutions: [{channels: 4, kernel: 3}]", "network.image: missing; accepted: [height, width]"),
      ("image: 8, hidden: [4], convolutions: [{channels: 4, kernel: 3}]", "8 is not an image"),
      ("image: [8, 8], hidden: [4], convolutions: [{channels: 4}]", "network.convolutions[0].kernel: missing"),
      (
        "image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 9}]",
        "network.convolutions[0]: {channels: 4, kernel: 9} a window does not fit on 8x8x1"
      ),
      (
        "image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 5, pool: 5}]",
        "a window does not fit on 8x8x1; accepted: smaller windows, or padding: same"
      ),
      ("image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 3, pad: same}]", "did you mean padding?"),
      ("image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: [1, 2, 3]}]", "3 numbers; accepted: a whole"),
    ])
  func mistakesAreLocated(network: String, message: String) {
    let text = errorText(file(network))
    let expected = message.replacing("{channels: 4, kernel: 9} ", with: "")
    #expect(text.hasPrefix("e.yaml:3: network.") && text.contains(expected), "\(text)")
  }

  @Test func channelsNeedConvolutions() {
    let text = errorText(file("hidden: [4]", dropout: "{keep_probability: 0.5, channels: true}"))
    #expect(text.contains("grid.dropout.channels: channels without convolutions; accepted: network.convolutions"))
  }

  @Test func onePerLayerCountsConvolutions() throws {
    let network = "image: [8, 8], hidden: [4], convolutions: [{channels: 4, kernel: 3}]"
    #expect(errorText(file(network, dropout: "{keep_probability: [[0.5]]}")).contains("1 values for 2 hidden layers"))
    let trial = try #require(try parse(file(network, dropout: "{keep_probability: [[0.9, 0.5]]}")).trials.first)
    #expect(trial.dropout.keepProbabilities(hiddenLayers: trial.network.hiddenLayers) == [1, 0.9, 0.5])
  }

  @Test func theImageMustBeTheSample() throws {
    let experiment = try parse(file("image: [8, 7], hidden: [4], convolutions: [{channels: 4, kernel: 3}]"))
    #expect(throws: Never.self) { try experiment.validate(features: 56) }
    #expect(throws: Never.self) { try experiment.validate(features: 56, shape: [56]) }
    #expect(throws: Never.self) { try experiment.validate(features: 56, shape: [8, 7]) }
    #expect(throws: Never.self) { try experiment.validate(features: 56, shape: [8, 7, 1]) }
    let turned = #expect(throws: ExperimentFileError.self) { try experiment.validate(features: 56, shape: [7, 8]) }
    #expect(
      turned?.description
        == "e.yaml:3: network.image: 8x7x1, and a sample of the data is 7 × 8; accepted: [7, 8]")
    let error = #expect(throws: ExperimentFileError.self) { try experiment.validate(features: 64) }
    #expect(
      error?.description
        == "e.yaml:3: network.image: 8x7x1 is 56 numbers, and a sample has 64; accepted: height × width × channels = 64"
    )
  }
}
