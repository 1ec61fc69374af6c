import Glibc
import Synchronization

/// Names no other process, on this machine or another, gives to a file.
enum UniqueName {
  private static let counter = Atomic(0)

  /// `HOST-PID-RANDOM-COUNT`. Names of files only: no result depends on one.
  static func next() -> String {
    let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
    return "\(prefix)-\(count)"
  }

  /// Whether a text is of this form.
  static func isName(_ text: Substring) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 48 }) else { return false }
    return parts[0].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      && [parts[1], parts[3]].allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
      && parts[2].allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  private static let prefix: String = {
    let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return "\(host)-\(getpid())-\(random)"
  }()

  /// The machine's name, in characters that are safe in a file's name.
  static let host: String = {
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      buffer.initialize(repeating: 0)
      return gethostname(buffer.baseAddress!, buffer.count - 1) == 0 ? String(cString: buffer.baseAddress!) : "host"
    }
    return String(name.prefix(48).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }()
}
