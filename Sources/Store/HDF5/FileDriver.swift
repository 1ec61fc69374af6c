import CHDF5
import Glibc

/// A file as the HDF5 library sees it: every byte it reads or writes passes through here, and it opens nothing itself.
///
/// The library's own driver reports an error of the system as one of many failures, so that a disk that does not answer
/// looks like a damaged file; and after a failed write it ends the process in its exit handler. Here an error is kept
/// with its errno, and ``HDF5/run(_:)`` throws it in place of whatever the library made of it.
///
/// On the library's queue only.
final class FileDriver {
  let path: String
  /// Parts of the file that were read before, as they were found to be right.
  private let known: [KnownBytes]
  private var descriptor: FileDescriptor?
  /// Length of what is there, counting what could not be written.
  private var end: Int
  /// Writes after the first that failed, the latest last. The library is told that all went well and gets its own bytes
  /// back, because it does not survive to be told otherwise; ``HDF5/run(_:)`` says what happened.
  private var unwritten: [(offset: Int, bytes: [UInt8])] = []
  private var hasFailed = false

  /// Bytes of a file from `offset` on.
  struct KnownBytes {
    var offset: Int
    var bytes: [UInt8]

    var range: Range<Int> { offset..<(offset + bytes.count) }
  }

  /// - Parameter known: Parts of the file that need not be read again, ascending.
  init(_ descriptor: consuming FileDescriptor, known: [KnownBytes] = []) throws {
    path = descriptor.path
    end = try descriptor.size()
    self.known = known
    self.descriptor = consume descriptor
  }

  /// Closes the file, and reports what closing says. The library has closed its part before.
  func close() throws {
    if let descriptor = descriptor.take() { try descriptor.close() }
  }

  /// A list of properties that lets the library open this file.
  func accessProperties() throws -> Handle {
    let list = try Handle(H5Pcreate(ch5_file_access_class()), .propertyList, "H5Pcreate", file: path)
    var reference = Unmanaged.passUnretained(self).toOpaque()
    try list.check(H5Pset_driver(list.id, try Self.registered(), &reference), "H5Pset_driver")
    return list
  }

  // MARK: - Calls of the library

  private func read(_ count: Int, at offset: Int, into memory: UnsafeMutableRawPointer) -> Bool {
    let target = UnsafeMutableRawBufferPointer(start: memory, count: count)
    if let part = part(holding: offset..<(offset + count)) {
      part.bytes.withUnsafeBytes { bytes in
        let start = offset - part.offset
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
      }
      return true
    }
    do {
      guard descriptor != nil else { throw StoreError.system(operation: "read", path: path, code: EBADF) }
      // What lies behind the end reads as zeros, as the library's own driver has it.
      let taken = try descriptor!.read(into: target, at: offset)
      UnsafeMutableRawBufferPointer(rebasing: target[taken...]).initializeMemory(as: UInt8.self, repeating: 0)
    } catch {
      DriverFailure.note(error)
      return false
    }
    for (start, bytes) in unwritten {
      let overlap = (start..<(start + bytes.count)).clamped(to: offset..<(offset + count))
      guard !overlap.isEmpty else { continue }
      bytes.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: target[(overlap.lowerBound - offset)..<(overlap.upperBound - offset)])
          .copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[(overlap.lowerBound - start)..<(overlap.upperBound - start)]))
      }
    }
    return true
  }

  private func part(holding range: Range<Int>) -> KnownBytes? {
    var (low, high) = (0, known.count)
    while low < high {
      let middle = (low + high) / 2
      if known[middle].offset <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    guard low > 0, known[low - 1].range.upperBound >= range.upperBound else { return nil }
    return known[low - 1]
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    end = max(end, offset + bytes.count)
    if !hasFailed {
      do {
        guard descriptor != nil else { throw StoreError.system(operation: "write", path: path, code: EBADF) }
        return try descriptor!.write(bytes, at: offset)
      } catch {
        fail(error)
      }
    }
    unwritten.append((offset, Array(bytes)))
  }

  /// Makes the file as long as the library believes it to be.
  private func setLength(_ length: Int) {
    guard length != end else { return }
    end = length
    guard !hasFailed else { return }
    do {
      guard descriptor != nil else { throw StoreError.system(operation: "ftruncate", path: path, code: EBADF) }
      try descriptor!.truncate(to: length)
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: any Error) {
    hasFailed = true
    DriverFailure.note(error)
  }
}

// MARK: - Registration

extension FileDriver {
  private static let library = Result { try register() }

  private static func registered() throws -> hid_t { try library.get() }

  private static func register() throws -> hid_t {
    var driver = H5FD_class_t()
    // Kept by the library for ever.
    driver.name = UnsafePointer(strdup("ravine"))
    driver.maxaddr = haddr_t(Int64.max)
    driver.fc_degree = H5F_CLOSE_WEAK
    driver.fapl_size = MemoryLayout<UnsafeMutableRawPointer>.size
    driver.open = { _, _, list, _ in
      guard let reference = H5Pget_driver_info(list)?.load(as: UnsafeMutableRawPointer.self) else { return nil }
      let file = UnsafeMutablePointer<ch5_driver_file>.allocate(capacity: 1)
      file.initialize(to: ch5_driver_file())
      file.pointee.owner = Unmanaged<FileDriver>.fromOpaque(reference).retain().toOpaque()
      return UnsafeMutableRawPointer(file).assumingMemoryBound(to: H5FD_t.self)
    }
    driver.close = { file in
      guard let file else { return -1 }
      file.withOwner { Unmanaged.passUnretained($0).release() }
      UnsafeMutableRawPointer(file).assumingMemoryBound(to: ch5_driver_file.self).deallocate()
      return 0
    }
    driver.query = { _, flags in
      // As for the library's own driver of local files.
      flags?.pointee = UInt(
        H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
          | H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE)
      return 0
    }
    driver.get_eoa = { file, _ in UnsafeMutablePointer(mutating: file!).driverFile.pointee.end_of_addresses }
    driver.set_eoa = { file, _, address in
      file!.driverFile.pointee.end_of_addresses = address
      return 0
    }
    driver.get_eof = { file, _ in UnsafeMutablePointer(mutating: file!).withOwner { haddr_t($0.end) } }
    driver.read = { file, _, _, address, size, memory in
      guard let file, let memory, let offset = Int(exactly: address) else { return -1 }
      return file.withOwner { $0.read(size, at: offset, into: memory) } ? 0 : -1
    }
    driver.write = { file, _, _, address, size, memory in
      guard let file, let memory, let offset = Int(exactly: address) else { return -1 }
      file.withOwner { $0.write(UnsafeRawBufferPointer(start: memory, count: size), at: offset) }
      return 0
    }
    driver.truncate = { file, _, _ in
      guard let file else { return -1 }
      file.withOwner { $0.setLength(Int(clamping: file.driverFile.pointee.end_of_addresses)) }
      return 0
    }
    // Metadata and raw data each have room of their own.
    driver.fl_map = (
      H5FD_MEM_SUPER, H5FD_MEM_SUPER, H5FD_MEM_SUPER, H5FD_MEM_DRAW, H5FD_MEM_DRAW, H5FD_MEM_SUPER, H5FD_MEM_SUPER
    )
    return try checkStatus(H5FDregister(&driver), "H5FDregister", file: "")
  }
}

extension UnsafeMutablePointer<H5FD_t> {
  fileprivate var driverFile: UnsafeMutablePointer<ch5_driver_file> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: ch5_driver_file.self)
  }

  fileprivate func withOwner<Value>(_ body: (FileDriver) -> Value) -> Value {
    body(Unmanaged<FileDriver>.fromOpaque(driverFile.pointee.owner).takeUnretainedValue())
  }
}

/// The first error of the system since the library's queue was entered, until somebody throws it.
///
/// The library hands on no more than that something failed, and sometimes not even that.
enum DriverFailure {
  /// On the library's queue only.
  nonisolated(unsafe) private static var first: (any Error)?

  static func note(_ error: any Error) { if first == nil { first = error } }

  /// The error, which is then forgotten.
  static func take() -> (any Error)? {
    defer { first = nil }
    return first
  }
}
