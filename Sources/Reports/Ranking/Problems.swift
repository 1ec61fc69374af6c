import Experiments

extension Ranking {
  /// What runs are trained on, each with a ranking of its own: losses on different problems cannot be compared.
  public struct Problem: Sendable {
    /// For example "saddle", with what tells it from others of its kind where there are some.
    public let name: String
    public let ranking: Ranking
  }

  /// Columns of ``ProblemSpecification`` and of the data.
  static let problemColumns = ["problem", "data", "dimension", "eigenvalues", "quartic", "rotation_seed", "start"]

  /// In the order of their columns' values; one of an empty name where all runs are trained on the same.
  public var problems: [Problem] {
    let columns = Self.problemColumns.compactMap(table.column)
    let groups = table.groups(by: columns)
    guard groups.count > 1 else { return [Problem(name: "", ranking: self)] }
    var rows = [Int?](repeating: nil, count: groups.count)
    for (row, group) in groups.ofRow.enumerated() where rows[Int(group)] == nil { rows[Int(group)] = row }
    let ordered = rows.indices.sorted { first, second in
      columns.map { $0.codes[rows[first]!] }.lexicographicallyPrecedes(columns.map { $0.codes[rows[second]!] })
    }
    let names = ordered.map { (columns.first?.text(rows[$0]!)) ?? "" }
    return ordered.enumerated().map { place, group in
      let same = ordered.indices.filter { names[$0] == names[place] }.map { rows[ordered[$0]]! }
      let details = columns.dropFirst().filter { column in Set(same.map { column.codes[$0] }).count > 1 }
        .map { "\($0.name) \($0.text(rows[group]!))" }
      let name = names[place] + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
      return Problem(
        name: name, ranking: Ranking(table.filtered { groups.ofRow[$0] == Int32(group) }, by: criterion))
    }
  }

  func severalProblems() -> Warning? {
    let names = problems.map(\.name)
    guard names.count > 1 else { return nil }
    let sentence = ReportError.severalProblems(names).description
    return Warning(kind: .severalProblems, message: "The\(sentence.dropFirst(3)).")
  }
}
