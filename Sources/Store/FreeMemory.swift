import Experiments
import Glibc

/// Whether memory can be had. An allocation that fails ends the process, so who needs much of it asks before.
public enum FreeMemory {
  /// Less is not asked for: where so little fails, nothing works.
  public static let smallestAsked = 1 << 20

  /// Whether the system would give so many bytes just now. They are asked for and given back at once, untouched: two calls of
  /// the system where it would.
  public static func has(_ bytes: Double) -> Bool {
    guard bytes >= Double(smallestAsked) else { return true }
    guard bytes < Double(Int.max) else { return false }
    let length = Int(bytes)
    let start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return hasInPieces(length) }
    munmap(start, length)
    return true
  }

  /// Whether the allocator has them in pieces, of which it may hold some that were freed. A trial asks in pieces too: its
  /// vectors are a fifth of it each, or less.
  private static func hasInPieces(_ bytes: Int) -> Bool {
    let count = 16
    let pieces = (0..<count).map { _ in malloc((bytes + count - 1) / count) }
    defer { for piece in pieces { free(piece) } }
    return pieces.allSatisfy { $0 != nil }
  }

  /// Throws ``StoreError/system`` with ENOMEM where there are not so many bytes for what becomes the file at `path`.
  static func require(_ bytes: Int, for path: String) throws {
    guard has(Double(bytes)) else { throw StoreError.system(operation: "allocating memory", path: path, code: ENOMEM) }
  }
}

extension TrialRecord {
  /// About what it takes in memory.
  var approximateBytes: Int {
    let numbers = weights.initial.count + weights.best.count + weights.final.count
    return 4096 + (weights.precision == .double ? 8 : 4) * numbers + 8 * Trace.columns.count * (trace.count + 1)
  }
}
