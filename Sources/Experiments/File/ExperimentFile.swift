import Foundation
import Settings

/// Reads experiment files.
///
/// The format is YAML; `docs/experiment-file.md` has every key. Unknown keys, repeated keys and values outside what
/// a key accepts are refused, all of them at once, each with its line.
public enum ExperimentFile {
  /// Reads the experiment at `path`.
  ///
  /// - Parameters:
  ///   - overrides: `key=value[,value…]` as given to `--set`; a key is a path such as `training.epochs`,
  ///     `grid.optimizer[0].learning_rate`, or one of the short names in ``DocumentOverride/shortNames``.
  ///   - parts: What the file may name.
  /// - Throws: ``ExperimentFileError``.
  public static func load(
    path: String, overrides: [String] = [], parts: Parts
  ) throws(ExperimentFileError) -> Experiment {
    let text = try contents(of: path)
    var experiment = try parse(text: text, file: path, overrides: overrides, parts: parts)
    experiment.directory = path.contains("/") ? directory(of: path) : "."
    return experiment
  }

  /// The name of the experiment in a file that has a name and a grid, whatever else is in it; nil for any other.
  public static func name(at path: String) -> String? {
    guard let text = try? contents(of: path), let root = try? DocumentParser(file: path).parse(text),
      case .mapping(let entries) = root.content, entries.contains(where: { $0.key == "grid" }),
      case .scalar(let name, _)? = entries.first(where: { $0.key == "name" })?.value.content
    else { return nil }
    return name
  }

  /// Reads an experiment from text; `file` is what error messages call it.
  ///
  /// - Throws: ``ExperimentFileError``.
  public static func parse(
    text: String, file: String, overrides: [String] = [], parts: Parts
  ) throws(ExperimentFileError) -> Experiment {
    let accepted = "a mapping of " + GridReader.keys.joined(separator: ", ")
    guard var root = try DocumentParser(file: file).parse(text) else {
      throw ExperimentFileError(problems: [.init(location: .init(file: file), reason: "empty", accepted: accepted)])
    }
    let problems = ProblemList(file: file)
    for text in overrides { DocumentOverride.apply(text, to: &root, problems: problems, parts: parts) }
    return try read(root, text: text, overrides: overrides, problems: problems, parts: parts)
  }

  /// Reads an experiment from a document; `text` is what it was written as.
  static func read(
    _ root: DocumentNode, text: String, overrides: [String] = [], problems: ProblemList, parts: Parts
  ) throws(ExperimentFileError) -> Experiment {
    guard let reader = GridReader(DocumentField(node: root, path: "", problems: problems), parts) else {
      try problems.throwIfAny()
      throw ExperimentFileError(problems: [])
    }
    return try experiment(reader, text: text, overrides: overrides)
  }

  private static func experiment(
    _ reader: GridReader, text: String, overrides: [String]
  ) throws(ExperimentFileError) -> Experiment {
    let problems = reader.problems
    let name = reader.name()
    let summary = reader.root["description"]?.text() ?? ""
    var grid = ExperimentGrid(reader)
    let selection = reader.selection(for: grid.data.source)
    if grid.training.patience != nil { grid.training.stoppingMetric = selection.metric }
    let rules = reader.root["exclude"].map { field -> [ExclusionRule] in
      let names = ExclusionRule.names(reader.parts)
      return field.items(accepted: "a list of rules").compactMap { ExclusionRule($0, names) }
    }
    let slurm = reader.root["slurm"].flatMap { SlurmReader.read($0) } ?? SlurmSettings()
    var warnings: [String] = []
    if grid.hasUnusedLearningRate, let rate = reader.grid?["learning_rate"] {
      let reason = "unused: every optimizer has a learning_rate of its own"
      if rate.node.location.override != nil {
        rate.report(reason, accepted: "grid.optimizer[0].learning_rate=… and so on")
      } else {
        warnings.append("\(rate.node.location): \(rate.path): \(reason)")
      }
    }
    try problems.throwIfAny()

    let search = reader.root["search"].flatMap { HaltonSearch($0) }
    try problems.throwIfAny()
    let size = search.map { saturatingProduct([$0.configurations, grid.seeds.values.count]) } ?? grid.count
    if size > GridReader.maximumTrials {
      let count = size == .max ? "far too many" : "\(size)"
      reader.grid?.field.report("\(count) trials", accepted: "at most \(GridReader.maximumTrials)")
    }
    grid.checkParts(reader)
    try problems.throwIfAny()
    let all = search.map { grid.trials(of: $0) } ?? grid.trials()
    try problems.throwIfAny()
    let trials = TrialFilter(rules: rules ?? [], grid: reader.grid?.field).apply(to: all, warnings: &warnings)
    OptimizerCompatibility(optimizers: grid.optimizers, learningRates: grid.learningRates).check(trials)
    try problems.throwIfAny()

    var experiment = Experiment(name: name, summary: summary, trials: trials, selection: selection)
    experiment.sourceText = text
    experiment.overrides = overrides
    experiment.warnings = limitedLines(warnings)
    experiment.slurm = slurm
    experiment.imageOrigin = grid.images.origin
    experiment.optimizerOrigins = Dictionary(
      grid.optimizers.map { ($0.kind, .init(location: $0.field.node.location, key: $0.field.path)) },
      uniquingKeysWith: { first, _ in first })
    experiment.batchSizeOrigins = Dictionary(
      zip(grid.batchSizes.values, grid.batchSizes.fields).map {
        ($0, .init(location: $1.node.location, key: $1.path))
      }, uniquingKeysWith: { first, _ in first })
    experiment.curvatureOrigins = reader.root["curvature"].map { CurvatureReader.origins($0) } ?? [:]
    return experiment
  }

  // MARK: Files

  private static func contents(of path: String) throws(ExperimentFileError) -> String {
    func error(_ reason: String, accepted: String? = nil) -> ExperimentFileError {
      .init(problems: [.init(location: .init(file: path), reason: reason, accepted: accepted)])
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      // Only these are absence: a disk may answer again at the next call.
      guard code == ENOENT || code == ENOTDIR else { throw error("cannot be read: \(String(cString: strerror(code)))") }
      throw error("no such file", accepted: "an experiment file (YAML)")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw error("a directory", accepted: "an experiment file (YAML)")
    }
    let limit = DocumentParser.maximumBytes
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch let failure {
      throw error("cannot be read: \(failure.localizedDescription)")
    }
    guard data.count <= limit else { throw error("larger than 1 MB", accepted: "a file of at most 1 MB") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw error("not text in UTF-8", accepted: "an experiment file (YAML)")
    }
    return text
  }

  private static func directory(of path: String) -> String {
    let directory = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    return directory.isEmpty ? "/" : String(directory)
  }
}
