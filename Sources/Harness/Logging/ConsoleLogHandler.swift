import Foundation
import Logging

/// A log handler that writes one line an event to a ``Console``, as text or as a JSON object.
///
/// Messages are sentences that stand alone; metadata repeat their values for machines and appear in JSON only.
public struct ConsoleLogHandler: LogHandler {
  public enum Format: String, Sendable, CaseIterable {
    /// The message, with the level before it where it is a warning or worse.
    case text
    /// `{"key":…,"level":"info","message":"…","time":"2026-01-31T12:00:00.000Z"}`, numbers as numbers.
    case json
  }

  public var logLevel = Logger.Level.info
  public var metadata: Logger.Metadata = [:]
  private let console: Console
  private let format: Format
  private let now: @Sendable () -> Date

  public init(console: Console, format: Format, now: @escaping @Sendable () -> Date = { Date() }) {
    self.console = console
    self.format = format
    self.now = now
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    switch format {
    case .text: console.write(line: (event.level >= .warning ? "\(event.level): " : "") + "\(event.message)")
    case .json: console.write(line: json(event))
    }
  }

  private func json(_ event: LogEvent) -> String {
    var object = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { LogValue($0) }
    object["level"] = .text(event.level.rawValue)
    object["message"] = .text("\(event.message)")
    object["time"] = .text(now().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding cannot fail: the values are strings, finite numbers and null.
    return String(decoding: (try? encoder.encode(object)) ?? Data(), as: UTF8.self)
  }
}

/// A metadata value with the type that JSON knows for it. Numbers that are not finite become null.
private enum LogValue: Encodable {
  case text(String)
  case integer(Int)
  case number(Double)
  case list([LogValue])
  case object([String: LogValue])
  case null

  init(_ value: Logger.MetadataValue) {
    switch value {
    case .string(let text): self = .text(text)
    case .stringConvertible(let value as Int): self = .integer(value)
    case .stringConvertible(let value as Double): self = value.isFinite ? .number(value) : .null
    case .stringConvertible(let value): self = .text("\(value)")
    case .array(let values): self = .list(values.map(LogValue.init))
    case .dictionary(let values): self = .object(values.mapValues(LogValue.init))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    case .null: try container.encodeNil()
    }
  }
}
