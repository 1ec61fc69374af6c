import Experiments

extension ShardContent {
  mutating func addHyperparameters(_ columns: HyperparameterColumns) {
    variables.append(
      Variable(
        Schema.Name.layout, along: [Schema.Name.run], .int32(columns.layoutOfRun.map { Int32($0) }),
        longName: "line of \(Schema.Attribute.layouts) with the run's hyperparameters", units: "1"))
    for (column, values) in zip(columns.columns, columns.values) {
      switch column.kind {
      case .integer: addIntegers(column, values)
      case .number: addNumbers(column, values)
      case .text: addTexts(column, values)
      case .list: addLists(column, values)
      }
    }
  }

  private mutating func addIntegers(_ column: HyperparameterColumns.Column, _ values: [HyperparameterValue?]) {
    // A fill value makes readers turn integers into floating point, so it is named only where it is used.
    let hasGaps = values.contains { $0 == nil }
    let integers = values.map { if case .integer(let value) = $0 { Int64(value) } else { Int64.min } }
    variables.append(
      Variable(
        column.variable, along: [Schema.Name.run], .int64(integers), longName: column.longName, units: "1",
        fill: hasGaps ? .integer(.min) : nil))
  }

  private mutating func addNumbers(_ column: HyperparameterColumns.Column, _ values: [HyperparameterValue?]) {
    let numbers = values.map { if case .number(let value) = $0 { value } else { Double.nan } }
    variables.append(
      Variable(
        column.variable, along: [Schema.Name.run], .float64(numbers), longName: column.longName, units: "1",
        fill: .nan))
  }

  private mutating func addTexts(_ column: HyperparameterColumns.Column, _ values: [HyperparameterValue?]) {
    // Texts and not codes: those of two shards mean the same, so other programs may put one behind the other.
    let texts = values.map { if case .text(let text) = $0 { text } else { "" } }
    variables.append(Variable(column.variable, along: [Schema.Name.run], .text(texts), longName: column.longName))
  }

  private mutating func addLists(_ column: HyperparameterColumns.Column, _ values: [HyperparameterValue?]) {
    let rows = values.map { value -> [Double]? in if case .list(let list) = value { list } else { nil } }
    let longest = max(1, rows.map { $0?.count ?? 0 }.max() ?? 0)
    let dimension = column.dimension
    // A dimension that several lists share is as long as the longest of them.
    let index = dimensions.firstIndex { $0.name == dimension.name }
    let length = max(longest, index.map { dimensions[$0].length } ?? 0)
    if let index {
      if length > dimensions[index].length { lengthen(index, to: length) }
    } else {
      dimensions.append(.counted(dimension.name, length, dimension.longName))
    }
    variables.append(
      Variable(
        column.variable, along: [Schema.Name.run, dimension.name], .float64(padded(rows.map { $0 ?? [] }, to: length)),
        longName: column.longName, units: "1", fill: .nan))
    add(counts: rows.map { Int32($0?.count ?? 0) }, of: column)
  }

  private mutating func add(counts: [Int32], of column: HyperparameterColumns.Column) {
    variables.append(
      Variable(
        column.countVariable, along: [Schema.Name.run], .int32(counts), longName: "entries of \(column.name)",
        units: "1"))
  }

  /// Pads what runs along a dimension already.
  private mutating func lengthen(_ index: Int, to length: Int) {
    let old = dimensions[index]
    dimensions[index] = .counted(old.name, length, old.coordinate?.longName ?? "")
    for position in variables.indices where variables[position].dimensions.last == old.name {
      guard case .float64(let values) = variables[position].values else { continue }
      let rows = stride(from: 0, to: values.count, by: old.length).map { Array(values[$0..<($0 + old.length)]) }
      variables[position].values = .float64(padded(rows, to: length))
    }
  }
}

extension HyperparameterColumns.Column {
  var longName: String { name.split(separator: "_").joined(separator: " ") }
}
