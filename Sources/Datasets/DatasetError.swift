/// Why a data set could not be read, generated or split.
///
/// The description names the file, the place in it, what was found and what would be accepted.
public struct DatasetError: Error, Hashable, Sendable {
  public var code: Code
  /// The file as it was named in the source; nil for generated data and for splits.
  public var path: String?
  public var place: Place?
  public var message: String

  public enum Code: String, Hashable, Sendable {
    /// The file cannot be opened or read.
    case unreadable
    /// A damaged gzip stream, or one that does not end where it should.
    case corruptCompression
    /// Not an IDX header, or one that promises more than the file can hold.
    case badHeader
    /// The file ends before its content does.
    case truncated
    /// The content ends before the file does.
    case trailingBytes
    /// Images where labels belong, or the reverse, or targets that are no classes.
    case mislabelled
    /// Counts or shapes that belong together differ.
    case mismatch
    /// A value that is not a finite number, or out of range.
    case badValue
    /// Text that is not CSV.
    case malformed
    /// The target column does not exist, or is not unique.
    case badTarget
    /// Too little or too much data.
    case badSize
    /// A setting of a generated source out of range.
    case badSetting
    /// Shares that cannot be cut from these samples.
    case badSplit
  }

  public enum Place: Hashable, Sendable {
    /// Offset from 0 in the file.
    case byte(Int)
    /// Offset from 0 in what a gzip file decompresses to.
    case decompressedByte(Int)
    /// Line and byte column, both from 1.
    case text(line: Int, column: Int)
  }

  init(_ code: Code, path: String? = nil, at place: Place? = nil, _ message: String) {
    self.code = code
    self.path = path
    self.place = place
    self.message = message
  }
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    let prefix =
      switch place {
      case .byte(let offset): "\(path ?? ""): byte \(offset): "
      case .decompressedByte(let offset): "\(path ?? ""): byte \(offset) of the decompressed data: "
      case .text(let line, let column): "\(path ?? ""):\(line):\(column): "
      case nil: path.map { "\($0): " } ?? ""
      }
    return prefix + message
  }
}
