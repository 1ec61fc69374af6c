import Foundation

/// How much memory the data of a sweep may take while they are read.
///
/// A number of a file takes one byte or eight as it was read, and four or eight more for each layout it is prepared in, by
/// precision and split, while all are there. That is said of a file before its numbers are read, so that a small file that
/// promises much, as a compressed one can, is refused and not tried. What other files take that are there already counts.
public struct MemoryLimit: Hashable, Sendable {
  public let bytes: Int
  /// Bytes that a number takes once it is prepared, in all of its layouts.
  public var preparedBytes = 8
  /// Of data that were read before.
  public var taken = 0

  public init(bytes: Int) {
    self.bytes = bytes
  }

  /// A whole number of bytes, or of KiB, MiB, GiB or TiB where K, M, G or T follows, such as `4G`; nil for other texts
  /// and for 0.
  public init?(_ text: String) {
    let units = Array("KMGT")
    let unit = text.last.flatMap { units.firstIndex(of: Character($0.uppercased())) }
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (10 * (unit.map { $0 + 1 } ?? 0)))
    guard !overflow else { return nil }
    self.bytes = bytes
  }

  /// The limit as `sbatch --mem` takes it, in whole MiB.
  public var slurmText: String { "\((bytes + (1 << 20) - 1) >> 20)M" }

  /// Half of the machine's memory, or of what the control group of the process may use where that is less.
  public static let halfOfMachine = MemoryLimit(
    bytes: min(Int(clamping: ProcessInfo.processInfo.physicalMemory), controlGroupLimit ?? .max) / 2)

  /// `memory.max` of version 2 of control groups; nil where there is none, or no limit.
  private static var controlGroupLimit: Int? {
    guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
      let line = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
    else { return nil }
    let path = "/sys/fs/cgroup\(line.dropFirst("0::".count))/memory.max"
    return (try? String(contentsOfFile: path, encoding: .utf8))
      .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  /// What numbers of eight bytes may take as they are read.
  var readBytes: Int { max(0, bytes - taken) / (8 + preparedBytes) * 8 }

  /// What is left where so many numbers, of so many bytes as they were read, are there.
  func after(_ numbers: Int, of bytes: Int) -> MemoryLimit {
    var rest = self
    rest.taken += numbers * (bytes + preparedBytes)
    return rest
  }

  /// - Parameters:
  ///   - numbers: How many numbers are to be read.
  ///   - bytes: What each of them takes as it is read.
  /// - Throws: ``DatasetError/Code/badSize`` where they would take more than the limit.
  func check(
    _ numbers: Int, of bytes: Int, path: String, at place: DatasetError.Place? = nil
  ) throws(DatasetError) {
    let (own, overflow) = numbers.multipliedReportingOverflow(by: bytes + preparedBytes)
    guard overflow || own > self.bytes - taken else { return }
    let others = taken > 0 ? ", of which data read before take \(taken)" : ""
    throw DatasetError(
      .badSize, path: path, at: place,
      "\(numbers) numbers would take \(overflow ? "more than \(Int.max)" : "\(own)") bytes of memory;"
        + " \(self.bytes) are accepted\(others) (half of this machine's, or --memory)")
  }
}
