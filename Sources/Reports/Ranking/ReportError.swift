/// What is wrong with a question put to the results.
public enum ReportError: Error, Hashable, CustomStringConvertible {
  case unknownKey(String, nearest: String?, known: [String])
  /// A `--where` condition that is not KEY, operator, VALUE.
  case malformedCondition(String)
  /// An order comparison with something that is not a number.
  case notANumber(condition: String, value: String)
  /// The conditions leave nothing; `known` holds the values the last one chose from.
  case nothingLeft(condition: String, key: String, known: [String])
  /// A hyperparameter has no such value.
  case unknownValue(key: String, value: String, known: [String])
  /// Every run diverged, failed or measured nothing.
  case nothingRanked

  public var description: String {
    switch self {
    case .unknownKey(let key, let nearest, let known):
      "unknown key '\(escaped(key))'\(nearest.map { "; did you mean '\(escaped($0))'?" } ?? ".")"
        + " Known keys: \(known.map(escaped).joined(separator: ", "))."
    case .malformedCondition(let text):
      "condition '\(escaped(text))' is not KEY=VALUE[,VALUE...]; operators are =, !=, <, <=, > and >="
    case .notANumber(let condition, let value):
      "condition '\(escaped(condition))' compares with '\(escaped(value))', which is not one number"
    case .nothingLeft(let condition, let key, let known):
      "no run is left with '\(escaped(condition))'"
        + (known.isEmpty ? "" : "; \(escaped(key)) has \(known.map(escaped).joined(separator: ", "))")
    case .unknownValue(let key, let value, let known):
      "no run has \(escaped(key)) '\(escaped(value))'; accepted: \(known.map(escaped).joined(separator: ", "))"
    case .nothingRanked: "no run can be ranked: all diverged, failed or measured nothing"
    }
  }

  private func escaped(_ text: String) -> String { TerminalText.escaped(text) }
}

extension RunTable {
  /// - Throws: ``ReportError/unknownKey`` with the nearest known one.
  func requiredColumn(_ name: String) throws(ReportError) -> Column {
    if let column = column(name) { return column }
    throw .unknownKey(name, nearest: columns.map(\.name).nearest(to: name), known: columns.map(\.name))
  }
}

extension [String] {
  /// The entry with the smallest edit distance, if that is at most a third of the name; the first among equals.
  func nearest(to name: String) -> String? {
    let distances = map { ($0, editDistance([Character]($0), [Character](name))) }
    guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= Swift.max(2, name.count / 3) else { return nil }
    return best.0
  }
}

/// Insertions, deletions and replacements between two texts (Levenshtein; Wagner and Fischer, J. ACM 21, 1974).
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var row = Array(0...second.count)
  for (i, character) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in second.enumerated() {
      let replaced = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = Swift.min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[second.count]
}
