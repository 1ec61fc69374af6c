import Glibc

/// Standard output, written in large pieces.
///
/// A closed pipe ends the program quietly by SIGPIPE, as `summary … | head` expects. Any other failure is remembered.
struct StandardOutput: TextOutputStream {
  private var buffer: [UInt8] = []
  /// The errno of the first write that failed.
  private(set) var failure: Int32?

  init() {
    // Whoever started the program may have left the signal ignored.
    signal(SIGPIPE, SIG_DFL)
    buffer.reserveCapacity(Self.capacity)
  }

  /// Hands an output to `body` and writes what it got. A failure ends the program with EX_IOERR.
  static func write(_ body: (inout StandardOutput) throws -> Void) throws {
    var output = StandardOutput()
    try body(&output)
    output.flush()
    if let failure = output.failure {
      throw complain("cannot write the report: \(String(cString: strerror(failure)))", status: EX_IOERR)
    }
  }

  private static let capacity = 1 << 16

  mutating func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.capacity { flush() }
  }

  mutating func flush() {
    var start = 0
    while start < buffer.count, failure == nil {
      let written = buffer.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress! + start, $0.count - start) }
      if written >= 0 {
        start += written
      } else if errno != EINTR {
        failure = errno
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
