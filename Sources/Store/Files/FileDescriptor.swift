import Glibc

/// Owner of a POSIX file descriptor. Every status is checked.
struct FileDescriptor: ~Copyable {
  private var raw: CInt
  private(set) var path: String

  /// Opens `path` with O_CLOEXEC, so that no child process keeps a lock alive. Who may read a new file the user's umask
  /// says, and nothing else: groups share folders by it.
  init(opening path: String, _ flags: CInt, mode: mode_t = 0o666) throws {
    raw = retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
    self.path = path
    guard raw >= 0 else {
      let code = errno
      if code == ENOENT, flags & O_CREAT == 0, try Files.isLink(path) { throw Files.danglingLink(path) }
      throw StoreError.system(operation: "open", path: path, code: code)
    }
  }

  /// Opens an existing file whose lock will be asked for. NFS gives an exclusive lock only to who may write, so this asks to
  /// write, and is content with reading where that is refused: elsewhere it is enough.
  init(lockable path: String, _ flags: CInt = 0) throws {
    do {
      try self.init(opening: path, O_RDWR | O_NONBLOCK | flags)
    } catch StoreError.system(_, _, let code) where [EACCES, EPERM, EROFS, EISDIR].contains(code) {
      try self.init(opening: path, O_RDONLY | O_NONBLOCK | flags)
    }
  }

  /// Reports what closing says, which on some file systems is the first word of a failed write, and stays open, so that the
  /// lock is kept.
  func checkClosing() throws {
    let copy = fcntl(raw, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw failure("dup") }
    guard Glibc.close(copy) == 0 || errno == EINTR else { throw failure("close") }
  }

  /// Gives the file another name, which is nobody's.
  mutating func rename(to new: String) throws {
    try Files.rename(self, to: new)
    path = new
  }

  /// Closes and reports what closing says: some file systems report a failed write only here.
  consuming func close() throws {
    let status = Glibc.close(raw)
    raw = -1
    // After EINTR the descriptor is closed all the same.
    guard status == 0 || errno == EINTR else {
      throw StoreError.system(operation: "close", path: path, code: errno)
    }
  }

  deinit { if raw >= 0 { _ = Glibc.close(raw) } }

  func size() throws -> Int { Int(try status().st_size) }

  func isRegularFile() throws -> Bool { try status().st_mode & S_IFMT == S_IFREG }

  /// Whether the file is in a directory still. Some file systems without links count none.
  func hasName() throws -> Bool { try status().st_nlink > 0 || isFile(at: path) }

  /// Whether `path` is a name of this file.
  func isFile(at path: String) throws -> Bool {
    let mine = try status()
    var other = stat()
    return lstat(path, &other) == 0 && (other.st_dev, other.st_ino) == (mine.st_dev, mine.st_ino)
  }

  private func status() throws -> stat {
    var status = stat()
    guard retrying({ fstat(raw, &status) }) == 0 else { throw failure("fstat") }
    return status
  }

  /// Writes all of the bytes: one `write` where the system takes them in one.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let written = retrying { Glibc.write(raw, start, rest.count) }
      guard written > 0 else { throw failure("write") }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Writes all of the bytes at `offset`.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while let start = bytes.baseAddress, done < bytes.count {
      let written = retrying { pwrite(raw, start + done, bytes.count - done, off_t(offset + done)) }
      guard written > 0 else { throw failure("write") }
      done += written
    }
  }

  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }

  /// Fills `memory` from `offset` on; the number of bytes, fewer at the end of the file.
  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    var done = 0
    while let start = memory.baseAddress, done < memory.count {
      let taken = retrying { pread(raw, start + done, memory.count - done, off_t(offset + done)) }
      if taken < 0 { throw failure("read") }
      if taken == 0 { break }
      done += taken
    }
    return done
  }

  /// The first bytes, mapped into memory and shared: what is stored there is in the file, whatever ends the process.
  func map(_ length: Int) throws -> UnsafeMutableRawPointer {
    let start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, raw, 0)
    guard let start, start != MAP_FAILED else { throw failure("mmap") }
    return start
  }

  func truncate(to size: Int) throws {
    guard retrying({ ftruncate(raw, off_t(size)) }) == 0 else { throw failure("ftruncate") }
  }

  /// Waits until the file's content is on the device.
  func synchronize() throws {
    guard retrying({ fsync(raw) }) == 0 else { throw failure("fsync") }
  }

  func setPermissions(_ permissions: mode_t) throws {
    guard fchmod(raw, permissions) == 0 else { throw failure("fchmod") }
  }

  /// Takes an advisory lock; false where another process holds it.
  ///
  /// - Parameter isPatient: Waits for a second before it gives up: a lock outlives its process for a moment where that has
  ///   just made a child, which has a copy of the descriptor until it runs another program.
  func tryLock(shared: Bool = false, isPatient: Bool = false) throws -> Bool {
    for attempt in 0... {
      if retrying({ flock(raw, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) }) == 0 { return true }
      guard errno == EWOULDBLOCK else { throw failure("flock") }
      guard isPatient, attempt < 50 else { return false }
      usleep(20_000)
    }
    return false
  }

  private func failure(_ operation: String) -> StoreError {
    .system(operation: operation, path: path, code: errno)
  }
}

/// Whether an errno says that the file system has no such operation, rather than that it went wrong.
func isUnsupported(_ code: Int32) -> Bool { [ENOSYS, EOPNOTSUPP, ENOLCK, EINVAL].contains(code) }

/// Repeats a system call that a signal interrupted.
func retrying<Status: SignedInteger>(_ call: () -> Status) -> Status {
  while true {
    let status = call()
    if status != -1 || errno != EINTR { return status }
  }
}

/// The system's text for an errno.
func systemMessage(_ code: Int32) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    guard strerror_r(code, buffer.baseAddress!, buffer.count) == 0 else { return "error" }
    return String(cString: buffer.baseAddress!)
  }
}
