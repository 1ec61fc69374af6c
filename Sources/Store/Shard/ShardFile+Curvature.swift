import Experiments

extension ShardFile {
  /// Whether any run of the shard has probes of the curvature.
  func hasCurvature() throws -> Bool { try file.has(Schema.Name.probeCount) }

  /// The probes of one run.
  func curvature(of row: Int) throws -> [CurvatureMeasurement] {
    guard try hasCurvature() else { return [] }
    let count = Int(try column(Schema.Name.probeCount, Int32.self)[row])
    guard count != 0 else { return [] }
    let moments = try probeRow(Schema.Name.probeMoment, row, Int8.self)
    guard (0...moments.count).contains(count) else {
      throw damaged("\(Schema.Name.probeCount) is \(count) of \(moments.count)")
    }
    var measurements = moments.prefix(count).map {
      CurvatureMeasurement(moments: .init(rawValue: UInt8(bitPattern: $0)), epoch: 0)
    }
    for column in CurvatureMeasurement.integers {
      let values = try probeRow(column.name, row, Int64.self)
      try checkWidth(values.count, moments.count, column.name)
      for probe in 0..<count { measurements[probe][keyPath: column.value] = Int(values[probe]) }
    }
    for column in CurvatureMeasurement.numbers {
      let values = try probeRow(column.name, row, Double.self)
      try checkWidth(values.count, moments.count, column.name)
      for probe in 0..<count { measurements[probe][keyPath: column.value] = values[probe] }
    }
    for category in CurvatureMeasurement.categories {
      let codes = try probeRow(category.name, row, Int8.self)
      try checkWidth(codes.count, moments.count, category.name)
      for probe in 0..<count {
        guard (-1..<category.names.count).contains(Int(codes[probe])) else {
          throw damaged("\(category.name) has category \(codes[probe])")
        }
        category.setCode(&measurements[probe], codes[probe] < 0 ? nil : Int(codes[probe]))
      }
    }
    for list in CurvatureMeasurement.lists where try file.has(list.count) {
      try read(list, of: row, probes: moments.count, into: &measurements)
    }
    return try addingVectors(of: row, to: measurements)
  }

  private func read(
    _ list: CurvatureMeasurement.List, of row: Int, probes: Int, into measurements: inout [CurvatureMeasurement]
  ) throws {
    let counts = try probeRow(list.count, row, Int32.self)
    try checkWidth(counts.count, probes, list.count)
    /// The entries of each measurement; `rows` of them stand side by side.
    func fill(_ column: CurvatureMeasurement.Column<[Double]>, rows: Int) throws {
      let values = try probeRow(column.name, row, Double.self)
      let width = values.count / max(1, probes * rows)
      try checkWidth(values.count, probes * rows * width, column.name)
      for probe in measurements.indices {
        let length = Int(counts[probe])
        guard (0...width).contains(length) else { throw damaged("\(list.count) is \(length) of \(width)") }
        measurements[probe][keyPath: column.value] = (0..<rows).flatMap { index in
          let start = (probe * rows + index) * width
          return values[start..<(start + length)]
        }
      }
    }
    for column in list.columns + list.flags { try fill(column, rows: 1) }
    for column in list.byDirection { try fill(column, rows: CurvatureMeasurement.directions.count) }
  }

  /// One run's values of a variable along run, probe, and what else it runs along.
  private func probeRow<Number: HDF5Number>(_ name: String, _ row: Int, _: Number.Type) throws -> [Number] {
    let dataset = try file.dataset(name)
    let values: [Number] = try dataset.readRow(row)
    try dataset.close()
    return values
  }

  private func checkWidth(_ width: Int, _ expected: Int, _ name: String) throws {
    guard width == expected else { throw damaged("\(name) has \(width) entries a run, \(expected) are expected") }
  }

  private func addingVectors(of row: Int, to measurements: [CurvatureMeasurement]) throws -> [CurvatureMeasurement] {
    var measurements = measurements
    let names = try file.rootNames(prefix: Schema.curvaturePrefix + "_")
    for kind in CurvatureMeasurement.vectors {
      let prefix = "\(Schema.curvaturePrefix)_\(kind.name)_"
      for name in names where name.hasPrefix(prefix) && !name.hasSuffix("_run") && !name.hasSuffix("_probe") {
        let runs = try vectorIndex("\(name)_run")
        let probes = try vectorIndex("\(name)_probe")
        let dataset = try file.dataset(name)
        for (position, (run, probe)) in zip(runs, probes).enumerated() where run == Int32(row) {
          guard measurements.indices.contains(Int(probe)) else { throw damaged("\(name)_probe is \(probe)") }
          measurements[Int(probe)][keyPath: kind.value] = try dataset.readRow(position)
        }
        try dataset.close()
      }
    }
    return measurements
  }

  private func vectorIndex(_ name: String) throws -> [Int32] {
    let dataset = try file.dataset(name)
    let values: [Int32] = try dataset.read()
    try dataset.close()
    return values
  }

  // MARK: - Summaries

  /// What runs are compared by at their final and best epochs; empty where the shard has no probes.
  func curvatureMetrics() throws -> [(final: CurvatureMetrics, best: CurvatureMetrics)] {
    guard try hasCurvature() else { return [] }
    let moments = try file.dataset(Schema.Name.probeMoment)
    guard moments.extents.count == 2, moments.extents[0] == count else {
      throw damaged("\(Schema.Name.probeMoment) has extents \(moments.extents), \(count) runs")
    }
    let probes = moments.extents[1]
    let masks: [Int8] = try moments.read()
    try moments.close()
    var table = masks.map { CurvatureMeasurement(moments: .init(rawValue: UInt8(bitPattern: $0)), epoch: 0) }
    let sources = CurvatureMetrics.fields.map(\.source)
    for column in CurvatureMeasurement.numbers where sources.contains(where: { $0 == column.value }) {
      let (values, width) = try matrix(column.name)
      try checkWidth(width, probes, column.name)
      for cell in table.indices { table[cell][keyPath: column.value] = values[cell] }
    }
    for category in CurvatureMeasurement.categories where CurvatureMetrics.boundCategories.contains(category.name) {
      let dataset = try file.dataset(category.name)
      let codes: [Int8] = try dataset.read()
      try dataset.close()
      try checkWidth(codes.count, table.count, category.name)
      for cell in table.indices { category.setCode(&table[cell], codes[cell] < 0 ? nil : Int(codes[cell])) }
    }
    return (0..<count).map { run in
      let measurements = Array(table[run * probes..<(run + 1) * probes])
      return (CurvatureMetrics(measurements, at: .final), CurvatureMetrics(measurements, at: .best))
    }
  }
}
