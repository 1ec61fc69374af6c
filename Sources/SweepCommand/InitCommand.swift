import ArgumentParser
import Experiments
import Foundation
import Store

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write an experiment file with every key explained, to start from.",
    discussion: """
      For example:

        sweep init which-dropout                                on the built-in digits
        sweep init mine --csv measurements.csv --target price   on a table of your own

      Its first line names a JSON Schema, written beside it, by which editors complete and check the file. A file that is \
      there already is left alone. `sweep plan` says what the experiment would take, `sweep run` runs it.
      """)

  @Argument(help: "Name of the experiment: letters, digits, . _ -. The file is NAME.yaml, and may be named so here.")
  var name: String

  /// The experiment's name and its file's: who names the file means no experiment of that name.
  private var named: (experiment: String, file: String) {
    let ending = [".yaml", ".yml"].first { name.lowercased().hasSuffix($0) && name.count > $0.count }
    guard let ending else { return (name, "\(name).yaml") }
    return (String(name.dropLast(ending.count)), name)
  }

  @Option(help: ArgumentHelp("Train on this CSV file instead of the digits.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("The column of the CSV file to predict.", valueName: "column"))
  var target: String?

  @Flag(help: "The column of the CSV file is a number to predict and not a class.")
  var regression = false

  func validate() throws {
    guard (csv == nil) == (target == nil) else { throw ValidationError("--csv and --target go together") }
    guard csv != nil || !regression else { throw ValidationError("--regression is about --csv") }
    let other = [".json", ".toml", ".txt", ".csv", ".h5"].first { name.lowercased().hasSuffix($0) }
    if let other {
      throw ValidationError("'\(name)': an experiment file is YAML; name it NAME or NAME.yaml, not NAME\(other)")
    }
    guard ExperimentName.isSound(named.experiment) else {
      throw ValidationError("'\(named.experiment)' is no name of an experiment; accepted: \(ExperimentName.rule)")
    }
  }

  func run() throws {
    try exitOnFailure {
      let text = try template()
      let path = named.file
      // Whatever is written must be read: a name or a column that breaks the file is refused before it is there.
      _ = try ExperimentFile.parse(text: text, file: path, parts: .current)
      do {
        try OutputFile.write(Array(text.utf8), to: path, replaces: false)
      } catch StoreError.exists {
        throw FileIsThere(path: path)
      }
      try SchemaFile.write(beside: path)
      print("\(path) is written. What it would take: sweep plan \(path)")
    }
  }

  /// The default experiment's text with the name and the data of this one.
  private func template() throws -> String {
    var lines = String(decoding: PackageResources.default_yaml, as: UTF8.self).components(separatedBy: "\n")
    func replace(_ key: String, with line: String) {
      guard let index = lines.firstIndex(where: { $0.hasPrefix(key) }) else {
        preconditionFailure("the default experiment has no line \(key)")
      }
      lines[index] = line
    }
    lines[0] = "# An experiment of `sweep init`; every key that there is."
    lines.insert("# yaml-language-server: $schema=\(SchemaFile.name)", at: 0)
    replace("name:", with: "name: \(named.experiment)      # letters, digits, . _ -; the directory under results/")
    replace("description:", with: "description: What is the question?")
    if let csv, let target {
      let task = regression ? "regression" : "classification"
      replace(
        "  source:",
        with: "  source: {csv: {path: \(quoted(csv)), target: \(quoted(target)), header: true, task: \(task)}}")
      replace("  standardization:", with: "  standardization: standardize   # none, unit")
      if regression {
        replace("  split:", with: "  split: {train: 0.6, validation: 0.2, test: 0.2, seed: 0, stratified: false}")
        replace("loss:", with: "loss: squared_error     # or softmax_cross_entropy, binary_cross_entropy")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// A double-quoted scalar of YAML.
  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

/// `sweep init` never replaces a file.
struct FileIsThere: Error, CustomStringConvertible {
  var path: String
  var description: String { "\(path): is there already; another name, or remove it first" }
}
