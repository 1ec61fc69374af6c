import Foundation
import Glibc

/// An advisory lock on a directory of results; it ends with the process, however that ends.
final class DirectoryLock: Sendable {
  private let file: FileDescriptor

  /// Takes the lock or throws ``StoreError/locked`` with who holds it.
  init(_ directory: ResultDirectory, shared: Bool) throws {
    file = try FileDescriptor(opening: directory.lock, O_RDWR | O_CREAT)
    guard try file.tryLock(shared: shared, isPatient: true) else {
      throw StoreError.locked(directory: directory.path, holder: Self.describeHolder(file))
    }
    // Those who share the lock all write this; whose name stays does not matter.
    try file.truncate(to: 0)
    try file.write(try JSON.encode(Holder(host: UniqueName.host, pid: Int(getpid()), isShared: shared)))
  }

  /// Who writes to the directory now; nil where nobody does.
  static func holder(of directory: ResultDirectory) throws -> String? {
    guard try Files.exists(directory.lock) else { return nil }
    let file = try FileDescriptor(opening: directory.lock, O_RDONLY)
    return try file.tryLock() ? nil : describeHolder(file)
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
