import Experiments

extension ShardContent {
  /// The columns of a block of runs, in the order given. The records have passed ``TrialRecord/validate()``.
  init(_ records: [TrialRecord], manifest: SweepManifest) throws {
    dimensions = [.counted(Schema.Name.run, records.count, "run in this file")]
    let columns = HyperparameterColumns(records.map(\.hyperparameters))
    try addAttributes(manifest, columns)
    add(
      .text(records.map(\.identity.description)), Schema.Name.identity, "identity of the trial: a hash of its content")
    addHyperparameters(columns)
    addOutcomes(records)
    addCosts(records)
    addValidationSamples(records)
    add(
      .int64(records.map { Int64(RecordCoding.checksum(of: $0)) }), Schema.Name.checksum,
      "CRC-32 of all that is stored of the run; 0 is unknown", units: "1")
    addMetrics(records.map { RunSummary($0) })
    addTraces(records)
    addCurvature(records)
    try addWeights(records)
  }

  private mutating func addAttributes(_ manifest: SweepManifest, _ columns: HyperparameterColumns) throws {
    attributes = try Self.attributes(of: manifest)
    attributes += [
      (Schema.Attribute.columns, try columns.columnsText()),
      (Schema.Attribute.layouts, columns.layoutsText),
    ]
  }

  /// Global attributes that say what the runs belong to.
  static func attributes(of manifest: SweepManifest) throws -> [(name: String, value: String)] {
    [
      ("Conventions", Schema.conventions),
      ("title", manifest.summary.isEmpty ? manifest.name : manifest.summary),
      Schema.format,
      ("experiment", manifest.name),
      ("selection_rule", "\(manifest.selection.metric.rawValue) at the \(manifest.selection.epoch.rawValue) epoch"),
      ("provenance", try JSON.text(manifest.provenance)),
      (Schema.Attribute.manifest, try JSON.text(manifest)),
    ]
  }

  private mutating func add(
    _ values: Variable.Values, _ name: String, _ longName: String, units: String? = nil, fill: Variable.Fill? = nil
  ) {
    variables.append(
      Variable(name, along: [Schema.Name.run], values, longName: longName, units: units, fill: fill))
  }

  private mutating func addOutcomes(_ records: [TrialRecord]) {
    variables.append(
      .category(
        Schema.Name.outcome, codes: records.map { Int8($0.outcome.code) }, meanings: TrialOutcome.names,
        longName: "how the run ended"))
    add(
      .int64(records.map { Int64($0.outcome.divergedStep ?? -1) }), Schema.Name.divergedStep,
      "step at which the run diverged, counted from 1", units: "1", fill: .integer(-1))
    add(
      .text(records.map { $0.outcome.failureMessage ?? "" }), Schema.Name.failureMessage,
      "why the run could not be done")
    add(
      .int32(records.map { Int32(max(0, $0.trace.count - 1)) }), Schema.Name.epochs, "epochs trained", units: "1")
    add(
      .int32(records.map { Int32($0.trace.count) }), Schema.Name.traceLength,
      "entries of the run along epoch, the state before training among them", units: "1")
    add(
      .int32(records.map { Int32($0.bestEpoch ?? -1) }), Schema.Name.bestEpoch, "best epoch by the selection rule",
      units: "1", fill: .integer(-1))
  }

  private mutating func addCosts(_ records: [TrialRecord]) {
    add(.int64(records.map { Int64($0.cost.steps) }), Schema.Name.steps, "parameter updates", units: "1")
    add(.int64(records.map { Int64($0.cost.gradients) }), Schema.Name.gradients, "gradient evaluations", units: "1")
    add(
      .int64(records.map { Int64($0.cost.products) }), Schema.Name.products,
      "Hessian- or Gauss-Newton-vector products", units: "1")
    add(
      .float64(records.map(\.cost.trainingSeconds)), Schema.Name.trainingSeconds,
      "wall-clock time of training, evaluation excluded", units: "s")
    add(
      .float64(records.map(\.cost.totalSeconds)), Schema.Name.totalSeconds, "wall-clock time of the run", units: "s")
    guard records.contains(where: { $0.cost.workers > 0 }) else { return }
    add(
      .int32(records.map { Int32($0.cost.workers) }), Schema.Name.workers,
      "trials that the process trained at a time; 0 is unknown", units: "1")
  }

  private mutating func addValidationSamples(_ records: [TrialRecord]) {
    guard records.contains(where: { $0.validation.samples > 0 }) else { return }
    add(
      .int32(records.map { Int32($0.validation.samples) }), Schema.Name.validationSamples,
      "samples that validation losses are means of; 0 is unknown", units: "1")
  }

  private mutating func addMetrics(_ summaries: [RunSummary]) {
    // One that files may be without is there at both epochs or at none.
    let known = Schema.metrics.filter { metric in
      !metric.isOptional
        || summaries.contains {
          !$0.final[keyPath: metric.value].isNaN || !$0.best[keyPath: metric.value].isNaN
        }
    }
    for metric in known {
      add(
        .float64(summaries.map { $0.final[keyPath: metric.value] }), "\(metric.name)_final",
        "\(metric.longName) at the final epoch", units: "1", fill: .nan)
      add(
        .float64(summaries.map { $0.best[keyPath: metric.value] }), "\(metric.name)_best",
        "\(metric.longName) at the best epoch", units: "1", fill: .nan)
    }
  }

  private mutating func addTraces(_ records: [TrialRecord]) {
    let length = max(1, records.map(\.trace.count).max() ?? 0)
    dimensions.append(.counted(Schema.Name.epoch, length, "epoch; 0 is the state before training"))
    // Through key paths each value would copy its whole record.
    let traces = records.indices.map { records[$0].trace.columnValues }
    for (index, column) in Trace.columns.enumerated() {
      let rows = traces.map { $0[index] }
      if column.isOptional && rows.allSatisfy(\.isEmpty) { continue }
      variables.append(
        Variable(
          column.name, along: [Schema.Name.run, Schema.Name.epoch], .float64(padded(rows, to: length)),
          longName: column.longName, units: column.units, fill: .nan))
    }
  }
}

/// Rows of one length, in row-major order, NaN where a row is shorter.
func padded(_ rows: [[Double]], to length: Int) -> [Double] {
  [Double](unsafeUninitializedCapacity: rows.count * length) { buffer, initialized in
    for row in rows {
      _ = buffer[initialized...].initialize(fromContentsOf: row)
      buffer[(initialized + row.count)..<(initialized + length)].initialize(repeating: .nan)
      initialized += length
    }
  }
}

extension Variable {
  /// A column of codes, CF `flag_values` and `flag_meanings`; a code under 0 stands for none.
  static func category(_ name: String, codes: [Int8], meanings: [String], longName: String) -> Variable {
    var variable = Variable(name, along: [Schema.Name.run], .int8(codes), longName: longName)
    variable.fill = codes.contains { $0 < 0 } ? .integer(-1) : nil
    variable.flags = meanings.indices.map { Int8($0) }
    // Meanings are separated by blanks, so each is one word, and no two the same.
    var words: [String] = []
    for meaning in meanings {
      var word = Schema.flagMeaning(meaning)
      while words.contains(word) { word += "_" }
      words.append(word)
    }
    variable.texts = [("flag_meanings", words.joined(separator: " "))]
    return variable
  }
}
