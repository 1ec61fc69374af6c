import Experiments
import RealModule

/// One condition on runs, such as `optimizer=adam,sgd` or `learning_rate<=0.01`.
public struct Condition: Hashable, Sendable, CustomStringConvertible {
  public let key: String
  public let comparison: Comparison
  /// Alternatives: any of them for `=`, none of them for `!=`, exactly one otherwise.
  public let values: [String]

  public enum Comparison: String, Hashable, Sendable {
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case notEqual = "!="
    case equal = "="
    case less = "<"
    case greater = ">"
  }

  /// - Throws: ``ReportError/malformedCondition`` and ``ReportError/notANumber``.
  public init(_ text: String) throws(ReportError) {
    // A key has none of these characters, so the first of them starts the operator.
    guard let start = text.firstIndex(where: { "<>=!".contains($0) }), start != text.startIndex else {
      throw .malformedCondition(text)
    }
    let rest = text[start...]
    guard let comparison = Self.operators.first(where: { rest.hasPrefix($0.rawValue) }) else {
      throw .malformedCondition(text)
    }
    let values = rest.dropFirst(comparison.rawValue.count)
      .split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
    guard !values.contains("") else { throw .malformedCondition(text) }
    self.key = text[..<start].trimmed
    self.comparison = comparison
    self.values = values
    if comparison.isOrder, values.count != 1 || Double(values[0]) == nil {
      throw .notANumber(condition: text, value: values.joined(separator: ","))
    }
  }

  private static let operators: [Comparison] = [.lessOrEqual, .greaterOrEqual, .notEqual, .equal, .less, .greater]

  public var description: String { key + comparison.rawValue + values.joined(separator: ",") }

  /// Which of a hyperparameter's values meet the condition. A number that is one of them to the last digit, or as tables show
  /// it, is that one; another is each of those that it agrees with to six digits.
  func isMet(by column: RunTable.Column) -> [Bool] {
    switch comparison {
    case .equal: return isAny(of: column)
    case .notEqual: return isAny(of: column).map { !$0 }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if let bound = Int(values[0]), let numbers = column.wholeNumbers {
        return numbers.map { isMet(by: $0, bound: bound, isEqual: $0 == bound) }
      }
      // A bound that is one of the values is that one.
      let numbers = column.values.map { $0.orderable(as: column.name) }
      let level = LevelText(column)
      let bound = zip(column.values, numbers).first { values[0] == level($0.0) }?.1 ?? Double(values[0])!
      let isExact = numbers.contains(bound)
      return numbers.map { number in
        number.map { isMet(by: $0, bound: bound, isEqual: isExact ? $0 == bound : $0.matches(bound)) } ?? false
      }
    }
  }

  /// Whether a value that is absent, which equals nothing, meets the condition.
  var isMetByNone: Bool { comparison == .notEqual }

  /// Whether an outcome meets it.
  func isMet(by text: String) -> Bool {
    // Reports write "stopped early".
    let values = values.map { $0.replacing(" ", with: "_") }
    return switch comparison {
    case .equal: values.contains(text)
    case .notEqual: !values.contains(text)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: false
    }
  }

  /// The same for a measurement. NaN meets nothing but `!=`.
  func isMet(by number: Double) -> Bool {
    let bounds = values.compactMap { Double($0) }
    return switch comparison {
    case .equal: bounds.contains { number.matches($0) }
    case .notEqual: !bounds.contains { number.matches($0) }
    default: isMet(by: number, bound: bounds[0], isEqual: number.matches(bounds[0]))
    }
  }

  /// - Parameter isEqual: Whether the number counts as the bound.
  private func isMet<Number: Comparable>(by number: Number, bound: Number, isEqual: Bool) -> Bool {
    switch comparison {
    case .equal: isEqual
    case .notEqual: !isEqual
    case .less: number < bound
    case .lessOrEqual: number < bound || isEqual
    case .greater: number > bound
    case .greaterOrEqual: number > bound || isEqual
    }
  }

  private func isAny(of column: RunTable.Column) -> [Bool] {
    let level = LevelText(column)
    let shown = column.values.map { level($0) }
    let numbers = column.values.map { $0.orderable(as: column.name) }
    var isMet = [Bool](repeating: false, count: shown.count)
    for candidate in alternatives {
      let wanted = Double(candidate)
      // As it is written first: two seeds beyond 2⁵³ can be one Double.
      var found = shown.indices.filter { candidate == shown[$0] || candidate == column.values[$0].description }
      if found.isEmpty, let wanted { found = shown.indices.filter { numbers[$0] == wanted } }
      if found.isEmpty, let wanted { found = shown.indices.filter { numbers[$0]?.matches(wanted) ?? false } }
      for index in found { isMet[index] = true }
    }
    return isMet
  }

  /// The values, and two that follow each other as one: "input 0.8, hidden 0.5" is one dropout setting.
  private var alternatives: [String] { values + zip(values, values.dropFirst()).map { "\($0), \($1)" } }
}

extension RunTable.Column {
  /// Where all values are whole numbers, those to the last digit; the full batch is larger than any other.
  fileprivate var wholeNumbers: [Int]? {
    let numbers = values.map { value -> Int? in
      guard case .integer(let number) = value else { return nil }
      return name == "batch_size" && number == 0 ? .max : number
    }
    return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }
}

extension Condition.Comparison {
  fileprivate var isOrder: Bool { self != .equal && self != .notEqual }
}

extension Double {
  /// Equal to the six digits that tables show, so that what was read there can be typed.
  fileprivate func matches(_ other: Double) -> Bool {
    self == other || isApproximatelyEqual(to: other, relativeTolerance: 5e-6)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension RunTable {
  /// The runs that meet every condition, those on hyperparameters first. Keys are hyperparameters, metrics of ``Criterion`` at
  /// the given epoch, and `outcome`.
  ///
  /// - Throws: ``ReportError/unknownKey``, ``ReportError/notANumber``, ``ReportError/nothingLeft``.
  public func filtered(
    by conditions: [Condition], at epoch: SelectionRule.Epoch
  ) throws(ReportError) -> RunTable {
    guard !conditions.isEmpty else { return self }
    let byResult = conditions.filter { column($0.key) == nil }
    let unseen = try meeting(conditions.filter { column($0.key) != nil }, at: epoch)
    let chosen = try unseen.meeting(byResult, at: epoch)
    return RunTable(
      runs: chosen.runs, columns: chosen.columns, choice: RunChoice(all: self, byResult: byResult, seeds: unseen.seeds))
  }

  private func meeting(_ conditions: [Condition], at epoch: SelectionRule.Epoch) throws(ReportError) -> RunTable {
    var table = self
    for condition in conditions {
      let next = try table.filtered(by: condition, at: epoch)
      if next.runs.isEmpty {
        let known =
          condition.key == "outcome"
          ? TrialOutcome.names
          : table.column(condition.key).map { column in
            column.values.prefix(20).map { LevelText(column)($0) } + (column.values.count > 20 ? ["…"] : [])
          }
        let metric = Criterion.Metric(rawValue: condition.key)
        throw .nothingLeft(
          condition: condition.description, key: condition.key, known: known ?? [],
          metric.flatMap { OtherEpoch(table.runs, Criterion(metric: $0, epoch: epoch)) })
      }
      table = next
    }
    return table
  }

  private func filtered(by condition: Condition, at epoch: SelectionRule.Epoch) throws(ReportError) -> RunTable {
    if let column = column(condition.key) {
      let isMet = condition.isMet(by: column)
      return filtered { column.codes[$0] < 0 ? condition.isMetByNone : isMet[Int(column.codes[$0])] }
    }
    if condition.key == "outcome" {
      return filtered { condition.isMet(by: runs[$0].outcome.name) }
    }
    if let metric = Criterion.Metric(rawValue: condition.key) {
      if let value = condition.values.first(where: { Double($0) == nil }) {
        throw .notANumber(condition: condition.description, value: value)
      }
      return filtered { condition.isMet(by: metric.value(of: runs[$0], at: epoch)) }
    }
    let known = columns.map(\.name) + ["outcome"] + Criterion.Metric.allCases.map(\.rawValue)
    throw .unknownKey(condition.key, nearest: nearestName(to: condition.key, in: known), known: known)
  }
}
