import Glibc

/// Files that are not complete yet: `NAME.UNIQUE.tmp` beside the name they will have.
///
/// Their writer holds their lock as long as it lives. So whoever cleans up takes nothing from the living, and nothing of
/// the user's, whose names are not of this form.
enum TemporaryFile {
  static let suffix = ".tmp"

  static func name(for path: String) -> String { "\(path).\(UniqueName.next())\(suffix)" }

  /// Creates a file for `path` under a temporary name, and locks it. It is the caller's to remove.
  static func create(for path: String, _ flags: CInt = 0) throws -> FileDescriptor {
    for _ in 0..<attempts {
      let file = try FileDescriptor(opening: name(for: path), O_RDWR | O_CREAT | O_EXCL | flags)
      do {
        // Before it was locked somebody may have taken it for one that was left.
        if try file.tryLock(), try file.hasName() { return file }
        unlink(file.path)
      } catch StoreError.system("flock", _, let code) where isUnsupported(code) {
        return file
      } catch {
        unlink(file.path)
        throw error
      }
    }
    throw StoreError.vanished(path: path)
  }

  private static let attempts = 8

  /// Writes a file for `path` under a temporary name, on the device on return and locked.
  static func write(
    for path: String, _ body: (borrowing FileDescriptor) throws -> Void
  ) throws -> FileDescriptor {
    let file = try create(for: path)
    do {
      try body(file)
      try file.synchronize()
      try file.checkClosing()
    } catch {
      unlink(file.path)
      throw error
    }
    return file
  }

  /// Whether a name is one that ``name(for:)`` gives.
  static func isName(_ name: String) -> Bool {
    guard name.hasSuffix(suffix) else { return false }
    let parts = name.dropLast(suffix.count).split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1 && UniqueName.isName(parts[parts.count - 1])
  }

  /// Removes what writers that no longer live left in a directory.
  ///
  /// - Parameter target: The only file whose temporaries go; nil for all.
  static func removeAbandoned(in directory: String, for target: String? = nil) throws {
    for name in try Files.names(in: directory, suffix: suffix) where isName(name) {
      if let target, !name.hasPrefix("\(target).") { continue }
      let path = "\(directory)/\(name)"
      do {
        let file = try FileDescriptor(lockable: path, O_NOFOLLOW)
        if try file.isRegularFile(), try file.tryLock() { try Files.remove(path) }
      } catch StoreError.system("open", _, ENOENT) {
        // Its writer lives, and was done.
      } catch StoreError.system("open", _, ELOOP) {
        // A link is none of ours.
      } catch StoreError.system("flock", _, let code) where isUnsupported(code) {
        // Nobody can say whether its writer lives.
      }
    }
  }
}
