import Foundation
import Settings

/// Numbers at equal distances or of equal ratios, both ends included.
struct NumberRange {
  enum Spacing: String, CaseIterable {
    case linear
    case log
  }

  static let maximumCount = 100_000

  var spacing: Spacing
  var from: Double
  var to: Double
  var count: Int

  init(_ spacing: Spacing, from: Double, to: Double, count: Int) {
    self.spacing = spacing
    self.from = from
    self.to = to
    self.count = count
  }

  /// Reads `{log: {from, to, count}}` or `{linear: {from, to, count}}`.
  init?(_ field: DocumentField, in interval: NumberInterval) {
    let names = Spacing.allCases.map(\.rawValue)
    guard let outer = DocumentSection(field, keys: names) else { return nil }
    guard let body = outer.one(of: names), let spacing = Spacing(rawValue: outer["log"] == nil ? "linear" : "log")
    else {
      if case .mapping(let entries) = field.node.content, entries.isEmpty {
        field.report("an empty mapping", accepted: "{log: {from, to, count}} or {linear: {from, to, count}}")
      }
      return nil
    }
    guard let section = DocumentSection(body, keys: ["from", "to", "count"]) else { return nil }
    let bounds = spacing == .log && interval.lower <= 0 ? interval.aboveZero : interval
    let from = section.required("from", accepted: bounds.description)?.number(in: bounds)
    let to = section.required("to", accepted: bounds.description)?.number(in: bounds)
    let counts = 2...Self.maximumCount
    let count = section.required("count", accepted: DocumentField.describe(counts))?.integer(in: counts)
    guard let from, let to, let count else { return nil }
    self.init(spacing, from: from, to: to, count: count)
  }

  /// Value i of n is from + i·(to − from)/(n − 1), or from·(to/from)^(i/(n − 1)).
  ///
  /// Values between the ends are rounded to 12 significant digits, so that 1e-4…1e-2 has the middle 0.001, and a trial's
  /// identity does not depend on the last bit of a mathematical library.
  var values: [Double] {
    (0..<count).map { index in
      if index == 0 { return from }
      if index == count - 1 { return to }
      let share = Double(index) / Double(count - 1)
      switch spacing {
      case .linear: return Self.rounded(from * (1 - share) + to * share)
      case .log: return Self.rounded(exp(Foundation.log(from) * (1 - share) + Foundation.log(to) * share))
      }
    }
  }

  private static func rounded(_ value: Double) -> Double {
    Double(String(format: "%.11e", value)) ?? value
  }
}

extension NumberInterval {
  /// The part of the interval where a logarithm exists.
  var aboveZero: NumberInterval {
    var part = self
    part.lower = 0
    part.includesLower = false
    return part
  }
}
