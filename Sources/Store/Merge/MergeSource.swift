import Experiments

/// A shard, or another file of runs, that goes into a merged file.
struct MergeSource: Sendable {
  var path: String
  var requiresSeal: Bool
  var identities: [TrialIdentity]
  /// Codes of ``TrialOutcome``.
  var outcomes: [UInt8]
  var shape: MergeShape
  /// Index into the shape's layouts of each run.
  var layouts: [Int32]
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
  var layouts: [[Int]]
  /// Global text attributes.
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
      let source = MergeSource(
        path: path, requiresSeal: requiresSeal, identities: try shard.identities(),
        outcomes: try shard.outcomes().map { UInt8($0.code) },
        shape: MergeShape(
          variables: variables, coordinates: coordinates, columns: columns, layouts: layouts,
          attributes: try StoredAttribute.all(of: shard.file.handle, "the file")),
        layouts: try shard.column(Schema.Name.layout), runIndexes: runIndexes, manifest: try shard.manifest())
      try shard.close()
      return source
    }
  }
}

/// Sources whose shapes are shared where they are equal: a sweep of ten million runs has 40,000 shards of one shape.
struct MergeSources {
  private(set) var sources: [MergeSource] = []
  /// Distinct shapes, and which one each source has.
  private(set) var shapes: [MergeShape] = []
  private(set) var shapeOf: [Int] = []
  private var positions: [MergeShape: Int] = [:]

  mutating func add(_ source: MergeSource) {
    var source = source
    let position = positions[source.shape] ?? shapes.count
    if position == shapes.count {
      positions[source.shape] = position
      shapes.append(source.shape)
    }
    source.shape = shapes[position]
    shapeOf.append(position)
    sources.append(source)
  }
}
