import Foundation
import Settings

/// A JSON Schema (draft 7, which editors' YAML servers read), or a part of one.
indirect enum JSONSchema: Encodable {
  case text(String)
  case number(Double)
  case truth(Bool)
  case list([JSONSchema])
  case object([String: JSONSchema])

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number):
      // Bounds that are whole are written so: 2147483647 and not 2147483647.0.
      if let whole = Int(exactly: number) { try container.encode(whole) } else { try container.encode(number) }
    case .truth(let truth): try container.encode(truth)
    case .list(let items): try container.encode(items)
    case .object(let entries): try container.encode(entries)
    }
  }
}

extension JSONSchema {
  static func type(_ name: String) -> JSONSchema { .object(["type": .text(name)]) }

  static let boolean = type("boolean")

  /// What YAML gives for a word that is not quoted, whatever it looks like.
  static let anyText = JSONSchema.object(["type": .list([.text("string"), .text("number"), .text("boolean")])])

  static func words(_ words: [String]) -> JSONSchema { .object(["enum": .list(words.map { .text($0) })]) }

  static func number(in interval: NumberInterval) -> JSONSchema {
    var entries: [String: JSONSchema] = ["type": .text("number")]
    if interval.lower.isFinite {
      entries[interval.includesLower ? "minimum" : "exclusiveMinimum"] = .number(interval.lower)
    }
    if interval.upper.isFinite {
      entries[interval.includesUpper ? "maximum" : "exclusiveMaximum"] = .number(interval.upper)
    }
    return .object(entries)
  }

  static func whole(in range: ClosedRange<Int>) -> JSONSchema {
    var entries: [String: JSONSchema] = ["type": .text("integer"), "minimum": .number(Double(range.lowerBound))]
    // Beyond 2⁵³ a bound in JSON is not the number that was meant.
    if range.upperBound <= 1 << 53 { entries["maximum"] = .number(Double(range.upperBound)) }
    return .object(entries)
  }

  static func items(_ item: JSONSchema, count: ClosedRange<Int> = 1...Int.max) -> JSONSchema {
    var entries: [String: JSONSchema] = [
      "type": .text("array"), "items": item, "minItems": .number(Double(count.lowerBound)),
    ]
    if count.upperBound < .max { entries["maxItems"] = .number(Double(count.upperBound)) }
    return .object(entries)
  }

  static func any(of schemas: [JSONSchema]) -> JSONSchema {
    schemas.count == 1 ? schemas[0] : .object(["anyOf": .list(schemas)])
  }

  /// A value, or a list of such values.
  static func oneOrMore(_ item: JSONSchema) -> JSONSchema { any(of: [item, items(item)]) }

  /// A mapping of these keys and no others.
  static func mapping(_ keys: [String: JSONSchema], required: [String] = []) -> JSONSchema {
    var entries: [String: JSONSchema] = [
      "type": .text("object"), "properties": .object(keys), "additionalProperties": .truth(false),
    ]
    if !required.isEmpty { entries["required"] = .list(required.map { .text($0) }) }
    return .object(entries)
  }

  /// A mapping of one of these keys.
  static func oneKey(_ keys: [String: JSONSchema]) -> JSONSchema {
    mapping(keys).adding(["minProperties": .number(1), "maxProperties": .number(1)])
  }

  func adding(_ more: [String: JSONSchema]) -> JSONSchema {
    guard case .object(let entries) = self else { return self }
    return .object(entries.merging(more) { _, new in new })
  }

  /// The same, with keys described as the reference describes them.
  func described(_ descriptions: [String: String]) -> JSONSchema {
    guard case .object(var entries) = self, case .object(var keys)? = entries["properties"] else { return self }
    for (key, text) in descriptions { keys[key] = keys[key]?.adding(["description": .text(text)]) }
    entries["properties"] = .object(keys)
    return .object(entries)
  }
}

// MARK: What the grid takes

extension JSONSchema {
  /// `{log: {from, to, count}}` or `{linear: …}`.
  static func range(in interval: NumberInterval) -> JSONSchema {
    func body(_ interval: NumberInterval) -> JSONSchema {
      mapping(
        ["from": number(in: interval), "to": number(in: interval), "count": whole(in: 2...NumberRange.maximumCount)],
        required: ["from", "to", "count"])
    }
    return oneKey([
      "log": body(interval.lower <= 0 ? interval.aboveZero : interval), "linear": body(interval),
    ])
  }

  /// A number, a range, or a list of these: written out once for each interval, under ``definitions(of:)``.
  static func numbers(in interval: NumberInterval) -> JSONSchema {
    .object(["$ref": .text("#/definitions/\(name(of: interval))")])
  }

  static func definitions(of intervals: some Sequence<NumberInterval>) -> JSONSchema {
    let axes = Set(intervals).map { ($0, oneOrMore(any(of: [number(in: $0), range(in: $0)]))) }
    return .object(Dictionary(uniqueKeysWithValues: axes.map { (name(of: $0), $1) }))
  }

  private static func name(of interval: NumberInterval) -> String {
    let lower = (interval.includesLower ? "from_" : "above_") + "\(interval.lower)"
    return "numbers_\(lower)_\(interval.includesUpper ? "to" : "below")_\(interval.upper)"
  }

  /// A setting of a part, or where it may vary an axis of it.
  static func setting(_ setting: SettingDeclaration, varies: Bool) -> JSONSchema {
    let schema: JSONSchema =
      switch setting.domain {
      case .number(let interval, isWhole: false): varies ? numbers(in: interval) : number(in: interval)
      case .number(let interval, isWhole: true): one(whole(in: interval.wholeNumbers), varies)
      case .truth: one(boolean, varies)
      case .choice(let names): one(words(names), varies)
      }
    return schema.adding(["description": .text(setting.summary)])
  }

  private static func one(_ item: JSONSchema, _ varies: Bool) -> JSONSchema { varies ? oneOrMore(item) : item }

  /// A choice among parts, as ``PartReader`` reads it.
  static func part(_ reader: PartReader, shared: [String: JSONSchema] = [:], varies: Bool) -> JSONSchema {
    let plain = reader.kinds.filter { kind in !kind.settings.contains(where: \.isRequired) }.map(\.name)
    func settings(_ kind: PartKind, _ more: [String: JSONSchema] = [:]) -> JSONSchema {
      let keys = Dictionary(uniqueKeysWithValues: kind.settings.map { ($0.name, setting($0, varies: varies)) })
      return mapping(
        keys.merging(shared) { own, _ in own }.merging(more) { own, _ in own },
        required: more.keys + kind.settings.filter(\.isRequired).map(\.name)
      ).adding(["description": .text(kind.summary)])
    }
    if let nameKey = reader.nameKey {
      return any(of: [words(plain)] + reader.kinds.map { settings($0, [nameKey: words([$0.name])]) })
    }
    let keys = reader.kinds.map { ($0.name, settings($0)) }
    return any(of: [words(plain), oneKey(Dictionary(uniqueKeysWithValues: keys))])
  }
}
