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
