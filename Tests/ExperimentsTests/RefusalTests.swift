import Experiments
import Foundation
import Learning
import Settings
import Testing

/// What is refused beside single values: several problems at once, files that could exhaust something, and sizes that
/// only the data tell.
@Suite struct RefusalTests {
  @Test func allProblemsAreReportedByLine() {
    let text = SampleFile.text(
      ("name", "name: a/b"), ("training", "training: {epochs: 0}"), ("  batch_size", "  batch_size: -1"))
    let lines = errorText(text).split(separator: "\n").map { $0.prefix(24) }
    #expect(lines == ["e.yaml:1: name: \"a/b\" is", "e.yaml:5: training.epoch", "e.yaml:8: grid.batch_siz"])
  }

  @Test func fieldsOfAProblem() throws {
    let error = #expect(throws: ExperimentFileError.self) {
      try parse(SampleFile.text(("loss", "loss: sotfmax_cross_entropy")))
    }
    let problem = try #require(error?.problems.first)
    #expect(problem.location == .init(file: "e.yaml", line: 4, column: 7))
    #expect(problem.key == "loss")
    #expect(problem.value == "\"sotfmax_cross_entropy\"")
    #expect(problem.suggestion == "softmax_cross_entropy")
    #expect(problem.accepted == "softmax_cross_entropy, squared_error, binary_cross_entropy, {huber: {delta}}")
  }

  /// 0/0 where a weight's gradient stays 0, as that of a constant pixel.
  @Test(arguments: ["adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam"])
  func epsilonOfZero(optimizer: String) {
    let text = SampleFile.text(
      ("  optimizer", "  optimizer: {name: \(optimizer), learning_rate: 0.01, epsilon: 0}"))
    #expect(
      errorText(text)
        == "e.yaml:7: grid.optimizer.epsilon: 0 is out of range; accepted: a finite number of at least 1e-30")
    #expect(errorText(text.replacing("epsilon: 0", with: "epsilon: 1e-30")) == "accepted")
  }

  // MARK: Files that could exhaust something

  @Test func emptyAndShapelessFiles() {
    #expect(errorText("") == "e.yaml: empty; accepted: a mapping of \(ExperimentFileErrorTests.top)")
    #expect(errorText("# only a comment\n") == "e.yaml: empty; accepted: a mapping of \(ExperimentFileErrorTests.top)")
    #expect(
      errorText("- a\n") == "e.yaml:1: a list is not a mapping; accepted: a mapping of \(ExperimentFileErrorTests.top)")
    #expect(
      errorText("a\n") == "e.yaml:1: \"a\" is not a mapping; accepted: a mapping of \(ExperimentFileErrorTests.top)")
  }

  @Test func deepNesting() {
    let level = { (open: String, count: Int) in errorText("l2: " + String(repeating: open, count: count)) }
    #expect(level("[", 100_000).hasPrefix("e.yaml:1: not valid YAML: Maximum nesting level reached"))
    #expect(
      errorText("l2: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40))
        == "e.yaml:1: nested more than 32 levels deep")
    #expect(errorText(String(repeating: "- ", count: 100_000)).hasPrefix("e.yaml:1: not valid YAML: Maximum nesting"))
  }

  @Test func aliasesThatMultiply() {
    var bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1..<12 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(
      errorText(bomb).hasSuffix(": more than 200000 values, those behind aliases included"))
    #expect(
      errorText(bomb + "? *a11\n: 1\n")
        == "e.yaml: an alias (*name) in a file with complex keys; accepted: keys that are plain words")
    #expect(errorText(bomb + "*a11 : 1\n").hasPrefix("e.yaml: an alias (*name) in a file with complex keys"))
    #expect(errorText(bomb + "b: {[*a11]: 1}\n").hasPrefix("e.yaml: an alias (*name) in a file with complex keys"))
  }

  @Test func largeFiles() throws {
    let text = SampleFile.text + "#" + String(repeating: "x", count: 1 << 20) + "\n"
    #expect(errorText(text) == "e.yaml: larger than 1 MB; accepted: a file of at most 1 MB")
  }

  @Test func filesThatCannotBeRead() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("experiments-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func message(_ path: String) -> String {
      do {
        _ = try ExperimentFile.load(path: path, parts: .standard)
        return "accepted"
      } catch {
        return error.description
      }
    }
    let missing = directory.path + "/none.yaml"
    #expect(message(missing) == "\(missing): no such file; accepted: an experiment file (YAML)")
    #expect(message(directory.path) == "\(directory.path): a directory; accepted: an experiment file (YAML)")
    let loop = directory.path + "/loop.yaml"
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    #expect(message(loop) == "\(loop): cannot be read: Too many levels of symbolic links")
    let binary = directory.path + "/binary.yaml"
    try Data([0xff, 0xfe, 0x00, 0x80]).write(to: URL(fileURLWithPath: binary))
    #expect(message(binary) == "\(binary): not text in UTF-8; accepted: an experiment file (YAML)")
    #expect(message("/dev/zero") == "/dev/zero: larger than 1 MB; accepted: a file of at most 1 MB")
    let marked = directory.path + "/marked.yaml"
    try Data(("\u{FEFF}" + SampleFile.text.replacingOccurrences(of: "\n", with: "\r\n")).utf8)
      .write(to: URL(fileURLWithPath: marked))
    #expect(message(marked) == "accepted")
  }

  // MARK: What only the data tell

  @Test func batchesLargerThanTheData() throws {
    let experiment = try parse(SampleFile.text(("  batch_size", "  batch_size:\n    - 32\n    - 64\n    - full")))
    try experiment.validate(trainingSamples: 64, features: 64, outputs: 10, memory: FixedMemory())
    let error = #expect(throws: ExperimentFileError.self) {
      try experiment.validate(trainingSamples: 50, features: 64, outputs: 10, memory: FixedMemory())
    }
    #expect(
      error?.description
        == "e.yaml:10: grid.batch_size[1]: 64 is larger than the training set of 50 samples;"
        + " accepted: a whole number from 1 to 50, or full")
    let overridden = try parse(SampleFile.text, overrides: ["batch_size=16,100"])
    let second = #expect(throws: ExperimentFileError.self) {
      try overridden.validate(trainingSamples: 50, features: 64, outputs: 10, memory: FixedMemory())
    }
    #expect(
      second?.description
        == "--set batch_size: grid.batch_size[1]: 100 is larger than the training set of 50 samples;"
        + " accepted: a whole number from 1 to 50, or full")
  }
}
