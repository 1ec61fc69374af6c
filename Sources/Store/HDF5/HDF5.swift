import CHDF5
import Dispatch
import Glibc

/// The C library, behind one serial queue.
///
/// HDF5 1.10 has one global state, and its dimension scales (H5DS) are not safe to use from two threads even in a
/// thread-safe build. So every call in this module is made inside ``run(_:)``; a ``Handle`` made elsewhere traps.
enum HDF5 {
  private static let queue = DispatchQueue(label: "ravine.hdf5")
  private static let mark = DispatchSpecificKey<Bool>()

  /// Runs `body` on the library's queue and waits for it. May be called from within itself.
  ///
  /// Where the system refused something meanwhile, throws that, whatever became of it: neither the library nor its callers
  /// can tell it from a file that is damaged, or lacks something.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    if DispatchQueue.getSpecific(key: mark) == true { return try body() }
    _ = prepared
    return try queue.sync {
      _ = DriverFailure.take()
      let result: Result
      do {
        try prepareThread()
        result = try body()
      } catch {
        throw DriverFailure.take() ?? error
      }
      if let failure = DriverFailure.take() { throw failure }
      return result
    }
  }

  /// Traps where the caller is not on the library's queue.
  static func requireQueue() {
    dispatchPrecondition(condition: .onQueue(queue))
  }

  private static let prepared: Void = {
    queue.setSpecific(key: mark, value: true)
    // The library's exit handler closes what is open still, and does not survive what could not be written.
    _ = H5dont_atexit()
  }()

  /// The library keeps an error stack a thread, and each prints until it is told not to.
  private static func prepareThread() throws {
    try checkStatus(H5Eset_auto2(ch5_error_stack(), nil, nil), "H5Eset_auto2", file: "")
    // No plug-in is ever loaded: a file could name one as a filter.
    try checkStatus(H5PLset_loading_state(0), "H5PLset_loading_state", file: "")
  }

  /// `major.minor.release` of the library in use.
  static func version() throws -> String {
    try run {
      var (major, minor, release) = (0 as UInt32, 0 as UInt32, 0 as UInt32)
      try checkStatus(H5get_libversion(&major, &minor, &release), "H5get_libversion", file: "")
      return "\(major).\(minor).\(release)"
    }
  }

  /// Ids the library still has open, of every kind. Zero whenever nothing of ours runs.
  static func openObjects() throws -> Int {
    try run {
      try checkStatus(H5Fget_obj_count(hid_t(ch5_object_types()), ch5_object_types()), "H5Fget_obj_count", file: "")
    }
  }
}

/// Version of the HDF5 library in use, for a sweep's provenance. Throws ``HDF5Error``.
public func hdf5Version() throws -> String { try HDF5.version() }

/// The status of a C call, or ``HDF5Error`` with the library's error stack where it is negative; ``StoreError/system`` where
/// the system refused the library its bytes, or memory.
@discardableResult
func checkStatus<Status: SignedInteger>(_ status: Status, _ operation: @autoclosure () -> String, file: String) throws
  -> Status
{
  if status < 0 {
    let error = HDF5Error(file: file, operation: operation())
    if let failure = DriverFailure.take() { throw failure }
    if error.isOutOfMemory { throw StoreError.system(operation: error.operation, path: file, code: ENOMEM) }
    throw error
  }
  return status
}
