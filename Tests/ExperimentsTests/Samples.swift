import Experiments
import Foundation
import Learning
import Settings

/// A small sound experiment file, by lines, that tests change one line of.
enum SampleFile {
  static let lines = [
    "name: sample",
    "data: digits",
    "network: {hidden: [8, 4]}",
    "loss: softmax_cross_entropy",
    "training: {epochs: 2}",
    "grid:",
    "  optimizer: {name: adam, learning_rate: 0.01}",
    "  batch_size: 32",
  ]

  static let text = lines.joined(separator: "\n") + "\n"

  /// The file with the line of a key (`  batch_size`) replaced, or with lines added at the end.
  static func text(_ changes: (key: String, line: String)...) -> String {
    var lines = lines
    for (key, line) in changes {
      if let index = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
        lines[index] = line
      } else {
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

func parse(_ text: String, overrides: [String] = []) throws -> Experiment {
  try ExperimentFile.parse(text: text, file: "e.yaml", overrides: overrides, parts: .standard)
}

/// What is wrong with a file, or "accepted".
func errorText(_ text: String, overrides: [String] = []) -> String {
  do {
    _ = try ExperimentFile.parse(text: text, file: "e.yaml", overrides: overrides, parts: .standard)
    return "accepted"
  } catch {
    return error.description
  }
}

/// The directory of the package.
let packageDirectory = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// An engine that answers what a test foretells.
struct FixedMemory: EngineMemory {
  var rows = 64
  var kept = OptimizerMemory(vectors: 2)
  var linearization = 1 << 20

  func blockRows(of trial: Trial, inputs: Int, outputs: Int) -> Int { rows }
  func kept(by optimizer: OptimizerSpecification, _ precision: Precision) -> OptimizerMemory { kept }
}
