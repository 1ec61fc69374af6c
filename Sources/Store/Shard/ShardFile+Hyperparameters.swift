import Experiments

/// A block's hyperparameters as they are on disk. A value: what is made of it needs no library.
struct StoredHyperparameters: Sendable {
  var path: String
  var columns: [HyperparameterColumns.Column]
  var layouts: [[HyperparameterColumns.Entry]]
  var layoutOfRun: [Int32]
  var values: [Values]

  /// One column.
  enum Values: Sendable {
    case integers([Int64])
    case numbers([Double])
    /// Of the format's first version.
    case codes([Int8])
    /// Each run's layout says which category.
    case inLayouts
    case texts([String])
    case lists([Double], width: Int, counts: [Int32])
  }
}

extension ShardFile {
  /// Which columns there are, and which of them make up a run's hyperparameters.
  func hyperparameterTable(
    _ tables: inout TableCache
  ) throws -> (columns: [HyperparameterColumns.Column], layouts: [[HyperparameterColumns.Entry]]) {
    guard let columns = tables.columns(try file.text(Schema.Attribute.columns)),
      let layouts = HyperparameterColumns.parseLayouts(try file.text(Schema.Attribute.layouts), columns)
    else { throw damaged("its table of hyperparameters cannot be read") }
    return (columns, layouts)
  }

  func hyperparameters(_ tables: inout TableCache) throws -> StoredHyperparameters {
    let (columns, layouts) = try hyperparameterTable(&tables)
    let coded = Self.codedColumns(columns, layouts)
    return StoredHyperparameters(
      path: path, columns: columns, layouts: layouts, layoutOfRun: try column(Schema.Name.layout),
      values: try columns.enumerated().map { try values(of: $1, isCoded: coded.contains($0)) })
  }

  /// Columns with categories whose runs are not said by their layouts: the variable has codes then.
  static func codedColumns(
    _ columns: [HyperparameterColumns.Column], _ layouts: [[HyperparameterColumns.Entry]]
  ) -> Set<Int> {
    Set(layouts.joined().lazy.filter { $0.category == nil && columns[$0.column].categories != nil }.map(\.column))
  }

  private func values(
    of column: HyperparameterColumns.Column, isCoded: Bool
  ) throws -> StoredHyperparameters.Values {
    switch column.kind {
    case .integer: return .integers(try self.column(column.variable))
    case .number: return .numbers(try self.column(column.variable))
    case .text where isCoded: return .codes(try self.column(column.variable))
    case .text where column.categories != nil: return .inLayouts
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
    let texts = columns.map { ($0.categories ?? []).map { HyperparameterValue.text(shared.text($0)) } }
    let names = columns.map(\.name)
    return try rows.map { run in
      let layout = Int(layoutOfRun[run])
      guard layouts.indices.contains(layout) else {
        throw StoreError.damaged(path: path, reason: "layout \(layout) of run \(run)")
      }
      return layouts[layout].map { entry in
        Hyperparameter(names[entry.column], entry.category.map { texts[entry.column][$0] } ?? values[entry.column][run])
      }
    }
  }

  private static func decode(
    _ values: Values, of column: HyperparameterColumns.Column, path: String, sharing shared: inout SharedValues
  ) throws -> [HyperparameterValue] {
    switch values {
    case .integers(let integers): return integers.map { .integer(Int($0)) }
    case .numbers(let numbers): return numbers.map { .number($0) }
    case .texts(let texts): return texts.map { .text(shared.text($0)) }
    case .inLayouts: return []
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
