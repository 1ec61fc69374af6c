import Foundation

/// A JSON text as another program reads it. Members and elements that are not there are `absent`, all the way down.
public indirect enum ParsedJSON: Decodable, Equatable, Sendable {
  case absent
  case null
  case truth(Bool)
  case number(Double)
  case text(String)
  case array([ParsedJSON])
  case object([String: ParsedJSON])

  /// - Throws: where the text is not one JSON value.
  public init(_ text: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .truth(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let values = try? container.decode([ParsedJSON].self) {
      self = .array(values)
    } else {
      self = .object(try container.decode([String: ParsedJSON].self))
    }
  }

  public subscript(key: String) -> ParsedJSON {
    if case .object(let members) = self { members[key] ?? .absent } else { .absent }
  }

  public subscript(index: Int) -> ParsedJSON { elements.indices.contains(index) ? elements[index] : .absent }

  public var elements: [ParsedJSON] { if case .array(let elements) = self { elements } else { [] } }
  public var keys: [String] { if case .object(let members) = self { members.keys.sorted() } else { [] } }
  public var number: Double? { if case .number(let value) = self { value } else { nil } }
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  public var truth: Bool? { if case .truth(let value) = self { value } else { nil } }
  public var numbers: [Double] { elements.compactMap(\.number) }
  public var texts: [String] { elements.compactMap(\.text) }

  /// The first element whose member of this name is this text.
  public func first(_ key: String, _ text: String) -> ParsedJSON { elements.first { $0[key].text == text } ?? .absent }
}
