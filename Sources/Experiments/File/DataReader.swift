import Settings

/// Reads `data:`, a mapping or just the name of a source.
struct DataReader {
  static let keys = ["source", "standardization", "split"]
  static let sources = ["digits", "idx", "csv", "hdf5", "two_gaussians", "spirals", "teacher", "linear_regression"]
  private static let accepted = "one of " + sources.joined(separator: ", ")

  static func read(_ field: DocumentField) -> DataSpecification? {
    if case .scalar = field.node.content {
      return source(field).map { specification($0, standardization: nil, split: nil) }
    }
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    let standardization = section["standardization"]?.choice(Standardization.self, "a standardization")
    let source = section.required("source", accepted: accepted).flatMap { self.source($0) }
    guard let source else { return nil }
    return specification(source, standardization: standardization, split: section["split"])
  }

  private static func specification(
    _ source: DataSource, standardization: Standardization?, split: DocumentField?
  ) -> DataSpecification {
    DataSpecification(
      source: source, standardization: standardization ?? .standardize, split: SplitReader.read(split, for: source))
  }

  // MARK: Sources

  private static func source(_ field: DocumentField) -> DataSource? {
    if case .scalar(let name, _) = field.node.content {
      if name == "digits" { return .digits }
      guard sources.contains(name) else {
        field.reportUnknown(name, "a data source", among: sources, accepted: accepted)
        return nil
      }
      field.report("\(name) needs settings", accepted: "{\(name): {…}}")
      return nil
    }
    guard let section = DocumentSection(field, keys: sources) else { return nil }
    guard let body = section.one(of: sources), let name = sources.first(where: { section[$0] != nil }) else {
      if case .mapping(let entries) = field.node.content, entries.isEmpty {
        field.report("an empty mapping", accepted: accepted)
      }
      return nil
    }
    switch name {
    case "idx": return idx(body)
    case "csv": return csv(body)
    case "hdf5": return hdf5(body)
    case "two_gaussians": return twoGaussians(body)
    case "spirals": return spirals(body)
    case "teacher": return teacher(body)
    case "linear_regression": return linearRegression(body)
    default:
      body.report("digits has no settings", accepted: "source: digits")
      return nil
    }
  }

  private static func idx(_ field: DocumentField) -> DataSource? {
    let keys = ["images", "labels", "test_images", "test_labels"]
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    let images = section.required("images", accepted: path)?.text(accepted: path)
    let labels = section.required("labels", accepted: path)?.text(accepted: path)
    let testImages = section["test_images"]?.text(accepted: path)
    let testLabels = section["test_labels"]?.text(accepted: path)
    for (given, missing) in [("test_images", "test_labels"), ("test_labels", "test_images")]
    where section[missing] == nil {
      section[given]?.report("given without \(missing)", accepted: "both, or neither")
    }
    guard let images, let labels else { return nil }
    return .idx(images: images, labels: labels, testImages: testImages, testLabels: testLabels)
  }

  private static func csv(_ field: DocumentField) -> DataSource? {
    guard let section = DocumentSection(field, keys: ["path", "target", "header", "task"]) else { return nil }
    let file = section.required("path", accepted: path)?.text(accepted: path)
    let column = "a column's name, or its index from 0 where there is no header"
    let target = section.required("target", accepted: column)?.text(accepted: column)
    let header = section["header"]?.truth() ?? true
    let task = section["task"]?.choice(DataSource.Task.self, "a task") ?? .classification
    guard let file, let target else { return nil }
    if !header, Int(target).map({ $0 < 0 }) ?? true {
      section["target"]?.report("\"\(target)\" is not an index", accepted: "an index from 0: the file has no header")
    }
    return .csv(path: file, target: target, header: header, task: task)
  }

  private static func hdf5(_ field: DocumentField) -> DataSource? {
    guard let section = DocumentSection(field, keys: ["path", "features", "targets", "task"]) else { return nil }
    let name = "the name of a data set in the file"
    let file = section.required("path", accepted: path)?.text(accepted: path)
    let features = section.required("features", accepted: name)?.text(accepted: name)
    let targets = section.required("targets", accepted: name)?.text(accepted: name)
    let task = section["task"]?.choice(DataSource.Task.self, "a task") ?? .classification
    guard let file, let features, let targets else { return nil }
    return .hdf5(path: file, features: features, targets: targets, task: task)
  }

  private static func twoGaussians(_ field: DocumentField) -> DataSource? {
    guard let section = DocumentSection(field, keys: ["samples", "mean", "deviation", "seed"]) else { return nil }
    var mean = [0.4, 0.8]
    if let field = section["mean"] {
      let numbers = field.listItems?.compactMap { $0.number() } ?? []
      if field.listItems?.count != 2 {
        field.reportMismatch(
          "a list of two numbers", accepted: "the mean of one class, [x, y]; the other's is its negative")
      } else if numbers.count == 2 {
        mean = numbers
      }
    }
    let deviation = section["deviation"]?.number(in: .positive) ?? 0.2
    let seed = seed(section)
    guard let samples = samples(section) else { return nil }
    return .twoGaussians(samples: samples, mean: mean, deviation: deviation, seed: seed)
  }

  private static func spirals(_ field: DocumentField) -> DataSource? {
    let keys = ["samples", "classes", "turns", "noise", "seed"]
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    let classes = section["classes"]?.integer(in: 2...1000) ?? 2
    let turns = section["turns"]?.number(in: .positive) ?? 1
    let noise = section["noise"]?.number(in: .nonNegative) ?? 0
    let seed = seed(section)
    guard let samples = samples(section) else { return nil }
    return .spirals(samples: samples, classes: classes, turns: turns, noise: noise, seed: seed)
  }

  private static func teacher(_ field: DocumentField) -> DataSource? {
    let keys = ["samples", "features", "hidden", "outputs", "noise", "seed"]
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    let samples = samples(section)
    let features = features(section)
    let hidden = section.required("hidden", accepted: NetworkReader.hiddenLayers)
      .flatMap { NetworkReader.hidden($0) }
    let outputs = section["outputs"]?.integer(in: 1...65536) ?? 1
    let noise = section["noise"]?.number(in: .nonNegative) ?? 0
    let seed = seed(section)
    guard let samples, let features, let hidden else { return nil }
    return .teacher(
      samples: samples, features: features, hidden: hidden, outputs: outputs, noise: noise, seed: seed)
  }

  private static func linearRegression(_ field: DocumentField) -> DataSource? {
    let keys = ["samples", "features", "condition_number", "noise", "seed"]
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    let samples = samples(section)
    let features = features(section)
    let condition =
      section["condition_number"]?
      .number(in: .init(lower: 1, includesLower: true, upper: .infinity, includesUpper: false)) ?? 1
    let noise = section["noise"]?.number(in: .nonNegative) ?? 0
    let seed = seed(section)
    guard let samples, let features else { return nil }
    return .linearRegression(
      samples: samples, features: features, conditionNumber: condition, noise: noise, seed: seed)
  }

  // MARK: Shared keys

  private static let path = "a path, absolute or relative to the experiment file's directory"

  private static func samples(_ section: DocumentSection) -> Int? {
    let range = 2...100_000_000
    return section.required("samples", accepted: DocumentField.describe(range))?.integer(in: range)
  }

  private static func features(_ section: DocumentSection) -> Int? {
    let range = 1...1_000_000
    return section.required("features", accepted: DocumentField.describe(range))?.integer(in: range)
  }

  static func seed(_ section: DocumentSection) -> UInt64 {
    UInt64(section["seed"]?.integer(in: 0...Int.max) ?? 0)
  }
}

/// Reads `data.split`.
enum SplitReader {
  static let keys = ["train", "validation", "test", "seed", "stratified"]

  /// The shares given, or 0.6, 0.2, 0.2 where none is, or 0.8, 0.2, 0 where the source has a test set of its own.
  static func read(_ field: DocumentField?, for source: DataSource) -> SplitSpecification {
    var split = SplitSpecification(stratified: source.task == .classification)
    if source.hasTestSet { (split.train, split.validation, split.test) = (0.8, 0.2, 0) }
    guard let field, let section = DocumentSection(field, keys: keys) else { return split }
    split.seed = DataReader.seed(section)
    if let stratified = section["stratified"], let value = stratified.truth() {
      if value, source.task == .regression {
        stratified.report("regression has no classes to stratify by", accepted: "false")
      }
      split.stratified = value
    }
    let shares = ["train", "validation", "test"]
    guard shares.contains(where: { section[$0] != nil }) else { return split }
    let values = shares.map { section[$0].map { $0.number(in: .share) } ?? 0 }
    guard let train = values[0], let validation = values[1], let test = values[2] else { return split }
    (split.train, split.validation, split.test) = (train, validation, test)
    let sum = train + validation + test
    if abs(sum - 1) > 1e-9 {
      field.report("the shares sum to \(rounded(sum))", accepted: "train, validation and test shares that sum to 1")
    } else if train == 0 || validation == 0 {
      field.report(
        "no samples to \(train == 0 ? "train on" : "validate on")",
        accepted: "a train and a validation share above 0")
    } else if source.hasTestSet, test > 0 {
      section["test"]?.report("a test share beside test files", accepted: "0")
    }
    return split
  }

  private static func rounded(_ value: Double) -> HyperparameterValue {
    .number((value * 1e6).rounded() / 1e6)
  }
}
