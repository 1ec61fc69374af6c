import Experiments

/// What is the same in many shards, so that runs share it: names, categories, lists of numbers.
struct SharedValues {
  private var texts: [String: String] = [:]
  private var lists: [[Double]: [Double]] = [:]
  private var tables: [String: [HyperparameterColumns.Column]] = [:]
  private var categories: [String: [String]] = [:]

  mutating func text(_ value: String) -> String {
    if let shared = texts[value] { return shared }
    texts[value] = value
    return value
  }

  mutating func list(_ value: [Double]) -> [Double] {
    if let shared = lists[value] { return shared }
    lists[value] = value
    return value
  }

  mutating func columns(_ text: String) -> [HyperparameterColumns.Column]? {
    if let shared = tables[text] { return shared }
    guard let columns = HyperparameterColumns.parseColumns(text) else { return nil }
    tables[text] = columns
    return columns
  }

  mutating func categories(_ json: String, path: String) throws -> [String] {
    if let shared = categories[json] { return shared }
    let decoded = try JSON.decode([String].self, from: Array(json.utf8), path: path)
    categories[json] = decoded
    return decoded
  }
}

extension ShardFile {
  /// The hyperparameters of the given rows, each in its trial's order.
  func hyperparameters(rows: [Int], sharing shared: inout SharedValues) throws -> [[Hyperparameter]] {
    guard let columns = shared.columns(try file.text(Schema.Attribute.columns)),
      let layouts = HyperparameterColumns.parseLayouts(try file.text(Schema.Attribute.layouts), columns: columns.count)
    else { throw damaged("its table of hyperparameters cannot be read") }
    let layoutOfRun = try column(Schema.Name.layout, Int32.self)
    let values = try columns.map { try self.values(of: $0, sharing: &shared) }
    return try rows.map { run in
      guard layouts.indices.contains(Int(layoutOfRun[run])) else { throw damaged("layout \(layoutOfRun[run])") }
      return layouts[Int(layoutOfRun[run])].map { Hyperparameter(columns[$0].name, values[$0][run]) }
    }
  }

  private func values(
    of column: HyperparameterColumns.Column, sharing shared: inout SharedValues
  ) throws -> [HyperparameterValue] {
    switch column.kind {
    case .integer: try self.column(column.variable, Int64.self).map { .integer(Int($0)) }
    case .number: try self.column(column.variable, Double.self).map { .number($0) }
    case .text: try texts(of: column, sharing: &shared)
    case .list: try lists(of: column, sharing: &shared)
    }
  }

  private func texts(
    of column: HyperparameterColumns.Column, sharing shared: inout SharedValues
  ) throws -> [HyperparameterValue] {
    let dataset = try file.dataset(column.variable)
    guard dataset.extents == [count] else { throw damaged("\(column.variable) has extents \(dataset.extents)") }
    if dataset.element == .text {
      let texts = try dataset.readText()
      try dataset.close()
      return texts.map { .text(shared.text($0)) }
    }
    let json = try TextAttribute.read(Schema.Attribute.categories, of: dataset.handle)
    let categories = try shared.categories(json, path: path).map { HyperparameterValue.text($0) }
    let codes: [Int8] = try dataset.read()
    try dataset.close()
    return try codes.map { code in
      // A run without this hyperparameter has no category, and its layout does not ask for one.
      if code == -1 { return .text("") }
      guard categories.indices.contains(Int(code)) else { throw damaged("\(column.variable) has category \(code)") }
      return categories[Int(code)]
    }
  }

  private func lists(
    of column: HyperparameterColumns.Column, sharing shared: inout SharedValues
  ) throws -> [HyperparameterValue] {
    let (values, width) = try matrix(column.variable)
    let counts = try self.column(column.countVariable, Int32.self)
    return try counts.enumerated().map { run, length in
      guard (0...width).contains(Int(length)) else { throw damaged("\(column.countVariable) is \(length) of \(width)") }
      return .list(shared.list(Array(values[(run * width)..<(run * width + Int(length))])))
    }
  }
}
