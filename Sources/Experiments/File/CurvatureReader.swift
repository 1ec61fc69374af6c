import Settings

/// Reads `curvature:`, the probes of a run's loss surface.
enum CurvatureReader {
  static let keys = [
    "at", "every", "data", "samples", "seed", "dropout", "matrix", "largest", "smallest", "tolerance", "iterations",
    "full_spectrum", "density", "trace", "layers", "taylor_models", "estimates", "principal_eigenvector", "diagonal",
  ]
  static let moments = ["start", "best", "final"]
  private static let accepted = "none, or a mapping of " + keys.joined(separator: ", ")

  /// Nil for `none`, and for what was reported.
  static func read(_ field: DocumentField, isProblem: Bool = false) -> CurvatureSpecification? {
    if field.isWord("none") { return nil }
    guard case .mapping = field.node.content else {
      field.reportMismatch("a mapping", accepted: accepted)
      return nil
    }
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    var result = CurvatureSpecification()
    schedule(section, into: &result)
    result.part = section["data"].flatMap(part) ?? result.part
    result.samples = section["samples"].flatMap {
      $0.isWord("all") ? nil : $0.integer(in: 1...Int.max, accepted: "all, or a whole number of at least 1")
    }
    result.seed = section["seed"]?.integer(in: 0...Int.max).map { UInt64($0) } ?? 0
    result.dropout = section["dropout"]?.choice(CurvatureSpecification.Dropout.self, "a way to measure") ?? .off
    if isProblem, result.dropout == .frozen {
      section["dropout"]?.report("a problem has no units to drop", accepted: "off, or no such key")
    }
    result.matrix = section["matrix"]?.choice(CurvatureSpecification.Matrix.self, "a matrix") ?? .hessian
    eigenvalues(section, into: &result)
    result.density = section["density"].flatMap(density)
    result.traceProbes = section["trace"].flatMap(trace)
    result.layers = section["layers"]?.truth() ?? result.layers
    result.taylorModels = section["taylor_models"]?.truth() ?? result.taylorModels
    result.estimates = section["estimates"].map(estimates) ?? []
    result.keepsPrincipalVector = section["principal_eigenvector"]?.truth() ?? false
    result.keepsDiagonal = section["diagonal"]?.truth() ?? false
    return result
  }

  /// Where the keys were written whose values only the data can confirm.
  static func origins(_ field: DocumentField) -> [String: Experiment.Origin] {
    guard case .mapping(let entries) = field.node.content else { return [:] }
    return Dictionary(
      entries.map { ($0.key, .init(location: $0.value.location, key: DocumentSection.join(field.path, $0.key))) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func schedule(_ section: DocumentSection, into result: inout CurvatureSpecification) {
    let known = "a list of " + moments.joined(separator: ", ")
    if let every = section["every"], !every.isWord("none") {
      result.every = every.integer(in: 1...1_000_000, accepted: "none, or a whole number from 1 to 1000000")
    }
    guard let field = section["at"] else {
      if result.every != nil { result.moments = [] }
      return
    }
    result.moments = []
    for item in field.listItems ?? [field] {
      guard let name = item.text(accepted: known) else { continue }
      guard moments.contains(name), let moment = CurvatureMoments.all.first(where: { $0.name == name }) else {
        item.reportUnknown(name, "a moment of a run", among: moments, accepted: known)
        continue
      }
      if result.moments.contains(moment.value) { item.report("\(name) is given twice", accepted: "each moment once") }
      result.moments.insert(moment.value)
    }
    if field.listItems?.isEmpty == true && result.every == nil { field.report("nothing is measured", accepted: known) }
  }

  private static func part(_ field: DocumentField) -> CurvatureSpecification.Part? {
    if field.isWord("test") {
      field.report("the test set is looked at once, for the winner only", accepted: "training, validation")
      return nil
    }
    return field.choice(CurvatureSpecification.Part.self, "a share of the data")
  }

  private static func eigenvalues(_ section: DocumentSection, into result: inout CurvatureSpecification) {
    result.largest = section["largest"]?.integer(in: 1...1_000) ?? result.largest
    result.smallest = section["smallest"]?.integer(in: 0...1_000) ?? result.smallest
    let tolerance = NumberInterval(lower: 0, includesLower: false, upper: 1, includesUpper: false)
    result.tolerance = section["tolerance"]?.number(in: tolerance) ?? result.tolerance
    result.iterations = section["iterations"]?.integer(in: 1...1_000_000) ?? result.iterations
    result.fullSpectrum = section["full_spectrum"]?.truth() ?? false
  }

  /// `true`, `false`, `none`, or settings.
  private static func density(_ field: DocumentField) -> CurvatureSpecification.Density? {
    let keys = ["probes", "steps", "points"]
    if field.isWord("none") || field.isWord("false") { return nil }
    var result = CurvatureSpecification.Density()
    if field.isWord("true") { return result }
    guard case .mapping = field.node.content else {
      field.reportMismatch("settings", accepted: "true, false, or a mapping of " + keys.joined(separator: ", "))
      return nil
    }
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    result.probes = section["probes"]?.integer(in: 1...10_000) ?? result.probes
    result.steps = section["steps"]?.integer(in: 1...10_000) ?? result.steps
    result.points = section["points"]?.integer(in: 2...100_000) ?? result.points
    return result
  }

  /// `true` for 32 random vectors, `false`, `none`, or their number.
  private static func trace(_ field: DocumentField) -> Int? {
    if field.isWord("none") || field.isWord("false") { return nil }
    if field.isWord("true") { return 32 }
    return field.integer(
      in: 2...100_000, accepted: "true, false, or a whole number of random vectors from 2 to 100000")
  }

  private static func estimates(_ field: DocumentField) -> [CurvatureSpecification.Estimate] {
    if field.isWord("none") { return [] }
    let found = (field.listItems ?? [field]).compactMap {
      $0.choice(CurvatureSpecification.Estimate.self, "an estimate")
    }
    return CurvatureSpecification.Estimate.allCases.filter(found.contains)
  }
}
