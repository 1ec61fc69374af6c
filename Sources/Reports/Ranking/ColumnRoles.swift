import Experiments

/// Which hyperparameters a table has to show and which are said once.
struct ColumnRoles: Sendable {
  /// The same in every run.
  var constant: [RunTable.Column] = []
  /// The same in all runs of an optimizer, where it has them: its defaults.
  var perOptimizer: [RunTable.Column] = []
  /// Everything else, the seed aside.
  var varying: [RunTable.Column] = []

  /// Questions of their own, even where each optimizer happens to have one value only.
  private static let axes: Set = ["optimizer", "learning_rate", "batch_size", "keep_probability", "dropout_rate"]

  init(_ table: RunTable) {
    let optimizer = table.column("optimizer")
    for column in table.columns where column.name != "seed" {
      if column.values.count == 1, !column.codes.contains(-1) {
        constant.append(column)
      } else if let optimizer, !Self.axes.contains(column.name), column.isDetermined(by: optimizer) {
        perOptimizer.append(column)
      } else {
        varying.append(column)
      }
    }
  }

  /// The defaults of each optimizer, for example ("adam", "beta1 0.9, beta2 0.999").
  func defaults(_ table: RunTable) -> [(optimizer: String, values: String)] {
    guard let optimizer = table.column("optimizer"), !perOptimizer.isEmpty else { return [] }
    return optimizer.values.indices.compactMap { code in
      let row = optimizer.codes.firstIndex(of: Int32(code))!
      let values = perOptimizer.compactMap { column in
        column[row].map { "\(column.name) \(LevelText(column)($0))" }
      }
      return values.isEmpty ? nil : (optimizer.values[code].description, values.joined(separator: ", "))
    }
  }
}

extension RunTable.Column {
  /// Whether rows with the same value of `other` always have the same value here.
  fileprivate func isDetermined(by other: RunTable.Column) -> Bool {
    var known = [Int32?](repeating: nil, count: other.values.count + 1)
    for (code, key) in zip(codes, other.codes) {
      let slot = Int(key + 1)
      if known[slot] == nil { known[slot] = code }
      if known[slot] != code { return false }
    }
    return true
  }

  /// What a table shows for a row.
  func text(_ row: Int) -> String { self[row].map { LevelText(self)($0) } ?? NumberText.missing }

  /// Numbers are aligned on the right.
  var tableColumn: Table.Column {
    Table.Column(name, values.allSatisfy { $0.orderable(as: name) != nil } ? .right : .left)
  }
}
