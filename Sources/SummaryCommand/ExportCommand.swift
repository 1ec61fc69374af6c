import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a run's network or traces for another tool.",
    discussion: """
      RUN is the results' path and the first digits of a run, such as results/digits/0f3a9c; the results alone stand \
      for the best seed of the configuration that ranks first. What to type in Python is printed.

      Exported networks evaluate without dropout and give the outputs of the last layer, before any softmax. They take \
      features that are scaled as in training: `sweep data EXPERIMENT FILE` writes those.

      Examples:
        summary export --keras results/digits best.weights.h5
        summary export --torch results/digits/0f3a9c model.safetensors
        summary export --onnx results/digits/0f3a9c model.onnx --weights final
        summary export --csv results/digits/0f3a9c traces.csv
      """)

  enum Format: String, EnumerableFlag {
    case keras
    case torch
    case onnx
    case csv

    static func help(for format: Self) -> ArgumentHelp? {
      switch format {
      case .keras: "Keras 3: a file for load_weights; its name must end in .weights.h5."
      case .torch: "PyTorch: a safetensors file, a state_dict for load_state_dict."
      case .onnx: "ONNX, opset 20."
      case .csv: "The run's traces, a record an epoch."
      }
    }
  }

  @Flag(help: "The format.")
  var format: Format

  @Argument(help: .init("The run.", valueName: "run"))
  var path: String

  @Argument(help: "The file to write; replaced if it is there. A device or FIFO is written to.")
  var file: String

  @Option(name: .customLong("run"), help: .init("The first digits of a run, as after RESULTS/.", valueName: "run"))
  var digits: String?

  @Option(help: "Weights at this moment: best, final or initial (default: the epoch that the runs are ranked by).")
  var weights: ExportedNetwork.Moment?

  func validate() throws {
    if format == .keras, !file.hasSuffix(".weights.h5") {
      throw ValidationError("\(file): Keras loads only files whose name ends in .weights.h5.")
    }
    if file.isEmpty { throw ValidationError("the file's name is empty; accepted: a path") }
    if format == .csv, weights != nil { throw ValidationError("--weights does not go with --csv.") }
  }

  func run() throws {
    let (reader, record) = try findRun(path, run: digits)
    if format == .csv {
      var text = ""
      TraceCSV(record).write(to: &text)
      try writing(file) { try OutputFile.write(Array(text.utf8), to: file) }
      return
    }
    let moment = weights ?? (reader.manifest.selection.epoch == .best ? .best : .final)
    let network: ExportedNetwork
    do {
      network = try ExportedNetwork(record, at: moment)
    } catch {
      throw complain("\(error)", status: EX_DATAERR)
    }
    let usage = try writing(file) { try write(network, version: reader.manifest.provenance.version) }
    try StandardOutput.write { $0.write(usage) }
  }

  /// Writes the file; what to type to read it.
  private func write(_ network: ExportedNetwork, version: String) throws -> String {
    switch format {
    case .keras:
      let model = KerasModel(network)
      try ExportedFile.write(
        model.arrays.map { .init(path: $0.path, shape: $0.shape, values: .floats($0.values)) },
        attributes: ["run": network.run.description, "weights": network.moment.rawValue, "loss": network.loss],
        to: file)
      return model.usage(file)
    case .torch:
      let model = TorchModel(network)
      try OutputFile.write(model.safeTensors, to: file)
      return model.usage(file)
    case .onnx:
      let model = ONNXModel(network)
      try OutputFile.write(model.bytes(version: version), to: file)
      return model.usage(file)
    case .csv: return ""
    }
  }
}

extension ExportedNetwork.Moment: ExpressibleByArgument {}

/// Runs `body`, which writes the file; ends the program where it cannot be written.
func writing<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as OutputError {
    throw complain("\(error)", status: error.exitStatus)
  } catch let error as HDF5Error {
    throw complain("\(file): \(error)", status: EX_CANTCREAT)
  }
}
