import CHDF5
import Experiments
import Glibc

/// Finds out what is at a path that a sweep's results were expected at.
enum NotResults {
  /// The error for a directory without a sweep: with the sweeps that are in it.
  static func directory(_ path: String) -> StoreError {
    let sweeps = (try? SweepFolders.paths(in: path)) ?? []
    guard !sweeps.isEmpty else { return .notResults(path: path, reason: "the directory has no sweep.json") }
    let named = sweeps.prefix(5).joined(separator: ", ") + (sweeps.count > 5 ? ", …" : "")
    return .notResults(
      path: path,
      reason: sweeps.count == 1 ? "it holds those of one: \(named)" : "it holds those of \(sweeps.count): \(named)")
  }

  /// What a file is expected to be, for messages.
  private static let accepted = "accepted: the directory a sweep wrote, or a merged HDF5 file"

  /// The error for a file that no sweep wrote: text, empty, no HDF5, or the HDF5 of another program. Nil for one that may
  /// be a shard, whole or damaged.
  static func file(_ path: String) throws -> StoreError? {
    let descriptor = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
    guard try descriptor.isRegularFile() else { return .notResults(path: path, reason: "it is not a regular file") }
    guard try descriptor.size() > 0 else { return .notResults(path: path, reason: "it is empty; \(accepted)") }
    let start = try descriptor.read(4096, at: 0)
    if start.allSatisfy({ $0 >= 0x20 || (0x09...0x0d).contains($0) }) {
      if let name = ExperimentFile.name(at: path) {
        return .notResults(
          path: path, reason: "it is an experiment file; sweep run puts its results into results/\(name)")
      }
      return .notResults(path: path, reason: "it is text; \(accepted)")
    }
    // What has a seal is ours, even where its first bytes have changed.
    guard try start.starts(with: signature) || Seal.isThere(descriptor) else {
      return .notResults(path: path, reason: "it is no HDF5 file; \(accepted)")
    }
    return try foreignFormat(path).map {
      .notResults(path: path, reason: "it is the HDF5 file of another program: \($0); \(accepted)")
    }
  }

  /// How every HDF5 file begins that has no user block, as those of sweeps do: HDF5 File Format Specification, II.A.
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// What in an HDF5 file tells that no sweep wrote it; nil for a shard of any version, and for a file that cannot be opened.
  private static func foreignFormat(_ path: String) throws -> String? {
    let name = Schema.format.name
    do {
      return try HDF5.runUntrusted(path) {
        let file = try InputFile.open(path)
        guard try file.handle.check(H5Aexists(file.handle.id, name), "H5Aexists \(name)") > 0 else {
          return "it has no attribute \(name)"
        }
        let format: String
        do {
          format = try file.text(name)
        } catch let error as HDF5Error {
          return "its attribute \(name) \(error.reason ?? "cannot be read")"
        }
        try file.close()
        return format.hasPrefix(Schema.formatPrefix) ? nil : "its format is “\(format)”"
      }
    } catch is HDF5Error {
      return nil
    }
  }
}

/// The sweeps of a directory such as `results`.
public enum SweepFolders {
  /// The paths of the directories in this one that a sweep wrote, sorted.
  public static func paths(in path: String) throws -> [String] {
    let folder = ResultDirectory(path).path
    guard try Files.isDirectory(folder) else { return [] }
    let names = try Files.names(in: folder, suffix: "")
    return try names.filter { $0 != ".." }.map { folder == "/" ? "/\($0)" : "\(folder)/\($0)" }
      .filter { try Files.exists(ResultDirectory($0).manifest) }
  }

  /// Whether a sweep wrote this directory.
  public static func isSweep(_ path: String) throws -> Bool { try Files.exists(ResultDirectory(path).manifest) }
}

/// Results, and perhaps one run of them: `results/digits`, or `results/digits/0f3a9c` with the first digits of the run.
public struct RunPath: Hashable, Sendable {
  public var results: String
  /// Nil where the results alone are named.
  public var digits: String?

  /// Takes the last part for a run where nothing is at the path, and the part is hexadecimal.
  public init(_ path: String) throws {
    results = path
    guard try !Files.exists(path), let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let last = path[path.index(after: slash)...]
    guard !last.isEmpty, last.allSatisfy({ $0.isHexDigit && $0.isASCII }) else { return }
    let folder = String(path[..<slash])
    guard try Files.exists(folder) else { return }
    results = folder
    digits = String(last)
  }
}
