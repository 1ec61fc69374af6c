import Settings

/// The values one hyperparameter takes, in the order of the file, each with the field it was read from.
struct GridAxis<Value: Hashable> {
  private(set) var values: [Value] = []
  private(set) var fields: [DocumentField] = []

  static var maximumCount: Int { 1_000_000 }

  /// No value, where a problem has been reported.
  init() {}

  /// A hyperparameter that does not vary.
  init(_ value: Value) {
    values = [value]
  }

  /// Reads a value or a list of values, each item giving any number of them. Reports empty lists and repeated values.
  init(_ field: DocumentField, accepted: String, read: (DocumentField) -> [Value]) {
    var first: [Value: DocumentField] = [:]
    for item in field.items(accepted: accepted) {
      for value in read(item) {
        if let earlier = first[value] {
          let shown = (value as? Double).map { "\(HyperparameterValue.number($0))" } ?? item.node.shown
          item.report("\(shown) occurs twice, first in \(earlier.path)", accepted: "each value once")
          break
        }
        guard values.count < Self.maximumCount else {
          item.report("more than \(Self.maximumCount) values", accepted: "at most \(Self.maximumCount)")
          return
        }
        first[value] = item
        values.append(value)
        fields.append(item)
      }
    }
  }
}

extension GridAxis {
  /// The same axis with other values, each still of its field.
  func map<Other>(_ change: (Value) -> Other) -> GridAxis<Other> {
    var axis = GridAxis<Other>()
    axis.values = values.map(change)
    axis.fields = fields
    return axis
  }
}

extension GridAxis where Value == Double {
  /// Reads a number, a range `{log: …}` or `{linear: …}`, or a list of these.
  init(numbers field: DocumentField, in interval: NumberInterval) {
    self.init(field, accepted: "\(interval), a list, {log: {from, to, count}} or {linear: {from, to, count}}") { item in
      if case .mapping = item.node.content { return NumberRange(item, in: interval)?.values ?? [] }
      return item.number(in: interval).map { [$0] } ?? []
    }
  }
}

extension GridAxis where Value == BatchSize {
  /// Reads a batch size, `full`, a range of whole numbers, or a list of these.
  init(batchSizes field: DocumentField) {
    let sizes = 1...Int(Int32.max)
    let accepted = "\(DocumentField.describe(sizes)), or full"
    self.init(field, accepted: accepted) { item in
      if item.isWord("full") { return [.full] }
      guard case .mapping = item.node.content else {
        return item.integer(in: sizes, accepted: accepted).map { [.samples($0)] } ?? []
      }
      let numbers = NumberRange(item, in: .init(lower: 1, includesLower: true, upper: 1e9, includesUpper: true))
      return (numbers?.values ?? []).compactMap { number in
        if let size = Int(exactly: number) { return .samples(size) }
        item.report("\(number) is not a whole number", accepted: "a range of whole numbers")
        return nil
      }
    }
  }
}

extension GridAxis where Value == UInt64 {
  /// Reads a seed, a list of seeds, or `{from, count}`.
  init(seeds field: DocumentField) {
    let seeds = 0...Int.max
    let accepted = "\(DocumentField.describe(seeds)), a list, or {from, count}"
    self.init(field, accepted: accepted) { item in
      guard case .mapping = item.node.content else {
        return item.integer(in: seeds, accepted: accepted).map { [UInt64($0)] } ?? []
      }
      guard let section = DocumentSection(item, keys: ["from", "count"]) else { return [] }
      let start = section["from"]
      let from = start?.integer(in: seeds) ?? 0
      let counts = 1...Self.maximumCount
      let count = section.required("count", accepted: DocumentField.describe(counts))?.integer(in: counts) ?? 0
      guard from <= Int.max - max(0, count - 1) else {
        start?.report(
          "\(count) seeds from \(from) on pass the largest there is, \(Int.max)",
          accepted: DocumentField.describe(0...(Int.max - (count - 1))))
        return []
      }
      return (0..<count).map { UInt64(from + $0) }
    }
  }
}
