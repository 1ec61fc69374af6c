import Experiments

extension ShardContent {
  /// One matrix an architecture and kind of vector: the runs that kept it by its parameters.
  mutating func addWeights(_ records: [TrialRecord]) throws {
    for architecture in Architecture.all(in: records) {
      let parameters = Dimension(
        name: "\(Schema.weightPrefixes.parameter)_\(architecture.name)", length: architecture.count, coordinate: nil)
      var isUsed = false
      for kind in Schema.weightKinds {
        let rows = architecture.runs.filter { !records[$0].weights[keyPath: kind.values].isEmpty }
        guard !rows.isEmpty else { continue }
        isUsed = true
        let name = "\(Schema.weightPrefixes.vector)_\(kind.name)_\(architecture.name)"
        dimensions.append(
          Dimension(
            name: "\(name)_run", length: rows.count,
            coordinate: .init(values: rows.map { Int32($0) }, longName: "run of each row of \(name)")))
        var variable = Variable(
          name, along: ["\(name)_run", parameters.name],
          architecture.joined(rows.map { records[$0].weights[keyPath: kind.values] }),
          longName: kind.longName, units: "1", fill: .nan)
        variable.texts = [(Schema.Attribute.parameters, try JSON.text(architecture.slices))]
        // Weights are close to random bits: deflate takes longer than all else and saves a sixth.
        variable.isCompressed = false
        variables.append(variable)
      }
      for kind in CurvatureMeasurement.vectors
      where try addVectors(kind, of: architecture, records, parameters.name) {
        isUsed = true
      }
      if isUsed { dimensions.append(parameters) }
    }
  }

  /// The vectors that probes kept, one a row, beside the run and the probe each belongs to; false where there are none.
  private mutating func addVectors(
    _ kind: CurvatureMeasurement.Column<[Double]>, of architecture: Architecture, _ records: [TrialRecord],
    _ parameters: String
  ) throws -> Bool {
    let rows = architecture.runs.flatMap { run in
      records[run].curvature.enumerated().compactMap { probe, measurement -> (Int, Int, [Double])? in
        let values = measurement[keyPath: kind.value]
        return values.isEmpty ? nil : (run, probe, values)
      }
    }
    guard !rows.isEmpty else { return false }
    let name = "\(Schema.curvaturePrefix)_\(kind.name)_\(architecture.name)"
    dimensions.append(
      Dimension(
        name: "\(name)_run", length: rows.count,
        coordinate: .init(values: rows.map { Int32($0.0) }, longName: "run of each row of \(name)")))
    variables.append(
      Variable(
        "\(name)_probe", along: ["\(name)_run"], .int32(rows.map { Int32($0.1) }),
        longName: "probe of each row of \(name)", units: "1"))
    var variable = Variable(
      name, along: ["\(name)_run", parameters], .float64(rows.flatMap { $0.2 }), longName: kind.longName,
      units: kind.units, fill: .nan)
    variable.texts = [(Schema.Attribute.parameters, try JSON.text(architecture.slices))]
    variable.isCompressed = false
    variables.append(variable)
    return true
  }
}

/// Rows of one width, one after the other.
private func joined<Number>(_ rows: [[Number]], width: Int) -> [Number] {
  [Number](unsafeUninitializedCapacity: rows.count * width) { buffer, initialized in
    for row in rows { initialized = buffer[initialized...].initialize(fromContentsOf: row) }
  }
}

/// Runs whose parameters mean the same.
private struct Architecture {
  var name: String
  var slices: [ParameterSlice]
  /// Parameters.
  var count: Int
  var precision: Precision
  var runs: [Int]

  private struct Key: Hashable {
    var slices: [ParameterSlice]
    var count: Int
    var precision: Precision
  }

  /// Vectors of this architecture as the rows of a variable.
  func joined(_ vectors: [WeightVector]) -> Variable.Values {
    switch precision {
    case .float: .float32(Store.joined(vectors.map(\.floats), width: count))
    case .double: .float64(Store.joined(vectors.map(\.doubles), width: count))
    }
  }

  /// In the order of their names.
  static func all(in records: [TrialRecord]) -> [Architecture] {
    var runs: [Key: [Int]] = [:]
    for index in records.indices {
      let weights = records[index].weights
      let vectors = records[index].curvature.flatMap { probe in
        CurvatureMeasurement.vectors.map { probe[keyPath: $0.value].count }
      }
      let count = max(weights.initial.count, weights.best.count, weights.final.count, vectors.max() ?? 0)
      guard count > 0 else { continue }
      runs[Key(slices: weights.slices, count: count, precision: weights.precision ?? .float), default: []].append(index)
    }
    var architectures = runs.map { key, runs in
      Architecture(name: baseName(key), slices: key.slices, count: key.count, precision: key.precision, runs: runs)
    }
    architectures.sort { ($0.name, $0.runs[0]) < ($1.name, $1.runs[0]) }
    var names: Set<String> = []
    for index in architectures.indices {
      while names.contains(architectures[index].name) { architectures[index].name += "_" }
      names.insert(architectures[index].name)
    }
    return architectures
  }

  /// `64x32x10` for dense layers of those sizes, `64x32x10_nobias` without biases, `n2410` for anything else.
  private static func baseName(_ key: Key) -> String {
    let kernels = key.slices.filter { $0.role == "kernel" }
    let biases = key.slices.filter { $0.role == "bias" }
    let sizes = kernels.map { $0.shape.first ?? 0 } + [kernels.last?.shape.last ?? 0]
    let isChain =
      !kernels.isEmpty && kernels.allSatisfy { $0.shape.count == 2 }
      && zip(kernels, sizes.dropFirst()).allSatisfy { $0.shape[1] == $1 }
      && kernels.count + biases.count == key.slices.count && (biases.isEmpty || biases.count == kernels.count)
    guard isChain, sizes.count <= 16 else { return "n\(key.count)" }
    return sizes.map(String.init).joined(separator: "x") + (biases.isEmpty ? "_nobias" : "")
  }
}
