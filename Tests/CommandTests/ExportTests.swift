import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Exported networks give our validation loss in the tools they are for.
@Suite struct ExportTests {
  private let folder: TemporaryDirectory
  private var results: String { folder.path("exports") }

  init() throws {
    folder = try TemporaryDirectory()
  }

  private static let classification = """
    name: exports
    data: {source: {spirals: {samples: 200, classes: 3}}}
    network: {hidden: [7, 5]}
    loss: softmax_cross_entropy
    training: {epochs: 3}
    grid:
      activation: [relu, tanh, lecun_tanh, sigmoid, softplus, gelu, identity]
      optimizer: [{name: adam, learning_rate: 0.03}]
      batch_size: 16
      dropout: {form: weight_scaling, input: {keep_probability: 0.9}, hidden: {keep_probability: 0.7}}

    """

  private static let regression = """
    name: exports
    data: {source: {teacher: {samples: 100, features: 4, hidden: [3], outputs: 2}}}
    network: {hidden: [6], activation: tanh, bias: false}
    loss: squared_error
    training: {epochs: 3}
    grid:
      optimizer: [{name: momentum, learning_rate: 0.01}]
      batch_size: 16
      dropout: {keep_probability: 0.8}
      seed: [0, 1]

    """

  /// Every way of padding; a stride that leaves pixels over; windows of even size, which are padded unevenly.
  private static let images = """
    name: exports
    data:
      source: {csv: {path: table.csv, target: label, header: true, task: classification}}
      split: {train: 0.9, validation: 0.1, test: 0}
    network:
      image: [8, 4, 2]
      convolutions:
        - {channels: 3, kernel: [3, 2], padding: same, pool: {kind: average, size: 2, padding: same}}
        - {channels: 5, kernel: 2, stride: 2, padding: same, pool: {kind: max, size: 2, stride: 1, padding: same}}
      hidden: [6]
      activation: tanh
    loss: softmax_cross_entropy
    training: {epochs: 2}
    grid:
      optimizer: [{name: adam, learning_rate: 0.01}]
      batch_size: 16
      dropout: {form: weight_scaling, keep_probability: 0.8}

    """

  private static let unpooled = """
    name: exports
    data: {source: digits, split: {train: 0.9, validation: 0.1, test: 0}}
    network: {image: [8, 8], convolutions: [{channels: 4, kernel: 3, stride: 2}], hidden: [], bias: false}
    loss: softmax_cross_entropy
    training: {epochs: 2}
    grid: {optimizer: [{name: adam, learning_rate: 0.01}], batch_size: 16, seed: 3}

    """

  /// 400 samples of 64 numbers, which may be an image of any shape, in ten classes.
  private static let table =
    ((0..<64).map { "x\($0)" }.joined(separator: ",") + ",label\n")
    + (0..<400).map { sample in
      (0..<64).map { "\((sample * (7 + $0) + $0 * $0) % 17)" }.joined(separator: ",") + ",\(sample % 10)\n"
    }.joined()

  private func sweep(_ experiment: String, _ options: String...) throws {
    if experiment.contains("table.csv") {
      try Self.table.write(toFile: folder.path("table.csv"), atomically: true, encoding: .utf8)
    }
    let file = folder.path("exports.yaml")
    try experiment.write(toFile: file, atomically: true, encoding: .utf8)
    for arguments in [["run", file, "--output", folder.path] + options, ["data", file, folder.path("data.h5")]] {
      let result = try Command("sweep").run(arguments)
      try #require(result.status == 0, "\(result.standardError)")
    }
  }

  private func summary(_ arguments: String...) throws -> Command.Result { try Command("summary").run(arguments) }

  @Test(arguments: [
    (classification, 7, "keras,safetensors,onnx"), (regression, 2, "keras,safetensors,onnx"), (images, 1, "keras,onnx"),
    (unpooled, 1, "keras,onnx"),
  ])
  func otherToolsGiveOurValidationLoss(experiment: String, runs: Int, tools: String) throws {
    try sweep(experiment)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Readers/evaluate_exports.py").path
    let python = Command("env", at: URL(fileURLWithPath: "/usr/bin/env"))
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let program = Command("summary").executable.path
    let output = try python.run([
      interpreter, script, program, results, folder.path("data.h5"), tools,
    ])
    try #require(output.status == 0, "\(output.standardError)")
    let losses = try JSONDecoder().decode([String: [String: Double]].self, from: Data(output.standardOutput.utf8))
    #expect(losses.count == runs)
    for run in try ResultReader(path: results).summaries() {
      let found = try #require(losses[run.identity.description])
      #expect(found.count == tools.split(separator: ",").count)
      for (tool, loss) in found {
        #expect(abs(loss - run.best.validationLoss) < 1e-6, "\(tool), \(run.hyperparameters)")
      }
    }
  }

  @Test func tracesAsCSV() throws {
    try sweep(Self.regression)
    let run = try #require(try ResultReader(path: results).summaries().first)
    let result = try summary("export", "--csv", "\(results)/\(run.identity.short)", folder.path("traces.csv"))
    #expect(result.status == 0 && result.standardOutput.isEmpty)
    let lines = try String(contentsOfFile: folder.path("traces.csv"), encoding: .utf8)
      .split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let trace = try ResultReader(path: results).record(run.identity).trace
    #expect(lines.count == trace.count + 1)
    let column = try #require(lines[0].firstIndex(of: "val_loss"))
    #expect(lines.dropFirst().map { Double($0[column]) } == trace.validationLoss)
  }

  @Test func theResultsAloneStandForTheirBestRun() throws {
    try sweep(Self.regression, "--weights", "all")
    let winner = try #require(
      try ResultReader(path: results).summaries().min { $0.best.validationLoss < $1.best.validationLoss })
    for (name, path) in [("a", results), ("b", "\(results)/\(winner.identity)")] {
      #expect(try summary("export", "--torch", path, folder.path(name)).status == 0)
    }
    let files = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: folder.path($0))) }
    #expect(files[0] == files[1])
    #expect(try summary("export", "--torch", results, folder.path("c"), "--weights", "initial").status == 0)
    let initial = try Data(contentsOf: URL(fileURLWithPath: folder.path("c")))
    #expect(initial != files[0])
  }

  @Test func whatCannotBeExported() throws {
    try sweep(Self.regression, "--weights", "best")
    let target = folder.path("model.onnx")
    let cases: [(arguments: [String], message: String, status: Int32)] = [
      (["--keras", results, target], "Keras loads only files whose name ends in .weights.h5", 64),
      (["--onnx", results, target, "--weights", "final"], "kept no final weights; accepted: --weights best", 65),
      (["--onnx", "\(results)/fffffffffff", target], "has no run 'fffffffffff'; the nearest is", 66),
      (["--onnx", folder.path("nowhere"), target], "no such results; accepted: RESULTS, or RESULTS/RUN", 66),
      (["--onnx", results, folder.path("none/model.onnx")], "cannot be written: No such file or directory", 73),
      (["--onnx", results, folder.path], "cannot be written: Is a directory", 73),
      ([results, target], "Missing one of: '--keras', '--torch', '--onnx', '--csv'", 64),
    ]
    for (arguments, message, status) in cases {
      let result = try Command("summary").run(["export"] + arguments)
      #expect(result.status == status && result.standardError.contains(message), "\(result.standardError)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(left == ["data.h5", "exports", "exports.yaml"])
  }
}
