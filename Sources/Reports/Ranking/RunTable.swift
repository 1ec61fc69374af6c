import Experiments

/// Runs with their hyperparameters as columns of small integers, so that grouping and filtering touch no strings.
///
/// Rows are in the order of identity, whatever order the runs finished in.
public struct RunTable: Sendable {
  public let runs: [RunSummary]
  /// In the order the trials list them.
  public let columns: [Column]
  /// What conditions left these runs of; nil where there were none.
  let choice: RunChoice?

  /// One hyperparameter over all runs.
  public struct Column: Sendable {
    public let name: String
    /// Distinct values in ascending order.
    public let values: [HyperparameterValue]
    /// Index into `values` for each run; −1 where the run has no such hyperparameter.
    public let codes: [Int32]
    /// As many as tell the values apart, see ``LevelText``.
    let digits: Int

    init(name: String, values: [HyperparameterValue], codes: [Int32]) {
      (self.name, self.values, self.codes) = (name, values, codes)
      digits = LevelText(name, values).digits
    }

    public subscript(row: Int) -> HyperparameterValue? {
      codes[row] < 0 ? nil : values[Int(codes[row])]
    }
  }

  public init(_ runs: [RunSummary]) {
    let ordered =
      zip(runs, runs.dropFirst()).allSatisfy { $0.identity <= $1.identity }
      ? runs : runs.indices.sorted { runs[$0].identity < runs[$1].identity }.map { runs[$0] }
    var builder = ColumnBuilder(rows: ordered.count)
    for (row, run) in ordered.enumerated() { builder.add(run.hyperparameters, row: row) }
    self.init(runs: ordered, columns: builder.finish())
  }

  init(runs: [RunSummary], columns: [Column], choice: RunChoice? = nil) {
    self.runs = runs
    self.columns = columns
    self.choice = choice
  }

  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// The rows for which `isIncluded` holds, with only the values that are left.
  public func filtered(_ isIncluded: (Int) -> Bool) -> RunTable {
    let rows = runs.indices.filter(isIncluded)
    return RunTable(
      runs: rows.map { runs[$0] },
      columns: columns.compactMap { column in
        var used = [Bool](repeating: false, count: column.values.count)
        for row in rows where column.codes[row] >= 0 { used[Int(column.codes[row])] = true }
        guard used.contains(true) else { return nil }
        var codes = [Int32](repeating: -1, count: used.count)
        var next: Int32 = 0
        for code in used.indices where used[code] {
          codes[code] = next
          next += 1
        }
        return Column(
          name: column.name, values: column.values.indices.filter { used[$0] }.map { column.values[$0] },
          codes: rows.map { column.codes[$0] < 0 ? -1 : codes[Int(column.codes[$0])] })
      }, choice: choice)
  }

  /// A group number for each row: rows are in one group where they agree in all of the columns.
  ///
  /// Numbers follow the first row of each group.
  func groups(by columns: [Column]) -> (ofRow: [Int32], count: Int) {
    var groups = [Int32](repeating: 0, count: runs.count)
    var count = min(1, runs.count)
    for column in columns where column.values.count > 1 || column.codes.contains(-1) {
      var numbers: [UInt64: Int32] = [:]
      for row in groups.indices {
        let pair = UInt64(UInt32(bitPattern: groups[row])) << 32 | UInt64(UInt32(bitPattern: column.codes[row]))
        if let known = numbers[pair] {
          groups[row] = known
        } else {
          groups[row] = Int32(numbers.count)
          numbers[pair] = groups[row]
        }
      }
      count = numbers.count
    }
    return (groups, count)
  }
}

/// Collects the columns while it walks over the runs.
private struct ColumnBuilder {
  private let rows: Int
  private var columns: [Open] = []
  private var indices: [String: Int] = [:]
  /// Indices into `columns` in the order the trials list them.
  private var order: [Int] = []
  /// The column found last behind each column, and first of all: most hyperparameters keep their neighbour from run to
  /// run, so that few names have to be looked up.
  private var followers: [Int] = [-1]

  private struct Open {
    var name: String
    var values: [HyperparameterValue] = []
    var numbers: [HyperparameterValue: Int32] = [:]
    var codes: [Int32]
    var last: Int32 = -1

    /// The number of a value; that of the row before is tried first.
    mutating func intern(_ value: HyperparameterValue) -> Int32 {
      if last >= 0, values[Int(last)] == value { return last }
      let value = value.comparable
      if let known = numbers[value] {
        last = known
      } else {
        last = Int32(values.count)
        values.append(value)
        numbers[value] = last
      }
      return last
    }

    /// Gives the rows without a value this one.
    mutating func fill(_ value: HyperparameterValue) {
      for row in codes.indices where codes[row] < 0 { codes[row] = intern(value) }
    }
  }

  init(rows: Int) {
    self.rows = rows
  }

  mutating func add(_ hyperparameters: [Hyperparameter], row: Int) {
    var previous: Int?
    for hyperparameter in hyperparameters {
      let index = column(hyperparameter.name, after: previous)
      columns[index].codes[row] = columns[index].intern(hyperparameter.value)
      previous = index
    }
  }

  private mutating func column(_ name: String, after previous: Int?) -> Int {
    let place = previous.map { $0 + 1 } ?? 0
    let guess = followers[place]
    if guess >= 0, columns[guess].name == name { return guess }
    let index = indices[name] ?? insert(name, after: previous)
    followers[place] = index
    return index
  }

  private mutating func insert(_ name: String, after previous: Int?) -> Int {
    let index = columns.count
    columns.append(Open(name: name, codes: [Int32](repeating: -1, count: rows)))
    followers.append(-1)
    indices[name] = index
    order.insert(index, at: previous.map { order.firstIndex(of: $0)! + 1 } ?? 0)
    return index
  }

  /// The columns with their values sorted.
  consuming func finish() -> [RunTable.Column] {
    order.map { index in
      var column = columns[index]
      if Hyperparameter.zeroWhereAbsent.contains(column.name) { column.fill(.number(0)) }
      let sorted = column.values.indices.sorted { column.values[$0].precedes(column.values[$1]) }
      var ranks = [Int32](repeating: 0, count: sorted.count)
      for (rank, number) in sorted.enumerated() { ranks[number] = Int32(rank) }
      return RunTable.Column(
        name: column.name, values: sorted.map { column.values[$0] },
        codes: column.codes.map { $0 < 0 ? -1 : ranks[Int($0)] })
    }
  }
}

extension HyperparameterValue {
  /// Equal to itself: NaN, which a damaged file might hold, becomes text.
  fileprivate var comparable: Self {
    switch self {
    case .number(let value) where value.isNaN: .text(description)
    case .list(let values) where values.contains(where: \.isNaN): .text(description)
    default: self
    }
  }

  /// Numbers ascending, then lists in lexicographic order, then texts by their scalars.
  func precedes(_ other: Self) -> Bool {
    switch (self, other) {
    case (.integer(let first), .integer(let second)): first < second
    case (.list(let first), .list(let second)): first.lexicographicallyPrecedes(second)
    case (.text(let first), .text(let second)):
      first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
    default:
      if let first = scalar, let second = other.scalar, first != second { first < second } else { rank < other.rank }
    }
  }

  /// The value as one number; nil for texts and lists.
  var scalar: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .text, .list: nil
    }
  }

  private var rank: Int {
    switch self {
    case .integer: 0
    case .number: 1
    case .list: 2
    case .text: 3
    }
  }
}
