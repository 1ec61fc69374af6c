import Experiments

/// A shard, or another file of runs, that goes into a merged file.
struct MergeSource: Sendable {
  var path: String
  var requiresSeal: Bool
  var identities: [TrialIdentity]
  /// Codes of ``TrialOutcome``.
  var outcomes: [UInt8]
  var shape: MergeShape
  /// Each run's line of ``layoutTable``; once it is among ``MergeSources``, of the table that they have in common.
  var layouts: [Int32]
  var layoutTable: [RunLayout]
  /// Of each dimension that lists runs: the run of each row.
  var runIndexes: [String: [Int32]]
  var manifest: SweepManifest
}

/// What nearly all shards of a sweep have in common: their variables and the table of their hyperparameters.
struct MergeShape: Hashable, Sendable {
  /// In the order in which they were made.
  var variables: [StoredVariable]
  /// Values of the dimensions' coordinates, but those that list runs.
  var coordinates: [String: [Int32]]
  var columns: [HyperparameterColumns.Column]
  /// Global text attributes, but those that describe the columns.
  var attributes: [StoredAttribute]

  /// Names on disk of what the table of hyperparameters describes.
  var hyperparameterNames: Set<String> {
    Set(columns.flatMap { $0.kind == .list ? [$0.variable, $0.countVariable] : [$0.variable] })
  }
}

extension MergeSource {
  /// Reads everything but the values. Throws ``StoreError`` and ``HDF5Error``.
  static func read(_ path: String, requiresSeal: Bool, _ tables: inout TableCache) throws -> MergeSource {
    try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: requiresSeal)
      let variables = try shard.file.rootDatasets().map { try StoredVariable($0, in: shard.file) }
      let (columns, layouts) = try shard.hyperparameterTable(&tables)
      var coordinates: [String: [Int32]] = [:]
      var runIndexes: [String: [Int32]] = [:]
      for variable in variables where variable.isScale && !variable.isAbsent && variable.name != Schema.Name.run {
        guard variable.extents.count == 1, variable.type == .number(.int32) else {
          throw shard.damaged("dimension \(variable.name) has coordinates that are no list of integers")
        }
        let dataset = try shard.file.dataset(variable.name)
        let values: [Int32] = try dataset.read()
        try dataset.close()
        if variable.isRunIndex {
          guard values.allSatisfy({ (0..<shard.count).contains(Int($0)) }) else {
            throw shard.damaged("\(variable.name) names runs that are not there")
          }
          runIndexes[variable.name] = values
        } else {
          coordinates[variable.name] = values
        }
      }
      let (runLayouts, layoutTable) = try shard.runLayouts(columns, layouts)
      let source = MergeSource(
        path: path, requiresSeal: requiresSeal, identities: try shard.identities(),
        outcomes: try shard.outcomes().map { UInt8($0.code) },
        shape: MergeShape(
          variables: variables, coordinates: coordinates, columns: columns,
          attributes: try StoredAttribute.all(of: shard.file.handle, "the file")
            .filter { ![Schema.Attribute.columns, Schema.Attribute.layouts].contains($0.name) }),
        layouts: runLayouts, layoutTable: layoutTable, runIndexes: runIndexes, manifest: try shard.manifest())
      try shard.close()
      return source
    }
  }
}

extension ShardFile {
  /// Each run's line of the table of layouts, in which categories are said by their texts.
  fileprivate func runLayouts(
    _ columns: [HyperparameterColumns.Column], _ layouts: [[HyperparameterColumns.Entry]]
  ) throws -> (ofRun: [Int32], table: [RunLayout]) {
    let coded = Self.codedColumns(columns, layouts).sorted()
    let codes: [[Int8]] = try coded.map { try column(columns[$0].variable) }
    var table: [RunLayout] = []
    var positions: [[Int32]: Int32] = [:]
    var ofRun: [Int32] = []
    for (run, layout) in try column(Schema.Name.layout, Int32.self).enumerated() {
      let key = [layout] + codes.map { Int32($0[run]) }
      if let known = positions[key] {
        ofRun.append(known)
        continue
      }
      guard layouts.indices.contains(Int(layout)) else { throw damaged("layout \(layout) of run \(run)") }
      let categories = Dictionary(uniqueKeysWithValues: zip(coded, codes.map { Int($0[run]) }))
      let entries = try layouts[Int(layout)].map { entry in
        let column = columns[entry.column]
        let category = entry.category ?? categories[entry.column]
        guard category.map({ column.categories?.indices.contains($0) ?? false }) ?? true else {
          throw damaged("\(column.variable) has category \(category ?? 0)")
        }
        return RunLayout.Entry(
          name: column.name, kind: column.kind, text: category.flatMap { column.categories?[$0] })
      }
      positions[key] = Int32(table.count)
      ofRun.append(Int32(table.count))
      table.append(RunLayout(entries: entries))
    }
    return (ofRun, table)
  }
}

/// Sources whose shapes are shared where they are equal: a sweep of ten million runs has 40,000 shards of one shape.
struct MergeSources {
  private(set) var sources: [MergeSource] = []
  /// Distinct shapes, and which one each source has.
  private(set) var shapes: [MergeShape] = []
  private(set) var shapeOf: [Int] = []
  private var positions: [MergeShape: Int] = [:]
  /// The distinct layouts of all runs.
  private(set) var layouts: [RunLayout] = []
  private var layoutPositions: [RunLayout: Int32] = [:]

  mutating func add(_ source: MergeSource) {
    var source = source
    let position = positions[source.shape] ?? shapes.count
    if position == shapes.count {
      positions[source.shape] = position
      shapes.append(source.shape)
    }
    source.shape = shapes[position]
    let lines = source.layoutTable.map { number(of: $0) }
    source.layouts = source.layouts.map { lines[Int($0)] }
    source.layoutTable = []
    shapeOf.append(position)
    sources.append(source)
  }

  private mutating func number(of layout: RunLayout) -> Int32 {
    if let known = layoutPositions[layout] { return known }
    layoutPositions[layout] = Int32(layouts.count)
    layouts.append(layout)
    return Int32(layouts.count - 1)
  }
}
