import ArgumentParser
import Experiments
import Harness
import Reports
import Store

struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Measure the curvature of runs that are stored, at the weights they kept.",
    discussion: """
      Prints what is found and adds it to the results as a file of its own; `summary spectrum` shows it again. Any run \
      that kept weights will do: of the newest grid or an earlier one, with `curvature` in its experiment file or not.

      What is measured is what the file's `curvature` says and --set replaces. What neither says is:
        at=start,best,final           whichever kept its weights, whatever the file says
        data=training                 or validation
        samples=all seed=0            or a number: a fixed random sample
        dropout=off                   or frozen: the masks of one step
        matrix=hessian                or gauss_newton, finite_differences
        largest=5 smallest=5          algebraic eigenvalues to find
        tolerance=1e-4                of a residual, over the largest |eigenvalue|
        iterations=500                products that one search may take
        full_spectrum=false           true: all eigenvalues, up to 5,000 parameters
        density=false                 true: the spectral density
        trace=false                   true: estimated by 32 random vectors
        layers=true                   extreme eigenvalues of each layer by itself
        taylor_models=true            errors of the linear and the quadratic model
        estimates=none                power, taylor, online: other ways to lambda_max
        principal_eigenvector=false   true: kept with the results
        diagonal=false                true: kept with the results
      `sweep reference` has all of them.

      Examples:
        sweep probe results/digits/0f3a9c
        sweep probe results/digits --run 0f3a9c --run 91b2d4
        sweep probe results/digits --run 0f3a9c --set at=final --set density=true
        sweep probe results/digits --run 0f3a9c --set estimates=power,online

      Exit codes are those of sysexits.h: 64 usage, 65 bad data or no weights kept, 66 no such results or run, 75 a \
      sweep is running there.
      """)

  @Argument(
    help: .init(
      "The directory a sweep wrote; or a merged file, which is left as it is: the probes are only printed.",
      valueName: "results"))
  var results: String

  @Option(
    name: .customLong("run"), parsing: .singleValue,
    help: .init("The first digits of a run. May be repeated.", valueName: "run"))
  var runs: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: .init("Replace a setting of `curvature`. May be repeated.", valueName: "key=value[,value…]"))
  var settings: [String] = []

  @Option(
    help: .init(
      "Where relative paths of data files start. Default: the experiment file's folder.", valueName: "folder"))
  var dataFolder: String?

  func validate() throws {
    if dataFolder == "" { throw ValidationError("--data-folder is empty; accepted: a folder, such as .") }
    if runs.isEmpty, try RunPath(results).digits == nil {
      throw ValidationError("--run is missing; accepted: the first digits of a run, here or after RESULTS/")
    }
  }

  func run() throws {
    try exitOnFailure {
      let place = try RunPath(results)
      let results = place.results
      let runs = (place.digits.map { [$0] } ?? []) + self.runs
      let reader = try ResultReader(path: results)
      let identities = try reader.summaries().map(\.identity)
      let chosen = try runs.map { digits in
        do {
          return try TrialIdentity.named(digits, among: identities)
        } catch let error as ReportError {
          // The run may be in what could not be read.
          if let file = reader.unread.first(where: { !$0.isDamaged }) { throw file }
          throw RefusedQuestion(results: results, error: error)
        }
      }
      // Before the work, so that a sweep that runs there is known.
      let store = reader.isDirectory ? try ProbeStore(directory: results) : nil
      let records = try chosen.map { try reader.record($0) }
      let probes = try StoredProbes(
        results: reader, runs: records, settings: settings, dataFolder: dataFolder, parts: .current)
      for record in records { _ = try probes.question(of: record) }
      for record in records {
        var found = record
        found.curvature = try probes.measure(record)
        var text = ""
        try SpectrumReport(found).report(into: &text)
        print(text, terminator: "")
        if probes.areRounded(record) {
          print("\nAn earlier version rounded this run's weights to single precision: the probes are of these.")
        }
        guard let store else {
          print("\nNot stored: \(TerminalText.escaped(results)) is one file. Probe the sweep's directory to keep it.")
          continue
        }
        let path = try store.add(found.curvature, to: record, question: probes.question(of: record))
        print("\nStored: \(TerminalText.escaped(path))")
      }
    }
  }
}
