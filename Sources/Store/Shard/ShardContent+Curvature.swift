import Experiments

extension ShardContent {
  /// Columns by run and probe, where a run has probes; lists along a dimension of their own.
  mutating func addCurvature(_ records: [TrialRecord]) {
    let probes = records.indices.reduce(0) { max($0, records[$1].curvature.count) }
    guard probes > 0 else { return }
    dimensions.append(.counted(Schema.Name.probe, probes, "probe of the curvature, by epoch"))
    variables.append(
      Variable(
        Schema.Name.probeCount, along: [Schema.Name.run], .int32(records.map { Int32($0.curvature.count) }),
        longName: "probes of the run", units: "1"))
    let table = ProbeTable(records.map(\.curvature), probes: probes)
    addMoments(table)
    for column in CurvatureMeasurement.integers {
      add(.int64(table.map(-1) { Int64($0[keyPath: column.value]) }), column, fill: .integer(-1))
    }
    for category in CurvatureMeasurement.categories {
      var variable = Variable.category(
        category.name, codes: table.map(-1) { Int8(category.code($0) ?? -1) }, meanings: category.names,
        longName: category.longName)
      variable.dimensions = Schema.probeDimensions
      // Always named: a merged file may have runs of shards without probes.
      variable.fill = .integer(-1)
      variables.append(variable)
    }
    for column in CurvatureMeasurement.numbers {
      add(.float64(table.map(.nan) { $0[keyPath: column.value] }), column, fill: .nan)
    }
    for list in CurvatureMeasurement.lists { add(list, table) }
  }

  /// One state may be several moments: a mask, in CF's terms.
  private mutating func addMoments(_ table: ProbeTable) {
    let moments = CurvatureMoments.all
    var variable = Variable(
      Schema.Name.probeMoment, along: Schema.probeDimensions, .int8(table.map(0) { Int8($0.moments.rawValue) }),
      longName: "when the curvature was measured; 0 for none")
    variable.masks = moments.map { Int8($0.value.rawValue) }
    variable.texts = [("flag_meanings", moments.map(\.name).joined(separator: " "))]
    variables.append(variable)
  }

  private mutating func add<Value>(
    _ values: Variable.Values, _ column: CurvatureMeasurement.Column<Value>, along extra: [String] = [],
    fill: Variable.Fill
  ) {
    variables.append(
      Variable(
        column.name, along: Schema.probeDimensions + extra, values, longName: column.longName, units: column.units,
        fill: fill))
  }

  private mutating func add(_ list: CurvatureMeasurement.List, _ table: ProbeTable) {
    let first = list.columns[0].value
    let length = table.longest { $0[keyPath: first].count }
    guard length > 0 else { return }
    dimensions.append(.counted(list.dimension, length, list.longName))
    variables.append(
      Variable(
        list.count, along: Schema.probeDimensions, .int32(table.map(0) { Int32($0[keyPath: first].count) }),
        longName: "entries along \(list.dimension)", units: "1"))
    for column in list.columns {
      let rows = table.map([]) { $0[keyPath: column.value] }
      add(.float64(padded(rows, to: length)), column, along: [list.dimension], fill: .nan)
    }
    for flag in list.flags {
      let rows = table.map([]) { $0[keyPath: flag.value] }
      var variable = Variable.category(
        flag.name, codes: padded(rows, to: length).map { $0.isNaN ? -1 : Int8($0) }, meanings: ["no", "yes"],
        longName: flag.longName)
      variable.dimensions = Schema.probeDimensions + [list.dimension]
      variable.fill = .integer(-1)
      variables.append(variable)
    }
    let directions = CurvatureMeasurement.directions.count
    for column in list.byDirection {
      let rows = table.map([[Double]](repeating: [], count: directions)) { measurement in
        let values = measurement[keyPath: column.value]
        let steps = values.count / directions
        return (0..<directions).map { Array(values[$0 * steps..<($0 + 1) * steps]) }
      }
      add(
        .float64(padded(rows.flatMap { $0 }, to: length)), column, along: [Schema.direction, list.dimension],
        fill: .nan)
    }
  }
}

/// The measurements of a block of runs as a rectangle: by run and by probe.
private struct ProbeTable {
  private let cells: [CurvatureMeasurement?]

  init(_ runs: [[CurvatureMeasurement]], probes: Int) {
    cells = runs.flatMap { run in (0..<probes).map { run.indices.contains($0) ? run[$0] : nil } }
  }

  /// Row-major; `missing` where a run has fewer probes than others.
  func map<Value>(_ missing: Value, _ value: (CurvatureMeasurement) -> Value) -> [Value] {
    cells.map { $0.map(value) ?? missing }
  }

  func longest(_ count: (CurvatureMeasurement) -> Int) -> Int { map(0, count).max() ?? 0 }
}
