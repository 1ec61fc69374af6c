import Datasets
import Experiments
import Foundation
import Harness
import Learning
import Settings
import TestSupport
import Testing

/// What only the experiment and its data together show to be wrong.
@Suite struct DataRefusalTests {
  private func prepare(_ text: String, in directory: String = ".") throws {
    var experiment = try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard)
    experiment.directory = directory
    _ = try PreparedSweep(experiment, keeping: .none)
  }

  private func file(data: String, network: String, loss: String) -> String {
    """
    name: refused
    data: {source: \(data), split: {train: 0.5, validation: 0.5, test: 0}}
    network: {\(network)}
    loss: \(loss)
    training: {epochs: 1}
    grid:
      optimizer: {name: adam, learning_rate: 0.01}
      batch_size: full
    """
  }

  /// −y log σ(z) − (1 − y) log(1 − σ(z)) has no lower bound for y outside of [0, 1], and the steepest fall would rank first.
  @Test(arguments: [("1.5", 3), ("-0.01", 4)])
  func crossEntropyOfTargetsThatAreNoShares(target: String, sample: Int) throws {
    let folder = try TemporaryDirectory()
    var rows = ["0.5,0", "1,1", "2,0.25", "3,1", "4,0"]
    rows[sample - 1] = "7,\(target)"
    let path = folder.path + "/shares.csv"
    try ("x,y\n" + rows.map { $0 + "\n" }.joined()).write(toFile: path, atomically: false, encoding: .utf8)
    let data = "{csv: {path: shares.csv, target: y, task: regression}}"
    let text = file(data: data, network: "hidden: [2]", loss: "binary_cross_entropy")
    let error = #expect(throws: DatasetError.self) { try prepare(text, in: folder.path) }
    #expect(
      error?.description.hasSuffix(
        "shares.csv:\(sample + 1):3: the target of sample \(sample) is \(target), and binary_cross_entropy needs targets from 0 to 1;"
          + " accepted: such targets, or loss: squared_error") == true, "\(String(describing: error))")
    #expect(throws: Never.self) {
      try prepare(text.replacing("binary_cross_entropy", with: "squared_error"), in: folder.path)
    }
  }

  /// The digits are 8 × 8 pixels, which as 4 × 16 are no images.
  @Test func imagesOfAnotherShape() throws {
    let network = "image: [4, 16], hidden: [], convolutions: [{channels: 2, kernel: 3}]"
    let text = file(data: "digits", network: network, loss: "softmax_cross_entropy")
    let error = #expect(throws: ExperimentFileError.self) { try prepare(text) }
    #expect(
      error?.description
        == "e.yaml:3: network.image: 4x16x1, and a sample of the data is 8 × 8; accepted: [8, 8]")
    #expect(throws: Never.self) { try prepare(text.replacing("[4, 16]", with: "[8, 8]")) }
  }
}
