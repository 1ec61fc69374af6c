import Experiments

/// The hyperparameters' variables of a merged file: tables joined by name and kind, layouts numbered anew.
struct HyperparameterMerge {
  let columns: [HyperparameterColumns.Column]
  let shapes: [MergeShape]
  private var merged: [[HyperparameterColumns.Entry]] = []

  init(columns: [HyperparameterColumns.Column], shapes: [MergeShape]) {
    self.columns = columns
    self.shapes = shapes
  }

  func columnsText() throws -> String { try HyperparameterColumns.text(of: columns) }

  var layoutsText: String { HyperparameterColumns.text(of: merged) }

  /// Each run's line of the merged layouts, which are numbered in the order given.
  mutating func addLayouts(_ layouts: [RunLayout], order: [Int]) -> MergedVariable {
    struct Key: Hashable {
      var name: String
      var kind: HyperparameterColumns.Kind
    }
    let positions = Dictionary(
      uniqueKeysWithValues: columns.enumerated().map { (Key(name: $1.name, kind: $1.kind), $0) })
    let codes = columns.map { column in
      Dictionary(uniqueKeysWithValues: (column.categories ?? []).enumerated().map { ($1, $0) })
    }
    var known: [[HyperparameterColumns.Entry]: Int] = [:]
    // Runs that are left out may have a layout that no other has: -1, and nobody asks.
    var lines = [Int32](repeating: -1, count: layouts.count)
    for index in order {
      let layout = layouts[index].entries.map { entry in
        let position = positions[Key(name: entry.name, kind: entry.kind)] ?? 0
        return HyperparameterColumns.Entry(column: position, category: entry.text.flatMap { codes[position][$0] })
      }
      let line = known[layout] ?? merged.count
      if line == merged.count {
        known[layout] = line
        merged.append(layout)
      }
      lines[index] = Int32(line)
    }
    var origins: [MergedVariable.Origin?] = []
    var attributes: [StoredAttribute] = []
    for shape in shapes {
      let stored = shape.variables.first { $0.name == Schema.Name.layout }
      if attributes.isEmpty { attributes = stored?.attributes ?? [] }
      origins.append(
        .init(name: Schema.Name.layout, extents: stored?.extents ?? [], recoding: .layouts(lines)))
    }
    return MergedVariable(
      name: Schema.Name.layout, type: .number(.int32), dimensions: [Schema.Name.run], attributes: attributes,
      isCompressed: true, rowSet: 0, origins: origins)
  }

  /// The variable of a column, and the one with the lengths of a list.
  func variables(of position: Int) -> [MergedVariable] {
    let column = columns[position]
    switch column.kind {
    case .integer:
      return [variable(column, .number(.int64), [], fill: hasGaps(column) ? .integers([.min], .int64) : nil)]
    case .number: return [variable(column, .number(.float64), [], fill: .numbers([.nan], .float64))]
    case .text: return [textVariable(column)]
    case .list:
      let list = variable(
        column, .number(.float64), [dimension(of: column)], fill: .numbers([.nan], .float64))
      var counts = variable(column, .number(.int32), [], fill: nil)
      counts.name = column.countVariable
      counts.attributes = [.init(name: "long_name", value: .text("entries of \(column.name)")), Self.units]
      for (shape, content) in shapes.enumerated() {
        guard let source = self.source(column, content) else { continue }
        counts.origins[shape] = .init(
          name: source.countVariable, extents: Self.extents(of: source.countVariable, in: content))
      }
      return [list, counts]
    }
  }

  private static func extents(of variable: String, in shape: MergeShape) -> [Int] {
    shape.variables.first { $0.name == variable }?.extents ?? []
  }

  private static let units = StoredAttribute(name: "units", value: .text("1"))

  private func dimension(of column: HyperparameterColumns.Column) -> String { column.dimension.name }

  /// The dimension of a list that no source has under that name: as long as its longest.
  func listDimension(_ name: String, of position: Int) -> MergedDimension {
    let column = columns[position]
    let lengths = shapes.compactMap { shape in
      source(column, shape).flatMap { source in
        Self.extents(of: source.variable, in: shape).last
      }
    }
    let length = lengths.max() ?? 1
    return MergedDimension(
      name: name, length: length, coordinates: (0..<Int32(length)).map { $0 }, longName: column.dimension.longName)
  }

  private func source(
    _ column: HyperparameterColumns.Column, _ shape: MergeShape
  ) -> HyperparameterColumns.Column? {
    shape.columns.first { $0.name == column.name && $0.kind == column.kind }
  }

  /// Whether some run lacks the column: some source does, or says so.
  private func hasGaps(_ column: HyperparameterColumns.Column) -> Bool {
    shapes.contains { shape in
      guard let source = source(column, shape) else { return true }
      return shape.variables.first { $0.name == source.variable }?.attributes
        .contains { $0.name == StoredAttribute.fillValue } ?? true
    }
  }

  private func variable(
    _ column: HyperparameterColumns.Column, _ type: StoredVariable.ElementType, _ further: [String],
    fill: StoredAttribute.Value?
  ) -> MergedVariable {
    var attributes = [StoredAttribute(name: "long_name", value: .text(column.longName))]
    if column.kind != .text { attributes.append(Self.units) }
    if let fill { attributes.append(.init(name: StoredAttribute.fillValue, value: fill)) }
    let origins = shapes.map { shape -> MergedVariable.Origin? in
      guard let source = source(column, shape) else { return nil }
      return .init(name: source.variable, extents: Self.extents(of: source.variable, in: shape))
    }
    return MergedVariable(
      name: column.variable, type: type, dimensions: [Schema.Name.run] + further, attributes: attributes,
      isCompressed: true, rowSet: 0, origins: origins)
  }

  private func textVariable(_ column: HyperparameterColumns.Column) -> MergedVariable {
    var variable = variable(column, .text, [], fill: nil)
    for (shape, content) in shapes.enumerated() {
      guard let source = source(column, content), let texts = source.categories,
        content.variables.first(where: { $0.name == source.variable })?.type != .text
      else { continue }
      variable.origins[shape]?.recoding = .texts(texts)
    }
    return variable
  }
}
