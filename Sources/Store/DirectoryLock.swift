import Foundation
import Glibc

/// An advisory lock on a directory of results; it ends with the process, however that ends.
final class DirectoryLock: Sendable {
  private let file: FileDescriptor

  /// Takes the lock or throws ``StoreError/locked`` with who holds it.
  init(_ directory: ResultDirectory, shared: Bool) throws {
    file = try Self.open(directory) { try FileDescriptor(opening: $0, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK) }
    guard try Self.tryLock(file, of: directory, shared: shared) else {
      throw StoreError.locked(directory: directory.path, holder: Self.describeHolder(file))
    }
    // Those who share the lock all write this; whose name stays does not matter.
    try file.truncate(to: 0)
    try file.write(try JSON.encode(Holder(host: UniqueName.host, pid: Int(getpid()), isShared: shared)))
  }

  /// Opens the file of the lock: what is behind a link is not ours to write to, and a pipe would wait for its other end.
  private static func open(
    _ directory: ResultDirectory, _ body: (String) throws -> FileDescriptor
  ) throws -> FileDescriptor {
    func refusal(_ what: String) -> StoreError {
      .damaged(path: directory.lock, reason: "\(what); a sweep's lock is a regular file. Remove it where no sweep runs")
    }
    do {
      let file = try body(directory.lock)
      guard try file.isRegularFile() else { throw refusal("a pipe or a device") }
      return file
    } catch StoreError.system("open", _, ELOOP) {
      throw refusal("a symbolic link")
    } catch StoreError.system("open", _, EISDIR) {
      throw refusal("a directory")
    } catch StoreError.system("open", _, ENXIO) {
      throw refusal("a socket")
    }
  }

  private static func tryLock(
    _ file: borrowing FileDescriptor, of directory: ResultDirectory, shared: Bool
  ) throws -> Bool {
    do {
      return try file.tryLock(shared: shared, isPatient: true)
    } catch StoreError.system("flock", _, let code) where isUnsupported(code) {
      throw StoreError.unusable(directory: directory.path, operation: "flock", code: code)
    }
  }

  /// Who writes to the directory now; nil where nobody does, and where nobody could.
  static func holder(of directory: ResultDirectory) throws -> String? {
    do {
      let file = try open(directory) { try FileDescriptor(lockable: $0, O_NOFOLLOW) }
      return try file.tryLock() ? nil : describeHolder(file)
    } catch StoreError.system("open", _, ENOENT) {
      return nil
    } catch StoreError.system("flock", _, let code) where isUnsupported(code) || code == EBADF {
      // No locks, or on NFS none for who may only read.
      return nil
    }
  }

  private struct Holder: Codable {
    var host: String
    var pid: Int
    var isShared: Bool?
  }

  private static func describeHolder(_ file: borrowing FileDescriptor) -> String {
    guard let bytes = try? file.read(4096, at: 0),
      let holder = try? JSON.decode(Holder.self, from: bytes, path: file.path)
    else { return "an unknown process" }
    let others = holder.isShared == true ? ", and others with it" : ""
    return "process \(holder.pid) on \(holder.host)\(others)"
  }
}
