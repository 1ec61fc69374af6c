import Foundation

/// What `scripts/build` writes beside the binaries it made: the commit and the flags they were built with.
///
/// A stamp older than the binary describes another build and counts for nothing, so that a commit is never claimed for
/// a binary that was built from something else later.
struct BuildStamp: Hashable, Sendable {
  /// Hexadecimal, with `-dirty` where the tree had changes that were not committed.
  var commit: String?
  /// The compiler and the options it was given.
  var flags: String?

  static let fileName = "ravine-build.txt"

  /// Reads `commit …` and `flags …` lines; others are left for later versions.
  init(parsing text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      if parts[0] == "commit" { commit = String(parts[1]) }
      if parts[0] == "flags" { flags = String(parts[1]) }
    }
  }

  /// The stamp in the folder of `binary`; nil where there is none, or the binary was modified after it.
  init?(besideBinary binary: String) {
    let folder = (binary as NSString).deletingLastPathComponent
    let path = (folder as NSString).appendingPathComponent(Self.fileName)
    guard let stamped = Self.modificationTime(path), let built = Self.modificationTime(binary), stamped >= built,
      let data = FileManager.default.contents(atPath: path)
    else { return nil }
    self.init(parsing: String(decoding: data, as: UTF8.self))
  }

  /// The stamp of the running program.
  static let current: BuildStamp? = {
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
    return BuildStamp(besideBinary: path)
  }()

  private static func modificationTime(_ path: String) -> Double? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
  }
}
