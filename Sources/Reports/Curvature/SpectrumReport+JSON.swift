import Experiments

extension SpectrumReport: Answer {
  /// The run and all of its probes, under the names of the columns in the results' files.
  public var json: JSON {
    let values = record.hyperparameters.map { ($0.name, $0.value.json) }
    return .object([
      "run": .string(record.identity.description), "outcome": .string(record.outcome.name),
      "hyperparameters": .object(Dictionary(values, uniquingKeysWith: { first, _ in first })),
      "probes": .array(probes.map(\.json)),
    ])
  }
}

extension CurvatureMeasurement {
  /// What was not measured is null or an empty array. The vectors of as many numbers as the network has parameters are
  /// in the files only.
  fileprivate var json: JSON {
    var members: [String: JSON] = [
      "probe_moment": .array(moments.names.map(JSON.string)),
      "two_over_eta": .number(learningRate > 0 ? 2 / learningRate : .nan),
    ]
    for column in Self.integers { members[column.name] = .integer(self[keyPath: column.value]) }
    for column in Self.numbers { members[column.name] = .number(self[keyPath: column.value]) }
    for category in Self.categories {
      let code = category.code(self)
      members[category.name] =
        category.names == ["no", "yes"]
        ? code.map { .boolean($0 == 1) } ?? .null : code.map { .string(category.names[$0]) } ?? .null
    }
    for list in Self.lists { members.merge(json(list)) { $1 } }
    return .object(members)
  }

  private func json(_ list: List) -> [String: JSON] {
    var members: [String: JSON] = [:]
    for column in list.columns { members[column.name] = .array(self[keyPath: column.value].map(JSON.number)) }
    for flag in list.flags { members[flag.name] = .array(self[keyPath: flag.value].map { .boolean($0 == 1) }) }
    for column in list.byDirection {
      let values = self[keyPath: column.value]
      let count = values.count / Self.directions.count
      let rows = (0..<Self.directions.count).map { Array(values[$0 * count..<($0 + 1) * count]) }
      members[column.name] = .array(count == 0 ? [] : rows.map { .array($0.map(JSON.number)) })
    }
    return members
  }
}
