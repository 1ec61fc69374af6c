/// Splits a CSV file (RFC 4180) into records, one at a time, in bounded memory.
///
/// Fields are separated by commas; quoted ones may hold commas, line breaks and doubled quotes. Lines end in LF or CRLF.
/// A UTF-8 byte order mark and empty lines are skipped. Beyond the RFC: blanks around unquoted fields do not count.
struct CSVReader {
  /// A field of the current record.
  struct Field {
    /// Bytes of the reader's buffer, without enclosing quotes.
    var bytes: Range<Int>
    var isQuoted = false
    /// Whether the field was quoted and has doubled quotes within.
    var hasDoubledQuotes = false
  }

  /// A record longer than this is taken for damage: an opening quote without its match swallows the file.
  static let maximumRecord = 1 << 24

  /// Fields of the current record; valid until the next call of ``nextRecord()``.
  private(set) var fields: [Field] = []
  private(set) var buffer: [UInt8]

  private let reader: ByteReader
  /// The part of `buffer` that has been read but not yet handed out.
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// Line of the current record's first byte, from 1.
  private var recordLine = 1
  private var recordStart = 0
  /// Line of `start`.
  private var nextLine = 1

  init(path: String, chunk: Int = 1 << 20) throws {
    reader = try ByteReader(path: path)
    buffer = [UInt8](repeating: 0, count: max(16, chunk))
    try refill()
    let head = buffer[..<min(end, 3)]
    if head.starts(with: [0xef, 0xbb, 0xbf]) { start = 3 }
    if head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff]) {
      throw DatasetError(.malformed, path: path, at: .text(line: 1, column: 1), "UTF-16 text; CSV is read as UTF-8")
    }
  }

  var path: String { reader.path }

  /// Moves on to the next record that is not an empty line; false at the end of the file.
  /// - Throws: ``DatasetError`` with line and column.
  mutating func nextRecord() throws -> Bool {
    while true {
      if start == end && isAtEnd { return false }
      guard let next = try scan() else {
        try refill()
        continue
      }
      let isEmptyLine = fields.count == 1 && fields[0].bytes.isEmpty && buffer[start] != CSVReader.quote
      (recordStart, recordLine) = (start, nextLine)
      (start, nextLine) = (next.start, nextLine + next.lines)
      if !isEmptyLine { return true }
    }
  }

  /// Where the current record begins.
  var place: DatasetError.Place { .text(line: recordLine, column: 1) }

  /// Line and column of a byte of the current record, both from 1.
  func place(of position: Int) -> DatasetError.Place {
    place(of: position, from: recordStart, line: recordLine)
  }

  /// The field's text, doubled quotes undone.
  func text(_ field: Field) throws -> String {
    let bytes = buffer[field.bytes]
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DatasetError(.malformed, path: path, at: place(of: field.bytes.lowerBound), "text that is not UTF-8")
    }
    guard field.hasDoubledQuotes else { return text }
    var undoubled = ""
    var previousWasQuote = false
    for character in text.unicodeScalars {
      let isSecondQuote = character == "\"" && previousWasQuote
      if !isSecondQuote { undoubled.unicodeScalars.append(character) }
      previousWasQuote = character == "\"" && !isSecondQuote
    }
    return undoubled
  }
}

extension CSVReader {
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Splits the record at `start` into `fields`; nil where it may go on beyond what has been read.
  private mutating func scan() throws -> (start: Int, lines: Int)? {
    fields.removeAll(keepingCapacity: true)
    var position = start
    var lines = 0
    while true {
      let isQuoted = position < end && buffer[position] == CSVReader.quote
      guard let field = isQuoted ? try scanQuoted(&position, &lines) : try scanPlain(&position) else { return nil }
      fields.append(field)
      if position == end { return isAtEnd ? (end, lines) : nil }
      switch buffer[position] {
      case CSVReader.comma: position += 1
      case CSVReader.lineFeed: return (position + 1, lines + 1)
      default: return (position + 2, lines + 1)  // scanned as CR LF
      }
    }
  }

  /// Scans up to the comma or line break that ends an unquoted field.
  private func scanPlain(_ position: inout Int) throws -> Field? {
    let first = position
    loop: while position < end {
      switch buffer[position] {
      case CSVReader.comma, CSVReader.lineFeed: break loop
      case CSVReader.carriageReturn:
        guard try isLineBreak(at: position) else { return nil }
        break loop
      case CSVReader.quote:
        throw error(at: position, "a quote within an unquoted field; a field with quotes is enclosed in quotes")
      default: position += 1
      }
    }
    guard position < end || isAtEnd else { return nil }
    return Field(bytes: trimmed(first..<position))
  }

  /// Scans a quoted field and what follows it, which must be a comma or a line break.
  private func scanQuoted(_ position: inout Int, _ lines: inout Int) throws -> Field? {
    let opening = position
    var hasDoubledQuotes = false
    position += 1
    while position < end {
      let byte = buffer[position]
      if byte == CSVReader.lineFeed { lines += 1 }
      if byte != CSVReader.quote {
        position += 1
      } else if position + 1 == end && !isAtEnd {
        return nil
      } else if position + 1 < end && buffer[position + 1] == CSVReader.quote {
        hasDoubledQuotes = true
        position += 2
      } else {
        let field = Field(bytes: opening + 1..<position, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
        position += 1
        return try isFieldEnd(at: position) ? field : nil
      }
    }
    if isAtEnd { throw error(at: opening, "a quote that is never closed; the file may be truncated") }
    return nil
  }

  /// Whether the record can be told to go on properly after a closing quote; false: more bytes are needed to tell.
  private func isFieldEnd(at position: Int) throws -> Bool {
    guard position < end else { return isAtEnd }
    switch buffer[position] {
    case CSVReader.comma, CSVReader.lineFeed: return true
    case CSVReader.carriageReturn: return try isLineBreak(at: position)
    default: throw error(at: position, "text after a closing quote; expected a comma or the end of the line")
    }
  }

  /// Whether the carriage return here starts a CRLF; false: more bytes are needed to tell.
  private func isLineBreak(at position: Int) throws -> Bool {
    if position + 1 < end && buffer[position + 1] == CSVReader.lineFeed { return true }
    if position + 1 == end && !isAtEnd { return false }
    throw error(at: position, "a carriage return without a line feed; lines end in LF or CRLF")
  }

  private func trimmed(_ bytes: Range<Int>) -> Range<Int> {
    var (lower, upper) = (bytes.lowerBound, bytes.upperBound)
    while lower < upper && isBlank(buffer[lower]) { lower += 1 }
    while lower < upper && isBlank(buffer[upper - 1]) { upper -= 1 }
    return lower..<upper
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Moves what is unread to the front of the buffer and fills the rest, in a larger buffer if a record needs it.
  private mutating func refill() throws {
    if start > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      (start, end) = (0, end - start)
    }
    if end == buffer.count {
      guard buffer.count < Self.maximumRecord else {
        throw error(
          at: start, "a record of more than \(Self.maximumRecord) bytes; a quote may not be closed, or this is not CSV")
      }
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    let count = try buffer.withUnsafeMutableBytes {
      try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[end...]))
    }
    end += count
    isAtEnd = end < buffer.count
  }

  private func error(at position: Int, _ message: String) -> DatasetError {
    DatasetError(.malformed, path: path, at: place(of: position, from: start, line: nextLine), message)
  }

  private func place(of position: Int, from recordStart: Int, line: Int) -> DatasetError.Place {
    let before = buffer[recordStart..<position]
    let lines = before.count { $0 == Self.lineFeed }
    let lineStart = before.lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? recordStart
    return .text(line: line + lines, column: position - lineStart + 1)
  }
}
