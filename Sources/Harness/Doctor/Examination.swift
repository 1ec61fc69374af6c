import Experiments
import Foundation
import Kernels
import Store

/// What `sweep doctor` finds out about the machine and the build, and what is wrong with them.
public struct Examination: Sendable {
  public struct Finding: Hashable, Sendable {
    public var name: String
    public var value: String
  }

  public private(set) var findings: [Finding] = []
  /// What is wrong, each with how to mend it.
  public private(set) var problems: [String] = []

  /// Examines for about a second.
  ///
  /// - Parameter output: The folder whose file system results would be written to.
  public init(output: String) {
    let provenance = Provenance.current(dataHash: "")
    note("ravine", provenance.version + (provenance.commit.map { ", commit \($0)" } ?? ""))
    note("build", provenance.compilerFlags)
    note("system", provenance.operatingSystem)
    note("processor", "\(provenance.cpu), \(ProcessInfo.processInfo.activeProcessorCount) cores")
    note("kernels", provenance.kernels)
    let libraries = provenance.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    note("libraries", libraries.joined(separator: ", "))
    checkBuild(flags: provenance.compilerFlags)
    measureProducts()
    note("memory copy", "\(rounded(MachineRates.copy(bytes: 256 << 20))) GB/s, \(Self.memory) in all")
    checkStore(output)
  }

  private mutating func note(_ name: String, _ value: String) { findings.append(Finding(name: name, value: value)) }

  private mutating func checkBuild(flags: String) {
    #if DEBUG
      problems.append("This is a debug build: use scripts/build, which makes the release build.")
    #else
      if !flags.contains("-march=native") {
        problems.append(
          "Not known to be built for this processor: scripts/build passes -Xcc -march=native, which makes the loops"
            + " beside the products two to four times faster.")
      }
    #endif
  }

  private mutating func measureProducts() {
    let small = MachineRates.product(Float.self, m: 32, n: 64, k: 64)
    let large = MachineRates.product(Float.self, m: 64, n: 256, k: 784)
    let double = MachineRates.product(Double.self, m: 64, n: 256, k: 784)
    note(
      "products",
      "Float 32×64×64 \(rounded(small)), 64×256×784 \(rounded(large)) GFLOP/s a core; Double"
        + " 64×256×784 \(rounded(double))")
    if double > 0, large / double > 8 {
      problems.append(
        "Double products run at \(rounded(double)) GFLOP/s, far from half the Float rate: BLIS does not know this"
          + " processor. Results are right; Double trials take longer.")
    }
  }

  private mutating func checkStore(_ output: String) {
    var folder = output
    do {
      // The sweep would make what is not there.
      while !folder.isEmpty, try !Files.exists(folder) { folder = (folder as NSString).deletingLastPathComponent }
      if folder.isEmpty { folder = "." }
      let scratch = "\(folder)/.ravine-doctor-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: scratch) }
      let record = Self.record
      let store = try ResultStore.open(directory: scratch, manifest: Self.manifest)
      try store.append(record)
      try store.close()
      let read = try ResultReader(path: scratch).record(record.identity)
      guard read.trace.validationLoss == record.trace.validationLoss else { throw CocoaError(.fileReadCorruptFile) }
      note("results", "\(folder): a run was written as HDF5 and read back")
    } catch {
      note("results", "\(folder): writing failed")
      problems.append("No results can be written to \(folder): \(error). Choose another folder with --output.")
    }
  }

  private static var manifest: SweepManifest {
    SweepManifest(
      name: "doctor", experimentText: "", experimentHash: "", compatibility: "", provenance: .current(dataHash: ""),
      created: "")
  }

  private static var record: TrialRecord {
    var trace = Trace()
    for column in Trace.columns { trace[keyPath: column.values] = [1, 0.5] }
    return TrialRecord(
      identity: TrialIdentity(hashing: "doctor"), hyperparameters: [.init("seed", .integer(0))], outcome: .completed,
      trace: trace, bestEpoch: 1)
  }

  private static var memory: String {
    "\(rounded(Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824)) GiB"
  }

  private static func rounded(_ value: Double) -> String {
    value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
  }
  private func rounded(_ value: Double) -> String { Self.rounded(value) }
}
