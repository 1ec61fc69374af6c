import CHDF5

/// Owner of one HDF5 id.
///
/// `close()` reports what closing says; a handle that goes out of scope, because something threw, closes without a word.
struct Handle: ~Copyable {
  private(set) var id: hid_t
  private let kind: Kind
  /// The file the id belongs to, for messages.
  let file: String

  enum Kind {
    case file
    case group
    case dataset
    case dataspace
    case datatype
    case propertyList
    case attribute

    fileprivate func close(_ id: hid_t) -> herr_t {
      switch self {
      case .file: H5Fclose(id)
      case .group: H5Gclose(id)
      case .dataset: H5Dclose(id)
      case .dataspace: H5Sclose(id)
      case .datatype: H5Tclose(id)
      case .propertyList: H5Pclose(id)
      case .attribute: H5Aclose(id)
      }
    }
  }

  /// Takes what a C call returned; throws ``HDF5Error`` where it failed.
  init(_ id: hid_t, _ kind: Kind, _ operation: @autoclosure () -> String, file: String) throws {
    HDF5.requireQueue()
    self.id = id
    self.kind = kind
    self.file = file
    try checkStatus(id, operation(), file: file)
  }

  consuming func close() throws {
    let status = kind.close(id)
    id = -1
    try checkStatus(status, "closing a \(kind)", file: file)
  }

  deinit {
    if id >= 0 { _ = kind.close(id) }
  }

  /// Checks the status of a call on this handle.
  @discardableResult
  func check<Status: SignedInteger>(_ status: Status, _ operation: @autoclosure () -> String) throws -> Status {
    try checkStatus(status, operation(), file: file)
  }

  /// A refusal of what the file holds.
  func refusal(_ what: String, _ reason: String) -> HDF5Error {
    HDF5Error(file: file, operation: what, reason: reason)
  }
}
