import Experiments
import Foundation
import Store

/// Trials that are not trained since they cannot end well: they would take more memory than there is, leave more than can be
/// stored, or have crashed the process before. Each becomes a failed run with its reason, and the others go on.
struct TrialLimits: Sendable {
  /// Of this process.
  var memory = MachineMemory.available
  var recordBytes = Double(ResultStore.maximumRecordBytes)
  var crashes: [TrialIdentity: RunningTrials.Crashes.Trial] = [:]

  /// Why a trial that leaves so much and takes so much memory, its data among it, is not trained; nil where it is.
  func refusal(recordBytes record: Double, memoryBytes needed: Double) -> String? {
    if record > recordBytes {
      return "its record would take \(Quantity.bytes(record)), \(Quantity.bytes(recordBytes)) at most are stored: keep"
        + " fewer weights with --weights"
    }
    if needed > memory {
      return "it would take \(Quantity.bytes(needed)) of memory, this process can have \(Quantity.bytes(memory))"
    }
    return nil
  }

  /// Why a trial is not trained for which the system has no memory.
  static func refusal(missingBytes: Double) -> String {
    "there was no memory for it: with what the process holds already, the system does not let it have"
      + " \(Quantity.bytes(missingBytes)) more"
  }

  /// Why a trial is not tried again; nil where it is.
  func refusal(of identity: TrialIdentity) -> String? {
    guard let crashes = crashes[identity], crashes.isSetAside else { return nil }
    return "the process crashed \(crashes.count) times while it was training this run, the last time of signal"
      + " \(crashes.signal); where the cause is gone, remove the folder running of the results to have it tried again"
  }
}

/// What memory a process can have.
enum MachineMemory {
  /// The machine's, or less where the process or its group is limited, in bytes.
  static var available: Double {
    ([Double(ProcessInfo.processInfo.physicalMemory), addressSpace] + groups).reduce(.infinity, min)
  }

  /// `ulimit -v`.
  private static var addressSpace: Double {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int64.max) else {
      return .infinity
    }
    return Double(limit.rlim_cur)
  }

  /// The control groups that the process is in, of either version of Linux' interface.
  private static var groups: [Double] {
    let lines = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { return [] }
      if parts[1].isEmpty { return ["/sys/fs/cgroup\(parts[2])/memory.max", "/sys/fs/cgroup/memory.max"] }
      guard parts[1].split(separator: ",").contains("memory") else { return [] }
      let root = "/sys/fs/cgroup/memory"
      return ["\(root)\(parts[2])/memory.limit_in_bytes", "\(root)/memory.limit_in_bytes"]
    }.compactMap { path in
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
      return Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
