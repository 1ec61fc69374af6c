import CHDF5

/// Numbers in a user's HDF5 file. A value without state: each call opens the file, reads and closes.
///
/// Files are untrusted input: links to other places, data in other files, foreign filters and extents far over the
/// bytes stored are refused, and so are those that would end the process: see ``Rehearsal``.
public struct HDF5File: Sendable {
  public let path: String

  /// Throws ``HDF5Error`` where `path` is not an HDF5 file, ``StoreError/system`` where it cannot be opened.
  public static func open(path: String) throws -> HDF5File {
    try HDF5.runUntrusted(path) { try InputFile.open(path).close() }
    return HDF5File(path: path)
  }

  /// All elements of a data set in row-major order, converted to `Number`, with its shape (empty for one number).
  ///
  /// `Number` is Float, Double or Int64. Throws ``HDF5Error`` where the data set is missing, not numeric, floating
  /// point when integers are asked for, or larger than `limit` bytes in memory.
  public func readNumbers<Number: HDF5Number>(
    name: String, as _: Number.Type = Number.self, limit: Int = 8 << 30
  ) throws -> (shape: [Int], values: [Number]) {
    try HDF5.runUntrusted(path) {
      let file = try InputFile.open(path)
      let dataset = try named(name, in: file)
      let bytes = dataset.count * MemoryLayout<Number>.stride
      guard bytes <= limit else {
        throw dataset.handle.refusal("data set \(name)", "takes \(bytes) bytes in memory, \(limit) are accepted")
      }
      let values: [Number] = try dataset.read()
      let shape = dataset.extents
      try dataset.close()
      try file.close()
      return (shape, values)
    }
  }

  /// How a data set's numbers stand for others, by the attributes of the CF conventions and of netCDF.
  ///
  /// - Throws: ``HDF5Error``, also where such an attribute is not what the conventions say.
  public func packing(of name: String) throws -> Packing {
    try HDF5.runUntrusted(path) {
      let file = try InputFile.open(path)
      let dataset = try named(name, in: file)
      let isNetCDF = try file.handle.check(H5Aexists(file.handle.id, "_NCProperties"), "H5Aexists _NCProperties") > 0
      let packing = try Packing(of: dataset, "data set \(name)", isNetCDF: isNetCDF)
      try dataset.close()
      try file.close()
      return packing
    }
  }

  /// The data sets in the file and its groups, in the order of their names.
  public func datasets() throws -> [DatasetDescription] {
    try HDF5.runUntrusted(path) {
      let file = try InputFile.open(path)
      let names = try file.datasetNames()
      let descriptions = names.map { name in
        do {
          let dataset = try file.dataset(name)
          return DatasetDescription(name: name, shape: dataset.extents, type: dataset.element.description)
        } catch {
          return DatasetDescription(name: name, shape: [], type: "not readable: \(error)")
        }
      }
      try file.close()
      return descriptions
    }
  }

  /// What is known of a data set without reading it.
  public struct DatasetDescription: Hashable, Sendable {
    public var name: String
    public var shape: [Int]
    /// Such as `float32`, or why the data set is refused.
    public var type: String
  }

  /// Opens a data set; where there is none of that name, says which there are.
  private func named(_ name: String, in file: borrowing InputFile) throws -> Dataset {
    do {
      return try file.dataset(name)
    } catch let error as HDF5Error where error.reason == HDF5Guard.missing {
      let names = try file.datasetNames().prefix(20).joined(separator: ", ")
      throw HDF5Error(
        file: path, operation: error.operation, reason: "\(HDF5Guard.missing); the file has: \(names)")
    }
  }
}
