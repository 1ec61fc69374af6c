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

  /// The error for a file that no HDF5 can be in; nil for one that may be a shard, whole or damaged.
  static func file(_ path: String) throws -> StoreError? {
    let descriptor = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
    guard try descriptor.isRegularFile() else { return .notResults(path: path, reason: "it is not a regular file") }
    let isText = try descriptor.read(4096, at: 0).allSatisfy { $0 >= 0x20 || (0x09...0x0d).contains($0) }
    guard isText, try descriptor.size() > 0 else { return nil }
    if let name = ExperimentFile.name(at: path) {
      return .notResults(
        path: path, reason: "it is an experiment file; sweep run puts its results into results/\(name)")
    }
    return .notResults(path: path, reason: "it is text; accepted: the directory a sweep wrote, or a merged HDF5 file")
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
