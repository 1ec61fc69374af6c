import Experiments

/// The hyperparameters of a block of runs as columns, and what puts them back in each trial's order.
struct HyperparameterColumns {
  /// A column: the hyperparameters of one name and kind.
  struct Column: Hashable, Sendable {
    var name: String
    var kind: Kind
    /// Name on disk; differs from `name` where that is taken or no name of netCDF's.
    var variable: String
    /// Of a text with few values: all of them, sorted; the column on disk has their positions.
    var categories: [String]?

    /// Of a list: the variable with the number of entries of each run.
    var countVariable: String { "\(variable)_count" }

    /// Of a list: the dimension its entries run along.
    var dimension: (name: String, longName: String) {
      Schema.listDimension(name) ?? ("\(variable)_entry", "entry of \(name)")
    }
  }

  /// Categories have a byte each; a column with more texts than that keeps the texts.
  static let maximumCategories = 127

  enum Kind: String, Hashable, Sendable {
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

  fileprivate struct Key: Hashable {
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
    for position in columns.indices where columns[position].kind == .text { setCategories(position) }
  }

  private mutating func setCategories(_ position: Int) {
    var categories: Set<String> = []
    for case .text(let text) in values[position] where categories.count <= Self.maximumCategories {
      categories.insert(text)
    }
    if categories.count <= Self.maximumCategories { columns[position].categories = categories.sorted() }
  }

  /// The position at `index` of the layout last used, where that is the column of `key`.
  private func expected(_ key: Key, at index: Int) -> Int? {
    guard let last = layoutOfRun.last, layouts[last].indices.contains(index) else { return nil }
    let column = columns[layouts[last][index]]
    return column.name == key.name && column.kind == key.kind ? layouts[last][index] : nil
  }

  private mutating func addColumn(_ key: Key, runs: Int, _ names: inout Set<String>) -> Int {
    columns.append(Column(key.name, key.kind, &names))
    values.append([HyperparameterValue?](repeating: nil, count: runs))
    return columns.count - 1
  }
}

extension HyperparameterColumns.Column {
  /// A column under a name on disk that nothing has, which is added to `names`.
  fileprivate init(_ name: String, _ kind: HyperparameterColumns.Kind, _ names: inout Set<String>) {
    self.init(name: name, kind: kind, variable: Schema.variableName(name))
    while namesOnDisk.contains(where: names.contains) { variable += "_\(kind.rawValue)" }
    names.formUnion(namesOnDisk)
  }

  private var namesOnDisk: [String] {
    let own = kind == .list && Schema.listDimension(name) == nil ? [dimension.name] : []
    return [variable, countVariable] + own
  }
}

extension HyperparameterColumns {
  /// The columns of several tables, each once, in the order in which they are met, under names that `names` lacks.
  static func union(_ tables: [[Column]], reserving names: Set<String>) -> [Column] {
    var names = names.union(Schema.reserved)
    var positions: [Key: Int] = [:]
    var columns: [Column] = []
    var texts: [Int: Set<String>?] = [:]
    for column in tables.joined() {
      let key = Key(name: column.name, kind: column.kind)
      let position = positions[key] ?? columns.count
      if position == columns.count {
        positions[key] = position
        columns.append(Column(column.name, column.kind, &names))
        texts[position] = .some([])
      }
      guard column.kind == .text else { continue }
      texts[position] = column.categories.flatMap { categories in texts[position]??.union(categories) }
    }
    for (position, categories) in texts where columns[position].kind == .text {
      if let categories, categories.count <= maximumCategories { columns[position].categories = categories.sorted() }
    }
    return columns
  }
}

// MARK: - Text form

extension HyperparameterColumns {
  /// One line a column: variable, kind, name and, as JSON, categories; separated by tabs.
  func columnsText() throws -> String { try Self.text(of: columns) }

  static func text(of columns: [Column]) throws -> String {
    try columns.map { column in
      let categories = try column.categories.map { try JSON.text($0) }
      return [column.variable, column.kind.rawValue, column.name, categories ?? ""].joined(separator: "\t") + "\n"
    }.joined()
  }

  var layoutsText: String { Self.text(of: layouts) }

  static func text(of layouts: [[Int]]) -> String {
    layouts.map { $0.map(String.init).joined(separator: " ") + "\n" }.joined()
  }

  /// Reads what ``columnsText()`` wrote; nil for anything else.
  static func parseColumns(_ text: String) -> [Column]? {
    var columns: [Column] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4, let kind = Kind(rawValue: fields[1]) else { return nil }
      var column = Column(name: fields[2], kind: kind, variable: fields[0])
      if !fields[3].isEmpty {
        guard let categories = try? JSON.decode([String].self, from: Array(fields[3].utf8), path: "") else {
          return nil
        }
        column.categories = categories
      }
      columns.append(column)
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
