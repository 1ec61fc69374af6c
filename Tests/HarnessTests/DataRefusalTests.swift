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
        "shares.csv:\(sample + 1):3: the target of sample \(sample) in column 1, \"y\" is \(target), and binary_cross_entropy needs targets from 0 to 1;"
          + " accepted: such targets, or loss: squared_error") == true, "\(String(describing: error))")
    #expect(throws: Never.self) {
      try prepare(text.replacing("binary_cross_entropy", with: "squared_error"), in: folder.path)
    }
  }

  /// HDF5 has no lines: the data set is named, and of several outputs which.
  @Test(arguments: [("price", "sample 3 in price"), ("prices", "sample 2, output 2 in prices")])
  func targetsOfHDF5AreNamed(targets: String, place: String) throws {
    let folder = try TemporaryDirectory()
    let script = """
      import h5py
      with h5py.File('\(folder.path)/d.h5', 'w') as f:
        f['x'] = [[0.0], [1.0], [2.0], [3.0]]
        f['price'] = [0.0, 1.0, 1.5, 0.0]
        f['prices'] = [[0.0, 0.5], [1.0, 1.5], [1.0, 1.0], [0.0, 1.0]]
      """
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let python = Command("env", at: URL(fileURLWithPath: "/usr/bin/env"))
    try #require(python.run([interpreter, "-c", script]).status == 0)
    let data = "{hdf5: {path: d.h5, features: x, targets: \(targets), task: regression}}"
    let text = file(data: data, network: "hidden: [2]", loss: "binary_cross_entropy")
    let error = #expect(throws: DatasetError.self) { try prepare(text, in: folder.path) }
    #expect(
      error?.description.hasSuffix(
        "/d.h5: the target of \(place) is 1.5, and binary_cross_entropy needs targets from 0 to 1; accepted: such targets,"
          + " or loss: squared_error") == true, "\(String(describing: error))")
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
