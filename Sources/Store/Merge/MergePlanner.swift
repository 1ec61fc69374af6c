import Experiments

/// Makes the plan of a merged file from its sources. Knows the hyperparameters' table; all other variables go by what
/// they say of themselves: the dimension they run along, how they fill gaps, what their codes mean.
struct MergePlanner {
  private let sources: MergeSources
  private let rows: MergeRows
  private var plan: MergePlan
  /// Names in the merged file of each shape's dimensions without coordinates that had to be renamed.
  private var renamed: [[String: String]] = []
  private var rowSetOf: [String: Int] = [Schema.Name.run: 0]

  static func plan(_ sources: MergeSources, manifest: SweepManifest, evaluation: TestEvaluation?) throws -> MergePlan {
    var planner = MergePlanner(sources)
    try planner.addAttributes(manifest, evaluation)
    try planner.addDimensions()
    try planner.addVariables()
    try planner.addHyperparameters()
    planner.dropUnused()
    return planner.plan
  }

  private init(_ sources: MergeSources) {
    self.sources = sources
    rows = MergeRows(sources.sources)
    plan = MergePlan(rowSets: [rows.runs])
  }

  private func refusal(_ shape: Int, _ reason: String) -> StoreError {
    let source = sources.shapeOf.firstIndex(of: shape) ?? 0
    return .damaged(path: sources.sources[source].path, reason: "cannot be merged with the others: \(reason)")
  }

  // MARK: - Attributes

  private mutating func addAttributes(_ manifest: SweepManifest, _ evaluation: TestEvaluation?) throws {
    plan.attributes = try ShardContent.attributes(of: manifest).map { .init(name: $0.name, value: .text($0.value)) }
    if let evaluation {
      plan.attributes.append(
        .init(name: Schema.Attribute.testEvaluation, value: .text(try JSON.text(evaluation))))
    }
    let own = Set(plan.attributes.map(\.name) + [Schema.Attribute.columns, Schema.Attribute.layouts])
    for attribute in sources.shapes.flatMap(\.attributes) where !own.contains(attribute.name) {
      if !plan.attributes.contains(where: { $0.name == attribute.name }) { plan.attributes.append(attribute) }
    }
  }

  // MARK: - Dimensions

  private mutating func addDimensions() throws {
    plan.dimensions = [
      MergedDimension(
        name: Schema.Name.run, length: rows.runs.count, coordinates: (0..<Int32(rows.runs.count)).map { $0 },
        longName: "run in this file")
    ]
    nameArchitectures()
    try addCountedDimensions()
    addRunIndexes()
  }

  /// Dimensions without coordinates of one name and different meaning, such as networks of equally many parameters in
  /// different layers or in another precision, get names of their own.
  private mutating func nameArchitectures() {
    struct Meaning: Hashable {
      var length: Int
      var parameters: String?
      /// Of the weights; nil where there are none.
      var type: StoredVariable.ElementType?

      mutating func joins(_ other: Self) -> Bool {
        guard length == other.length, parameters == other.parameters else { return false }
        guard type == nil || other.type == nil || type == other.type else { return false }
        type = type ?? other.type
        return true
      }
    }
    var meanings: [String: Meaning] = [:]
    for shape in sources.shapes {
      var names: [String: String] = [:]
      for scale in shape.variables where scale.isAbsent {
        let variables = shape.variables.filter { $0.dimensions.contains(scale.name) }
        let meaning = Meaning(
          length: scale.extents.first ?? 0,
          parameters: variables.lazy.compactMap { $0.text(Schema.Attribute.parameters) }.first,
          type: variables.first { $0.name.hasPrefix(Schema.weightPrefixes.vector + "_") }?.type)
        var name = scale.name
        while meanings[name] != nil, meanings[name]?.joins(meaning) == false { name += "_" }
        if meanings[name] == nil {
          meanings[name] = meaning
          plan.dimensions.append(
            MergedDimension(name: name, length: meaning.length, coordinates: nil, longName: ""))
        }
        if name != scale.name { names[scale.name] = name }
      }
      renamed.append(names)
    }
  }

  /// Dimensions with coordinates become as long as the longest, which the others must be the beginning of.
  private mutating func addCountedDimensions() throws {
    for (position, shape) in sources.shapes.enumerated() {
      for scale in shape.variables {
        guard let coordinates = shape.coordinates[scale.name] else { continue }
        if let index = plan.dimensions.firstIndex(where: { $0.name == scale.name }) {
          let known = plan.dimensions[index].coordinates ?? []
          guard known.starts(with: coordinates.prefix(known.count)) || coordinates.starts(with: known) else {
            throw refusal(position, "\(scale.name) has other coordinates there")
          }
          guard coordinates.count > known.count else { continue }
          plan.dimensions[index].length = coordinates.count
          plan.dimensions[index].coordinates = coordinates
        } else {
          plan.dimensions.append(
            MergedDimension(
              name: scale.name, length: coordinates.count, coordinates: coordinates,
              longName: scale.text("long_name") ?? ""))
        }
      }
    }
  }

  /// Dimensions with a row for each run that left something.
  private mutating func addRunIndexes() {
    for (shape, content) in sources.shapes.enumerated() {
      for scale in content.variables where scale.isRunIndex {
        let name = mergedName(scale.name, shape)
        guard rowSetOf[name] == nil else { continue }
        let origins = sources.shapes.indices.map { other in
          sources.shapes[other].variables.first { $0.isRunIndex && mergedName($0.name, other) == name }?.name
        }
        let (set, runs) = rows.rows(along: { origins[sources.shapeOf[$0]] }, of: sources.sources)
        rowSetOf[name] = plan.rowSets.count
        plan.rowSets.append(set)
        plan.dimensions.append(
          MergedDimension(
            name: name, length: runs.count, coordinates: runs, longName: scale.text("long_name") ?? ""))
      }
    }
  }

  /// The name with that of its architecture replaced, where that was renamed.
  private func mergedName(_ name: String, _ shape: Int) -> String {
    for (old, new) in renamed[shape] {
      if name == old { return new }
      let prefix = Schema.weightPrefixes.parameter + "_"
      guard old.hasPrefix(prefix) else { continue }
      let (suffix, replacement) = (old.dropFirst(prefix.count), new.dropFirst(prefix.count))
      for ending in ["", "_run", "_probe"] where name.hasSuffix("_\(suffix)\(ending)") {
        return name.dropLast(suffix.count + ending.count) + replacement + ending
      }
    }
    return name
  }

  // MARK: - Variables

  private mutating func addVariables() throws {
    var positions: [String: Int] = [:]
    for (shape, content) in sources.shapes.enumerated() {
      let skipped = content.hyperparameterNames.union([Schema.Name.layout])
      for variable in content.variables where !variable.isScale && !skipped.contains(variable.name) {
        let name = mergedName(variable.name, shape)
        if let position = positions[name] {
          try join(variable, shape, position)
        } else {
          positions[name] = plan.variables.count
          plan.variables.append(try merged(variable, name, shape))
        }
      }
    }
    for position in plan.variables.indices where plan.variables[position].origins.contains(where: { $0 == nil }) {
      markGaps(position)
    }
  }

  private func merged(_ variable: StoredVariable, _ name: String, _ shape: Int) throws -> MergedVariable {
    let dimensions = variable.dimensions.map { mergedName($0, shape) }
    guard let first = dimensions.first, let rowSet = rowSetOf[first] else {
      throw refusal(shape, "\(variable.name) runs along no runs")
    }
    guard variable.type != .text || dimensions.count == 1 else {
      throw refusal(shape, "\(variable.name) is text of more than one dimension")
    }
    var origins = [MergedVariable.Origin?](repeating: nil, count: sources.shapes.count)
    origins[shape] = .init(name: variable.name, extents: variable.extents)
    return MergedVariable(
      name: name, type: variable.type, dimensions: dimensions, attributes: variable.attributes,
      isCompressed: variable.isCompressed, rowSet: rowSet, origins: origins)
  }

  private mutating func join(_ variable: StoredVariable, _ shape: Int, _ position: Int) throws {
    let known = plan.variables[position]
    guard known.type == variable.type, known.dimensions == variable.dimensions.map({ mergedName($0, shape) }) else {
      throw refusal(shape, "\(variable.name) has another type or other dimensions there")
    }
    plan.variables[position].origins[shape] = .init(name: variable.name, extents: variable.extents)
    plan.variables[position].isCompressed = known.isCompressed && variable.isCompressed
    for attribute in variable.attributes {
      guard let index = known.attributes.firstIndex(where: { $0.name == attribute.name }) else {
        plan.variables[position].attributes.append(attribute)
        continue
      }
      guard known.attributes[index] != attribute else { continue }
      // Categories may have been added at the end since.
      switch (known.attributes[index].value, attribute.value) {
      case (.text(let old), .text(let new)) where attribute.name == "flag_meanings":
        guard old.hasPrefix(new) || new.hasPrefix(old) else {
          throw refusal(shape, "\(variable.name) has other categories there")
        }
        if new.count > old.count { plan.variables[position].attributes[index] = attribute }
      case (.integers(let old, _), .integers(let new, _)) where attribute.name == "flag_values":
        if new.count > old.count { plan.variables[position].attributes[index] = attribute }
      case _ where attribute.name == StoredAttribute.fillValue:
        if "\(known.attributes[index].value)" != "\(attribute.value)" {
          throw refusal(shape, "\(variable.name) has another value for none there")
        }
      default: break
      }
    }
  }

  /// Gives a variable that some sources lack a value that stands for none.
  private mutating func markGaps(_ position: Int) {
    guard case .number(let type) = plan.variables[position].type,
      !Schema.zeroForNone.contains(plan.variables[position].name),
      !plan.variables[position].attributes.contains(where: { $0.name == StoredAttribute.fillValue })
    else { return }
    let isCategory = plan.variables[position].attributes.contains { $0.name == "flag_values" }
    plan.variables[position].attributes.append(
      .init(
        name: StoredAttribute.fillValue,
        value: type.isFloatingPoint ? .numbers([.nan], type) : .integers([isCategory ? -1 : type.least], type)))
  }

  // MARK: - Hyperparameters

  private mutating func addHyperparameters() throws {
    let layouts = layoutsInOrder()
    let taken = Set(plan.variables.map(\.name) + plan.dimensions.map(\.name))
    let columns = HyperparameterColumns.union(
      layouts.map { sources.layouts[$0] },
      reserving: taken.subtracting(["layer", "hidden_layer", "part"]).subtracting(
        sources.shapes.flatMap(\.columns).map(\.dimension.name)))
    var table = HyperparameterMerge(columns: columns, shapes: sources.shapes)
    plan.attributes.append(.init(name: Schema.Attribute.columns, value: .text(try table.columnsText())))
    plan.variables.insert(
      table.addLayouts(sources.layouts, order: layouts), at: min(1, plan.variables.count))
    plan.attributes.append(.init(name: Schema.Attribute.layouts, value: .text(table.layoutsText)))
    for position in columns.indices {
      let merged = table.variables(of: position)
      for dimension in merged.flatMap(\.dimensions) where plan.dimension(dimension) == nil {
        // The dimension of a list whose column got another name.
        plan.dimensions.append(table.listDimension(dimension, of: position))
      }
      plan.variables.append(contentsOf: merged)
    }
  }

  /// The layouts of the runs, in the order of the runs: the order in which one shard of all of them would have them.
  private func layoutsInOrder() -> [Int] {
    var first = [Int32](repeating: .max, count: sources.layouts.count)
    for (source, moves) in zip(sources.sources, rows.runs.bySource) {
      for move in moves {
        let layout = Int(source.layouts[Int(move.row)])
        first[layout] = min(first[layout], move.target)
      }
    }
    return first.indices.filter { first[$0] < .max }.sorted { first[$0] < first[$1] }
  }

  /// Removes dimensions that nothing runs along any more.
  private mutating func dropUnused() {
    let used = Set(plan.variables.flatMap(\.dimensions))
    plan.dimensions.removeAll { !used.contains($0.name) }
  }
}

extension HDF5NumberType {
  fileprivate var least: Int64 {
    switch self {
    case .int8: Int64(Int8.min)
    case .int16: Int64(Int16.min)
    case .int32: Int64(Int32.min)
    default: Int64.min
    }
  }
}
