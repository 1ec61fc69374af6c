import Experiments

/// A block's hyperparameters as they are on disk. A value: what is made of it needs no library.
struct StoredHyperparameters: Sendable {
  var path: String
  var columns: [HyperparameterColumns.Column]
  var layouts: [[Int]]
  var layoutOfRun: [Int32]
  var values: [Values]

  /// One column.
  enum Values: Sendable {
    case integers([Int64])
    case numbers([Double])
    case codes([Int8])
    case texts([String])
    case lists([Double], width: Int, counts: [Int32])
  }
}

extension ShardFile {
  /// Which columns there are, and which of them make up a run's hyperparameters.
  func hyperparameterTable(
    _ tables: inout TableCache
  ) throws -> (columns: [HyperparameterColumns.Column], layouts: [[Int]]) {
    guard let columns = tables.columns(try file.text(Schema.Attribute.columns)),
      let layouts = HyperparameterColumns.parseLayouts(try file.text(Schema.Attribute.layouts), columns: columns.count)
    else { throw damaged("its table of hyperparameters cannot be read") }
    return (columns, layouts)
  }

  func hyperparameters(_ tables: inout TableCache) throws -> StoredHyperparameters {
    let (columns, layouts) = try hyperparameterTable(&tables)
    return StoredHyperparameters(
      path: path, columns: columns, layouts: layouts, layoutOfRun: try column(Schema.Name.layout),
      values: try columns.map { try values(of: $0) })
  }

  private func values(of column: HyperparameterColumns.Column) throws -> StoredHyperparameters.Values {
    switch column.kind {
    case .integer: return .integers(try self.column(column.variable))
    case .number: return .numbers(try self.column(column.variable))
    case .text where column.categories != nil: return .codes(try self.column(column.variable))
    case .text: return .texts(try textColumn(column.variable))
    case .list:
      let (values, width) = try matrix(column.variable)
      return .lists(values, width: width, counts: try self.column(column.countVariable))
    }
  }
}

extension StoredHyperparameters {
  /// The hyperparameters of the given rows, each in its trial's order. Throws ``StoreError/damaged``.
  func rows(_ rows: some Sequence<Int>, sharing shared: inout SharedValues) throws -> [[Hyperparameter]] {
    let values = try zip(columns, values).map { try Self.decode($1, of: $0, path: path, sharing: &shared) }
    let names = columns.map(\.name)
    return try rows.map { run in
      let layout = Int(layoutOfRun[run])
      guard layouts.indices.contains(layout) else {
        throw StoreError.damaged(path: path, reason: "layout \(layout) of run \(run)")
      }
      return layouts[layout].map { Hyperparameter(names[$0], values[$0][run]) }
    }
  }

  private static func decode(
    _ values: Values, of column: HyperparameterColumns.Column, path: String, sharing shared: inout SharedValues
  ) throws -> [HyperparameterValue] {
    switch values {
    case .integers(let integers): return integers.map { .integer(Int($0)) }
    case .numbers(let numbers): return numbers.map { .number($0) }
    case .texts(let texts): return texts.map { .text(shared.text($0)) }
    case .codes(let codes):
      let categories = (column.categories ?? []).map { HyperparameterValue.text(shared.text($0)) }
      return try codes.map { code in
        // A run without this hyperparameter has no category, and its layout does not ask for one.
        if code == -1 { return .text("") }
        guard categories.indices.contains(Int(code)) else {
          throw StoreError.damaged(path: path, reason: "\(column.variable) has category \(code)")
        }
        return categories[Int(code)]
      }
    case .lists(let numbers, let width, let counts):
      return try counts.enumerated().map { run, count in
        guard (0...width).contains(Int(count)) else {
          throw StoreError.damaged(path: path, reason: "\(column.countVariable) is \(count) of \(width)")
        }
        return .list(shared.list(Array(numbers[(run * width)..<(run * width + Int(count))])))
      }
    }
  }
}
