/// A file of the results that an answer is given without, because it is damaged or could not be read.
public struct UnreadResult: Hashable, Sendable {
  public var path: String
  /// With the path.
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  var json: JSON { .object(["path": .string(path), "reason": .string(reason)]) }
}

extension [UnreadResult] {
  var json: JSON { .array(map(\.json)) }

  /// A line each, of a report.
  var messages: [String] { map { "Without what is in a file that was not read: \($0.reason)." } }
}

/// An answer and what it is given without.
public struct PartialAnswer<Whole: Answer>: Answer {
  public var answer: Whole
  public var unread: [UnreadResult]

  public init(_ answer: Whole, without unread: [UnreadResult]) {
    self.answer = answer
    self.unread = unread
  }

  public func report(into output: inout some TextOutputStream) {
    answer.report(into: &output)
    if !unread.isEmpty { output.write("\n") }
    for message in unread.messages { output.write(TerminalText.wrapped(message, first: "  ! ")) }
  }

  public var json: JSON {
    guard case .object(let members) = answer.json, !unread.isEmpty else { return answer.json }
    return .object(members.merging(["unread": unread.json]) { $1 })
  }
}
