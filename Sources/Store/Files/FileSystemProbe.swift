import Glibc

/// Tries in a directory what a commit does, so that a sweep does not train what it cannot keep.
enum FileSystemProbe {
  /// Locks, syncs, links or renames a file and removes it.
  ///
  /// Throws ``StoreError/unusable`` where the file system lacks something of that, ``StoreError/system`` where it has it and
  /// the system refuses.
  static func run(in directory: String) throws {
    do {
      let file = try TemporaryFile.write(for: "\(directory)/probe") { try $0.write(Array("probe".utf8)) }
      defer { unlink(file.path) }
      guard try !FileDescriptor(lockable: file.path).tryLock() else {
        throw StoreError.unusable(directory: directory, operation: "flock", code: ENOLCK)
      }
      let target = TemporaryFile.name(for: "\(directory)/probe")
      defer { unlink(target) }
      guard try Files.place(file, at: target) else { throw StoreError.exists(path: target) }
      try Files.synchronizeDirectory(directory)
    } catch StoreError.system(let operation, _, let code)
      where ["flock", "fsync", "link", "rename"].contains(operation) && (isUnsupported(code) || code == EPERM)
    {
      throw StoreError.unusable(directory: directory, operation: operation, code: code)
    }
  }
}
