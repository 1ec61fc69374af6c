import Experiments

/// The hyperparameters' variables of a merged file: tables joined by name and kind, categories and layouts recoded.
struct HyperparameterMerge {
  let columns: [HyperparameterColumns.Column]
  let shapes: [MergeShape]
  private var merged: [[Int]] = []

  init(columns: [HyperparameterColumns.Column], shapes: [MergeShape]) {
    self.columns = columns
    self.shapes = shapes
  }

  func columnsText() throws -> String { try HyperparameterColumns.text(of: columns) }

  var layoutsText: String { HyperparameterColumns.text(of: merged) }

  private func position(of column: HyperparameterColumns.Column) -> Int? {
    columns.firstIndex { $0.name == column.name && $0.kind == column.kind }
  }

  /// Each run's line of the merged layouts, which are numbered in the order given.
  mutating func addLayouts(_ order: [(shape: Int, layout: Int)]) -> MergedVariable {
    var positions: [[Int]: Int] = [:]
    var codes = shapes.map { [Int32](repeating: -1, count: $0.layouts.count) }
    for entry in order {
      let shape = shapes[entry.shape]
      let layout = shape.layouts[entry.layout].map { position(of: shape.columns[$0]) ?? 0 }
      let code = positions[layout] ?? merged.count
      if code == merged.count {
        positions[layout] = code
        merged.append(layout)
      }
      codes[entry.shape][entry.layout] = Int32(code)
    }
    var origins: [MergedVariable.Origin?] = []
    var attributes: [StoredAttribute] = []
    for (index, shape) in shapes.enumerated() {
      let stored = shape.variables.first { $0.name == Schema.Name.layout }
      if attributes.isEmpty { attributes = stored?.attributes ?? [] }
      origins.append(
        .init(name: Schema.Name.layout, extents: stored?.extents ?? [], recoding: .layouts(codes[index])))
    }
    return MergedVariable(
      name: Schema.Name.layout, type: .number(.int32), dimensions: [Schema.Name.run], attributes: attributes,
      isCompressed: true, rowSet: 0, origins: origins)
  }

  /// The variable of a column, and the one with the lengths of a list.
  func variables(of position: Int) throws -> [MergedVariable] {
    let column = columns[position]
    switch column.kind {
    case .integer:
      return [variable(column, .number(.int64), [], fill: hasGaps(column) ? .integers([.min], .int64) : nil)]
    case .number: return [variable(column, .number(.float64), [], fill: .numbers([.nan], .float64))]
    case .text: return [try textVariable(column)]
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

  private func textVariable(_ column: HyperparameterColumns.Column) throws -> MergedVariable {
    guard let categories = column.categories else {
      var variable = variable(column, .text, [], fill: nil)
      for (shape, content) in shapes.enumerated() {
        if let texts = source(column, content)?.categories { variable.origins[shape]?.recoding = .texts(texts) }
      }
      return variable
    }
    let model = Variable.category(column.variable, codes: [], meanings: categories, longName: column.longName)
    var variable = variable(
      column, .number(.int8), [], fill: hasGaps(column) ? .integers([-1], .int8) : nil)
    variable.attributes.append(
      .init(name: "flag_values", value: .integers((model.flags ?? []).map(Int64.init), .int8)))
    for text in model.texts { variable.attributes.append(.init(name: text.name, value: .text(text.value))) }
    variable.attributes.append(
      .init(name: Schema.Attribute.categories, value: .text(try JSON.text(categories))))
    let codes = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, Int8($0)) })
    for (shape, content) in shapes.enumerated() {
      guard let texts = source(column, content)?.categories else { continue }
      variable.origins[shape]?.recoding = .codes(texts.map { codes[$0] ?? -1 })
    }
    return variable
  }
}
