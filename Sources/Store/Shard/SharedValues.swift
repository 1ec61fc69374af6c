/// What is the same in many runs, so that they share it: long texts, lists of numbers.
struct SharedValues {
  private var texts: [String: String] = [:]
  private var lists: [[Double]: [Double]] = [:]

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
}

/// The tables of hyperparameters of the shards read so far: most shards of a sweep have the same.
struct TableCache {
  private var tables: [String: [HyperparameterColumns.Column]] = [:]

  /// Nil where the text is no table.
  mutating func columns(_ text: String) -> [HyperparameterColumns.Column]? {
    if let shared = tables[text] { return shared }
    guard let columns = HyperparameterColumns.parseColumns(text) else { return nil }
    tables[text] = columns
    return columns
  }
}
