import Glibc

/// Owner of a POSIX file descriptor. Every status is checked.
struct FileDescriptor: ~Copyable {
  private var raw: CInt
  let path: String

  /// Opens `path` with O_CLOEXEC, so that no child process keeps a lock alive.
  init(opening path: String, _ flags: CInt, mode: mode_t = 0o644) throws {
    raw = retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
    self.path = path
    guard raw >= 0 else { throw StoreError.system(operation: "open", path: path, code: errno) }
  }

  /// Closes and reports what closing says: some file systems report a failed write only here.
  consuming func close() throws {
    let status = Glibc.close(raw)
    raw = -1
    guard status == 0 || errno == EINTR else {
      throw StoreError.system(operation: "close", path: path, code: errno)
    }
  }

  deinit { if raw >= 0 { _ = Glibc.close(raw) } }

  func size() throws -> Int { Int(try status().st_size) }

  func isRegularFile() throws -> Bool { try status().st_mode & S_IFMT == S_IFREG }

  /// Whether the file is in a directory still.
  func hasName() throws -> Bool { try status().st_nlink > 0 }

  private func status() throws -> stat {
    var status = stat()
    guard fstat(raw, &status) == 0 else { throw failure("fstat") }
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

  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    var code: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let start = buffer.baseAddress! + initialized
        let taken = retrying { pread(raw, start, count - initialized, off_t(offset + initialized)) }
        if taken < 0 { code = errno }
        guard taken > 0 else { return }
        initialized += taken
      }
    }
    guard code == 0 else { throw StoreError.system(operation: "read", path: path, code: code) }
    return bytes
  }

  func truncate(to size: Int) throws {
    guard retrying({ ftruncate(raw, off_t(size)) }) == 0 else { throw failure("ftruncate") }
  }

  /// Waits until the file's content is on the device.
  func synchronize() throws {
    guard retrying({ fsync(raw) }) == 0 else { throw failure("fsync") }
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
