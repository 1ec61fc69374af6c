import CHDF5
import Glibc

/// An HDF5 file open for reading, as untrusted input: see ``HDF5Guard``.
struct InputFile: ~Copyable {
  let handle: Handle
  /// Length of the file.
  let bytes: Int
  private let driver: FileDriver

  private init(handle: consuming Handle, bytes: Int, driver: FileDriver) {
    self.handle = handle
    self.bytes = bytes
    self.driver = driver
  }

  /// Opens a regular file. Throws ``HDF5Error``, and ``StoreError/system`` where the system refuses.
  static func open(_ path: String) throws -> InputFile {
    let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
    guard try file.isRegularFile() else {
      throw HDF5Error(file: path, operation: "opening", reason: "not a regular file")
    }
    return try open(file)
  }

  /// A file without known parts is read before the library sees it, up to this length.
  private static let maximumReadAhead = 64 << 20

  /// - Parameter known: Parts of the file that were read already: those that are not chunks. The library does not always
  ///   survive that its metadata cannot be read.
  static func open(_ file: consuming FileDescriptor, known: [FileDriver.KnownBytes] = []) throws -> InputFile {
    let (path, bytes) = (file.path, try file.size())
    var known = known
    if known.isEmpty, bytes <= maximumReadAhead { known = [.init(offset: 0, bytes: try file.read(bytes, at: 0))] }
    if let kind = try otherFormat(of: file) {
      throw HDF5Error(file: path, operation: "opening", reason: "it is \(kind); an HDF5 file is accepted")
    }
    let driver = try FileDriver(file, known: known)
    let access = try driver.accessProperties()
    let handle = try Handle(H5Fopen(path, ch5_read_only(), access.id), .file, "H5Fopen", file: path)
    try access.close()
    return InputFile(handle: handle, bytes: bytes, driver: driver)
  }

  /// What a file is that HDF5 would refuse in its own words; nil for what may be HDF5.
  ///
  /// Source: NetCDF Classic Format Specification, NUG appendix B: magic \x43 \x44 \x46 and a version.
  private static func otherFormat(of file: borrowing FileDescriptor) throws -> String? {
    let start = try file.read(4, at: 0)
    guard start.count == 4, start.starts(with: Array("CDF".utf8)), [1, 2, 5].contains(start[3]) else { return nil }
    return "a netCDF file of the classic format, which is no HDF5 (nccopy -k nc4 OLD NEW makes it one)"
  }

  consuming func close() throws {
    try handle.close()
    try driver.close()
  }

  func has(_ name: String) throws -> Bool {
    try handle.check(H5Lexists(handle.id, name, ch5_default()), "H5Lexists \(name)") > 0
  }

  func dataset(_ name: String) throws -> Dataset { try Dataset.open(name, in: self) }

  /// A data set whose elements will not be read where it has none: a dimension without coordinates is stored so.
  func dataset(_ name: String, mayBeAbsent: Bool) throws -> Dataset {
    try Dataset.open(name, in: self, mayBeAbsent: mayBeAbsent)
  }

  /// A global text attribute.
  func text(_ name: String) throws -> String { try TextAttribute.read(name, of: handle) }
}
