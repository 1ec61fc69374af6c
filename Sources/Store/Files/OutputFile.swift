import Glibc

/// A file at a path that a user named for a result: the one way in which results leave for other programs.
///
/// What is at the path decides. A regular file, or none, gets its content whole or not at all: it is written beside its
/// place and renamed, with the permissions of what it replaces. Behind a symbolic link that is done where the link leads,
/// and the link stays. A device or a FIFO is written to, and stays what it is.
public struct OutputFile: Sendable {
  /// As the user gave it.
  public let path: String
  private let target: Target

  private enum Target: Equatable {
    /// The path behind all links, and the permissions of the file that is there.
    case file(String, permissions: mode_t?)
    /// What cannot be replaced: a device, a FIFO, a descriptor of this process.
    case stream
  }

  /// Throws ``OutputError`` for an empty path, a directory, and links that lead nowhere.
  public init(_ path: String) throws(OutputError) {
    guard !path.isEmpty else { throw OutputError(path: path, operation: "open", code: ENOENT) }
    self.path = path
    target = try Self.target(of: path)
  }

  /// Writes the bytes to `path`.
  ///
  /// - Parameter replaces: Whether a file that is there goes.
  /// - Throws: ``OutputError``; ``StoreError/exists`` where it may not be replaced.
  public static func write(_ bytes: [UInt8], to path: String, replaces: Bool = true) throws {
    let output = try OutputFile(path)
    if output.target == .stream {
      try output.translating { try output.stream { try $0.write(bytes) } }
    } else {
      try output.write(replaces: replaces) { try $0.write(bytes) }
    }
  }

  /// Makes a folder for files that a user asked for, and those above it. Throws ``OutputError``.
  public static func makeDirectory(_ path: String) throws {
    do {
      try Files.makeDirectory(path)
    } catch StoreError.system(let operation, _, let code) {
      throw OutputError(path: path, operation: operation, code: code)
    }
  }

  /// Whether writing takes something away that is there.
  var isTaken: Bool {
    get throws { if case .file(let path, _) = target { try Files.exists(path) } else { false } }
  }

  /// What the names of temporary files begin with, on the same device as the file where that matters.
  var temporaryBase: String {
    switch target {
    case .file(let path, _): Files.parent(of: path) + "/.ravine"
    case .stream: (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/ravine"
    }
  }

  /// Lets `body` write a temporary file and puts it in its place; the bytes that were written.
  ///
  /// Throws ``OutputError`` for what the system refuses, ``StoreError/exists``, and what `body` throws of other files.
  @discardableResult
  func write(replaces: Bool, _ body: (borrowing FileDescriptor) throws -> Void) throws -> Int {
    try translating {
      try TemporaryFile.removeAbandoned(in: Files.parent(of: temporaryBase), for: Files.name(of: temporaryBase))
      let file = try TemporaryFile.create(for: temporaryBase)
      defer { unlink(file.path) }
      try body(file)
      let size = try Files.size(file.path)
      switch target {
      case .stream: try stream { try Self.copy(file, size, to: $0) }
      case .file(let path, let permissions):
        if let permissions { try file.setPermissions(permissions) }
        try file.synchronize()
        try file.checkClosing()
        FaultPoint.outputSynced.pass()
        try place(file, at: path, replaces: replaces)
      }
      return size
    }
  }

  /// Runs `body`, whose failures to write this file or a temporary one of its become ``OutputError``.
  func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch StoreError.system(let operation, let file, let code) where isOurs(file) {
      throw OutputError(path: path, operation: operation, code: code)
    } catch let error as HDF5Error where isOurs(error.file) && error.reason == nil {
      throw OutputError(path: path, operation: "write", code: error.systemCode)
    }
  }

  private func isOurs(_ file: String) -> Bool {
    if file == path || file.hasPrefix(temporaryBase) { return true }
    if case .file(let place, _) = target { return file == place || file == Files.parent(of: place) }
    return false
  }

  private func place(_ file: borrowing FileDescriptor, at path: String, replaces: Bool) throws {
    if replaces {
      try Files.rename(file, to: path)
    } else if try !Files.place(file, at: path) {
      throw StoreError.exists(path: self.path)
    }
    try Files.synchronizeDirectory(Files.parent(of: path))
  }

  // MARK: Streams

  private func stream(_ body: (borrowing FileDescriptor) throws -> Void) throws {
    // A descriptor of a file that others write to as well is written to at its end.
    let file = try FileDescriptor(opening: path, O_WRONLY | O_APPEND | O_NOCTTY)
    try body(file)
    do {
      try file.synchronize()
    } catch StoreError.system(_, _, EINVAL), StoreError.system(_, _, ENOTSUP), StoreError.system(_, _, EROFS) {
      // It has no device to be on.
    }
    try file.close()
  }

  private static func copy(_ source: borrowing FileDescriptor, _ size: Int, to sink: borrowing FileDescriptor) throws {
    for start in stride(from: 0, to: size, by: 1 << 20) {
      try sink.write(try source.read(min(1 << 20, size - start), at: start))
    }
  }

  // MARK: What is there

  private static func target(of path: String) throws(OutputError) -> Target {
    var current = path
    for _ in 0..<40 {
      var status = stat()
      guard lstat(current, &status) == 0 else {
        guard errno == ENOENT else { throw OutputError(path: path, operation: "open", code: errno) }
        return .file(current, permissions: nil)
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: return .file(current, permissions: status.st_mode & 0o7777)
      case S_IFDIR: throw OutputError(path: path, operation: "open", code: EISDIR)
      case S_IFLNK where current.hasPrefix("/proc/") || current.hasPrefix("/dev/fd/"): return .stream
      case S_IFLNK:
        let next = try destination(of: current, for: path)
        current = next.hasPrefix("/") ? next : "\(Files.parent(of: current))/\(next)"
      default: return .stream
      }
    }
    throw OutputError(path: path, operation: "open", code: ELOOP)
  }

  private static func destination(of link: String, for path: String) throws(OutputError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(link, &buffer, buffer.count)
    guard length >= 0 else { throw OutputError(path: path, operation: "open", code: errno) }
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// A file that a user asked for could not be made or written.
public struct OutputError: Error, Hashable, CustomStringConvertible {
  /// As the user gave it.
  public var path: String
  var operation: String
  /// The errno; nil where a library kept it to itself.
  var code: Int32?

  public var description: String {
    if path.isEmpty { return "\"\": no path of a file" }
    return "\(printable(path)): cannot be written" + (code.map { ": \(systemMessage($0))" } ?? "")
  }

  /// Of sysexits.h: 73 where there can be no such file, 74 where writing it failed.
  public var exitStatus: Int32 {
    ["open", "link", "rename", "mkdir"].contains(operation) ? EX_CANTCREAT : EX_IOERR
  }
}
