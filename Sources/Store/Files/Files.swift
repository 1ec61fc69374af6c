import CLinux
import Glibc

/// The few operations on paths the store needs, each durable where it says so.
public enum Files {
  /// Whether something is at a path. Throws where the system cannot say, and for a link to nothing.
  public static func exists(_ path: String) throws -> Bool { try status(path) != nil }

  static func isDirectory(_ path: String) throws -> Bool {
    try status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// What `stat` says of a path; nil where nothing is there.
  ///
  /// Only ENOENT and ENOTDIR are absence. Any other error may be over at the next call, and what is there must not be
  /// taken for missing meanwhile: a manifest that seems to be gone lets another experiment in.
  static func status(_ path: String) throws -> stat? {
    var status = stat()
    guard retrying({ stat(path, &status) }) != 0 else { return status }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw StoreError.system(operation: "stat", path: path, code: errno)
    }
    if try isLink(path) { throw danglingLink(path) }
    return nil
  }

  /// Whether the name itself is a symbolic link, wherever that leads.
  static func isLink(_ path: String) throws -> Bool {
    var status = stat()
    guard retrying({ lstat(path, &status) }) != 0 else { return status.st_mode & S_IFMT == S_IFLNK }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw StoreError.system(operation: "lstat", path: path, code: errno)
    }
    return false
  }

  /// The disk that the link leads to may be back tomorrow: the file is neither absent nor damaged.
  static func danglingLink(_ path: String) -> StoreError {
    .system(operation: "following the link", path: path, code: ENOENT)
  }

  /// Makes the directory and the ones above it, each on the device on return; one that is there already is fine.
  static func makeDirectory(_ path: String) throws {
    if try isDirectory(path) { return }
    let parent = parent(of: path)
    try makeDirectory(parent)
    if mkdir(path, 0o777) != 0 {
      let code = errno
      // A peer was faster.
      guard code == EEXIST, try isDirectory(path) else {
        throw StoreError.system(operation: "mkdir", path: path, code: code)
      }
    }
    // What is synced in a directory whose own name is not goes with it.
    try synchronizeDirectory(parent)
  }

  /// The folder that a path without slashes at its end is in.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

  /// Names of the entries that end in `suffix`, sorted; none where there is no such directory.
  ///
  /// - Throws: ``StoreError/system(operation:path:code:)`` for every other answer of the system.
  public static func names(in directory: String, suffix: String = "") throws -> [String] {
    guard let stream = openedDirectory(directory) else {
      let code = errno
      if code == ENOENT, try !isLink(directory) { return [] }
      throw StoreError.system(operation: "opendir", path: directory, code: code)
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(suffix), name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw StoreError.system(operation: "readdir", path: directory, code: errno) }
    return names.sorted()
  }

  private static func openedDirectory(_ path: String) -> OpaquePointer? {
    while true {
      if let stream = opendir(path) { return stream }
      if errno != EINTR { return nil }
    }
  }

  /// The bytes of a regular file.
  ///
  /// - Throws: ``StoreError/damaged(path:reason:)`` where it is something else or longer than `limit`,
  ///   ``StoreError/system(operation:path:code:)`` where it cannot be read, with ENOENT where it is not there.
  public static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
    guard try file.isRegularFile() else { throw StoreError.damaged(path: path, reason: "not a regular file") }
    let size = try file.size()
    guard size <= limit else {
      throw StoreError.damaged(path: path, reason: "\(size) bytes, \(limit) is the most this file may have")
    }
    return try file.read(size, at: 0)
  }

  /// Bytes of a file.
  static func size(_ path: String) throws -> Int {
    guard let status = try status(path) else {
      throw StoreError.system(operation: "stat", path: path, code: ENOENT)
    }
    return Int(status.st_size)
  }

  /// Whether a process holds the lock of a file. Where a file system has no locks, none does.
  static func isLocked(_ path: String) throws -> Bool {
    do {
      return try !FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK).tryLock(shared: true)
    } catch StoreError.system("open", _, ENOENT) {
      return false
    } catch StoreError.system("flock", _, let code) where isUnsupported(code) {
      return false
    }
  }

  static func remove(_ path: String) throws {
    guard retrying({ unlink(path) }) == 0 || errno == ENOENT else {
      throw StoreError.system(operation: "unlink", path: path, code: errno)
    }
  }

  static func rename(_ path: String, to new: String) throws {
    guard retrying({ Glibc.rename(path, new) }) == 0 else {
      throw StoreError.system(operation: "rename", path: path, code: errno)
    }
  }

  /// Renames a file that is open. A file server may do it, lose its answer, be asked again, and find nothing to rename.
  static func rename(_ file: borrowing FileDescriptor, to new: String) throws {
    do {
      try rename(file.path, to: new)
    } catch {
      guard (try? file.isFile(at: new)) == true else { throw error }
    }
  }

  /// Waits until the directory's entries are on the device. Where a file system knows no such order, or the directory may not
  /// be read, the system's own care is all there is.
  static func synchronizeDirectory(_ path: String) throws {
    do {
      let directory = try FileDescriptor(opening: path, O_RDONLY | O_DIRECTORY)
      try directory.synchronize()
      try directory.close()
    } catch StoreError.system("open", _, EACCES) {
    } catch StoreError.system("fsync", _, let code) where isUnsupported(code) || code == EBADF {
    }
  }

  /// Writes a new file that appears under its name complete or not at all, and is on the device on return.
  ///
  /// Returns false, leaving what is there, where the name is taken: a peer was first.
  static func create(_ path: String, write: (borrowing FileDescriptor) throws -> Void) throws -> Bool {
    let file = try TemporaryFile.write(for: path, write)
    defer { unlink(file.path) }
    FaultPoint.shardSynced.pass()
    guard try place(file, at: path, { FaultPoint.shardLinked.pass() }) else { return false }
    FaultPoint.shardAlone.pass()
    try synchronizeDirectory(parent(of: path))
    return true
  }

  /// Replaces a file: a reader sees the old content or the new, whole. On the device on return.
  static func replace(_ path: String, with bytes: [UInt8]) throws { try replace(path) { try $0.write(bytes) } }

  static func replace(_ path: String, write: (borrowing FileDescriptor) throws -> Void) throws {
    let file = try TemporaryFile.write(for: path) { file in
      FaultPoint.manifestBegun.pass()
      try write(file)
      FaultPoint.manifestWritten.pass()
    }
    FaultPoint.manifestSynced.pass()
    do {
      try rename(file, to: path)
    } catch {
      unlink(file.path)
      throw error
    }
    FaultPoint.manifestReplaced.pass()
    try synchronizeDirectory(parent(of: path))
  }

  /// Gives a file under a temporary name its own, which nobody must have taken; false where somebody has.
  ///
  /// A link does that everywhere but on file systems without links; there a rename that replaces nothing does. Some have
  /// neither: a look before the rename is all there is, and the names of shards, where two writers may meet, are such that
  /// equal names hold the same runs.
  ///
  /// - Parameter isLinked: Called while the file has both names.
  static func place(_ file: borrowing FileDescriptor, at path: String, _ isLinked: () -> Void = {}) throws -> Bool {
    if retrying({ link(file.path, path) }) == 0 {
      isLinked()
      try remove(file.path)
      return true
    }
    let code = errno
    if code == EEXIST {
      // A file server may have done it, lost its answer, and been asked again.
      guard try file.isFile(at: path) else { return false }
      try remove(file.path)
      return true
    }
    guard isUnsupported(code) || code == EPERM || code == EMLINK else {
      throw StoreError.system(operation: "link", path: path, code: code)
    }
    if renameat2(AT_FDCWD, file.path, AT_FDCWD, path, CLINUX_RENAME_NOREPLACE) == 0 { return true }
    guard errno != EEXIST else { return false }
    guard isUnsupported(errno) else { throw StoreError.system(operation: "rename", path: path, code: errno) }
    var status = stat()
    guard lstat(path, &status) != 0 else { return false }
    guard errno == ENOENT else { throw StoreError.system(operation: "lstat", path: path, code: errno) }
    try rename(file, to: path)
    return true
  }
}
