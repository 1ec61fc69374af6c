import Experiments

/// The hyperparameters of a block of runs as columns, and what puts them back in each trial's order.
struct HyperparameterColumns {
  /// A column: the hyperparameters of one name and kind.
  struct Column: Hashable, Sendable {
    var name: String
    var kind: Kind
    /// Name on disk; differs from `name` where that is taken or no name of netCDF's.
    var variable: String
    /// Of a text with few values: all of them, sorted. Layouts name a run's by its position.
    var categories: [String]?

    /// Of a list: the variable with the number of entries of each run.
    var countVariable: String { "\(variable)_count" }

    /// Of a list: the dimension its entries run along.
    var dimension: (name: String, longName: String) {
      Schema.listDimension(name) ?? ("\(variable)_entry", "entry of \(name)")
    }
  }

  /// One of a run's hyperparameters.
  struct Entry: Hashable, Sendable {
    /// Position in ``columns``.
    var column: Int
    /// Of a column with categories: the position of the run's. Nil where the column itself says which, as the codes of the
    /// format's first version do.
    var category: Int?
  }

  /// A column with more texts than that is read from its variable.
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
  /// What makes up a run's hyperparameters, in a trial's order; each layout once.
  private(set) var layouts: [[Entry]] = []
  /// Index into `layouts` of each run.
  private(set) var layoutOfRun: [Int] = []
  /// Values of each column by run; nil where the run lacks it.
  private(set) var values: [[HyperparameterValue?]] = []

  init(_ runs: [[Hyperparameter]]) {
    var positions: [Key: Int] = [:]
    var names = Schema.reserved
    var columnsOfRun: [[Int]] = []
    columnsOfRun.reserveCapacity(runs.count)
    for (run, entries) in runs.enumerated() {
      var layout: [Int] = []
      layout.reserveCapacity(entries.count)
      for (index, entry) in entries.enumerated() {
        let key = Key(name: entry.name, kind: Kind(entry.value))
        // Most runs list the same hyperparameters as the one before.
        let position =
          expected(key, at: index, of: columnsOfRun.last) ?? positions[key] ?? addColumn(key, runs: runs.count, &names)
        if position == columns.count - 1 { positions[key] = position }
        values[position][run] = entry.value
        layout.append(position)
      }
      columnsOfRun.append(layout)
    }
    for position in columns.indices where columns[position].kind == .text { setCategories(position) }
    setLayouts(columnsOfRun)
  }

  private mutating func setCategories(_ position: Int) {
    var categories: Set<String> = []
    // Most runs have the text of the one before, which is cheaper to see than to hash.
    var last: String?
    for case .text(let text) in values[position] where text != last && categories.count <= Self.maximumCategories {
      categories.insert(text)
      last = text
    }
    if categories.count <= Self.maximumCategories { columns[position].categories = categories.sorted() }
  }

  private mutating func setLayouts(_ columnsOfRun: [[Int]]) {
    let codes = columns.map { column in
      Dictionary(uniqueKeysWithValues: (column.categories ?? []).enumerated().map { ($1, $0) })
    }
    let texts = columns.indices.filter { columns[$0].kind == .text }
    var indices: [[Entry]: Int] = [:]
    for (run, positions) in columnsOfRun.enumerated() {
      // Most runs have the layout of the one before.
      if run > 0, positions == columnsOfRun[run - 1], texts.allSatisfy({ values[$0][run] == values[$0][run - 1] }) {
        layoutOfRun.append(layoutOfRun[run - 1])
        continue
      }
      let layout = positions.map { position in
        guard case .text(let text) = values[position][run] else { return Entry(column: position) }
        return Entry(column: position, category: codes[position][text])
      }
      let index = indices[layout] ?? layouts.count
      if index == layouts.count {
        indices[layout] = index
        layouts.append(layout)
      }
      layoutOfRun.append(index)
    }
  }

  /// The position at `index` of the columns of the run before, where that is the column of `key`.
  private func expected(_ key: Key, at index: Int, of last: [Int]?) -> Int? {
    guard let last, last.indices.contains(index) else { return nil }
    let column = columns[last[index]]
    return column.name == key.name && column.kind == key.kind ? last[index] : nil
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
  /// The columns of several layouts, each once, in the order in which they are met, under names that `names` lacks. A
  /// column has categories where all of the layouts say which.
  static func union(_ layouts: [RunLayout], reserving names: Set<String>) -> [Column] {
    var names = names.union(Schema.reserved)
    var positions: [Key: Int] = [:]
    var columns: [Column] = []
    var texts: [Set<String>?] = []
    for entry in layouts.lazy.flatMap(\.entries) {
      let key = Key(name: entry.name, kind: entry.kind)
      let position = positions[key] ?? columns.count
      if position == columns.count {
        positions[key] = position
        columns.append(Column(entry.name, entry.kind, &names))
        texts.append(entry.kind == .text ? [] : nil)
      }
      if let text = entry.text { texts[position]?.insert(text) } else { texts[position] = nil }
    }
    for (position, categories) in texts.enumerated() {
      if let categories, categories.count <= maximumCategories { columns[position].categories = categories.sorted() }
    }
    return columns
  }
}

/// What makes up a run's hyperparameters, in a trial's order, whatever file it lies in.
struct RunLayout: Hashable, Sendable {
  var entries: [Entry]

  struct Entry: Hashable, Sendable {
    var name: String
    var kind: HyperparameterColumns.Kind
    /// Of a column with categories: the run's.
    var text: String?
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

  /// One line a layout: columns, and behind a colon the category, separated by blanks.
  static func text(of layouts: [[Entry]]) -> String {
    layouts.map { layout in
      layout.map { entry in entry.category.map { "\(entry.column):\($0)" } ?? "\(entry.column)" }
        .joined(separator: " ") + "\n"
    }.joined()
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

  /// Nil where the text is not what ``layoutsText`` writes for these columns.
  static func parseLayouts(_ text: String, _ columns: [Column]) -> [[Entry]]? {
    var layouts: [[Entry]] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      var layout: [Entry] = []
      for word in line.split(separator: " ") {
        guard let entry = Entry(word), columns.indices.contains(entry.column) else { return nil }
        if let category = entry.category {
          guard let categories = columns[entry.column].categories, categories.indices.contains(category) else {
            return nil
          }
        }
        layout.append(entry)
      }
      layouts.append(layout)
    }
    return layouts
  }
}

extension HyperparameterColumns.Entry {
  fileprivate init?(_ word: Substring) {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let column = Int(parts[0]) else { return nil }
    self.init(column: column)
    guard parts.count == 2 else { return }
    guard let category = Int(parts[1]) else { return nil }
    self.category = category
  }
}
