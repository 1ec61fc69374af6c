import Experiments

/// The hyperparameters of a block of runs as columns, and what puts them back in each trial's order.
struct HyperparameterColumns {
  /// A column: the hyperparameters of one name and kind.
  struct Column: Hashable {
    var name: String
    var kind: Kind
    /// Name on disk; differs from `name` where that is taken or no name of netCDF's.
    var variable: String

    /// Of a list: the variable with the number of entries of each run.
    var countVariable: String { "\(variable)_count" }

    /// Of a list: the dimension its entries run along.
    var dimension: (name: String, longName: String) {
      Schema.listDimension(name) ?? ("\(variable)_entry", "entry of \(name)")
    }
  }

  enum Kind: String, Hashable {
    case integer
    case number
    case text
    case list

    init(_ value: HyperparameterValue) {
      switch value {
      case .integer: self = .integer
      case .number: self = .number
      case .text: self = .text
      case .list: self = .list
      }
    }
  }

  private struct Key: Hashable {
    var name: String
    var kind: Kind
  }

  private(set) var columns: [Column] = []
  /// Positions in `columns`, in a trial's order; each layout once.
  private(set) var layouts: [[Int]] = []
  /// Index into `layouts` of each run.
  private(set) var layoutOfRun: [Int] = []
  /// Values of each column by run; nil where the run lacks it.
  private(set) var values: [[HyperparameterValue?]] = []

  init(_ runs: [[Hyperparameter]]) {
    var positions: [Key: Int] = [:]
    var names = Schema.reserved
    var layoutIndex: [[Int]: Int] = [:]
    for (run, entries) in runs.enumerated() {
      var layout: [Int] = []
      layout.reserveCapacity(entries.count)
      for (index, entry) in entries.enumerated() {
        let key = Key(name: entry.name, kind: Kind(entry.value))
        // Most runs list the same hyperparameters as the one before.
        let position =
          expected(key, at: index) ?? positions[key] ?? addColumn(key, runs: runs.count, &names)
        if position == columns.count - 1 { positions[key] = position }
        values[position][run] = entry.value
        layout.append(position)
      }
      if let index = layoutIndex[layout] {
        layoutOfRun.append(index)
      } else {
        layoutIndex[layout] = layouts.count
        layoutOfRun.append(layouts.count)
        layouts.append(layout)
      }
    }
  }

  /// The position at `index` of the layout last used, where that is the column of `key`.
  private func expected(_ key: Key, at index: Int) -> Int? {
    guard let last = layoutOfRun.last, layouts[last].indices.contains(index) else { return nil }
    let column = columns[layouts[last][index]]
    return column.name == key.name && column.kind == key.kind ? layouts[last][index] : nil
  }

  private mutating func addColumn(_ key: Key, runs: Int, _ names: inout Set<String>) -> Int {
    var column = Column(name: key.name, kind: key.kind, variable: Schema.variableName(key.name))
    func takenNames(_ column: Column) -> [String] {
      let own = column.kind == .list && Schema.listDimension(column.name) == nil ? [column.dimension.name] : []
      return [column.variable, column.countVariable] + own
    }
    while takenNames(column).contains(where: names.contains) { column.variable += "_\(key.kind.rawValue)" }
    names.formUnion(takenNames(column))
    columns.append(column)
    values.append([HyperparameterValue?](repeating: nil, count: runs))
    return columns.count - 1
  }
}

// MARK: - Text form

extension HyperparameterColumns {
  var columnsText: String {
    columns.map { "\($0.variable)\t\($0.kind.rawValue)\t\($0.name)\n" }.joined()
  }

  var layoutsText: String {
    layouts.map { $0.map(String.init).joined(separator: " ") + "\n" }.joined()
  }

  /// Nil where the text is not what ``columnsText`` writes.
  static func parseColumns(_ text: String) -> [Column]? {
    var columns: [Column] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 3, let kind = Kind(rawValue: String(fields[1])) else { return nil }
      columns.append(Column(name: String(fields[2]), kind: kind, variable: String(fields[0])))
    }
    return columns
  }

  /// Nil where the text is not what ``layoutsText`` writes for that many columns.
  static func parseLayouts(_ text: String, columns: Int) -> [[Int]]? {
    var layouts: [[Int]] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let positions = line.split(separator: " ").map { Int($0) ?? -1 }
      guard positions.allSatisfy((0..<columns).contains) else { return nil }
      layouts.append(positions)
    }
    return layouts
  }
}
