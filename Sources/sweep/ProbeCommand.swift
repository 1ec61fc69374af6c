import ArgumentParser
import Experiments
import Harness
import Reports
import Store

struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Measure the curvature of runs that are stored, at the weights they kept.",
    discussion: """
      Prints what is found and adds it to the results as a file of its own; `summary spectrum` shows it again. What is \
      measured is what the section `curvature` of the experiment file says, or its defaults: at (start, best, final), \
      data (training, validation), samples, matrix (hessian, gauss_newton, finite_differences), largest, smallest, \
      full_spectrum, density, trace and more; experiments/curvature.yaml explains them.

      Weights lie on disk in single precision.

      Examples:
        sweep probe results/digits --run 0f3a9c
        sweep probe results/digits --run 0f3a9c --set at=final --set density=true

      Exit codes are those of sysexits.h: 64 usage, 65 bad data or no weights kept, 66 no such results or run, 75 a \
      sweep is running there.
      """)

  @Argument(help: .init("The directory a sweep wrote.", valueName: "results"), completion: .directory)
  var results: String

  @Option(
    name: .customLong("run"), parsing: .singleValue,
    help: .init("The first digits of a run. May be repeated.", valueName: "run"))
  var runs: [String]

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: .init("Replace a setting of `curvature`. May be repeated.", valueName: "key=value[,value…]"))
  var settings: [String] = []

  @Option(
    help: .init(
      "Where relative paths of data files start. Default: the experiment file's folder.", valueName: "folder"))
  var dataFolder: String?

  func validate() throws {
    if runs.isEmpty { throw ValidationError("--run is missing; accepted: the first digits of a run") }
  }

  func run() throws {
    try exitOnFailure {
      let reader = try ResultReader(path: results)
      let identities = try reader.summaries().map(\.identity)
      let chosen = try runs.map { digits in
        do {
          return try TrialIdentity.named(digits, among: identities)
        } catch let error as ReportError {
          throw RefusedQuestion(results: results, error: error)
        }
      }
      // Before the work, so that a sweep that runs there is known.
      let store = try ProbeStore(directory: results)
      let probes = try StoredProbes(results: results, settings: settings, dataFolder: dataFolder)
      let records = try chosen.map { try reader.record($0) }
      for record in records { _ = try probes.question(of: record) }
      for record in records {
        var found = record
        found.curvature = try probes.measure(record)
        var text = ""
        try SpectrumReport(found).report(into: &text)
        print(text, terminator: "")
        let path = try store.add(found.curvature, to: record, question: probes.question(of: record))
        print("\nStored: \(TerminalText.escaped(path))")
      }
    }
  }
}
