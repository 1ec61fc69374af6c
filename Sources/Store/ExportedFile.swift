/// HDF5 files for other programs.
public enum ExportedFile {
  /// A data set of a file: `path` is its name with its groups.
  public struct Array {
    public var path: String
    public var shape: [Int]
    public var values: Values

    public enum Values {
      case floats([Float])
      case doubles([Double])
      case integers([Int32])
    }

    public init(path: String, shape: [Int], values: Values) {
      self.path = path
      self.shape = shape
      self.values = values
    }
  }

  /// Writes an HDF5 file of plain data sets in groups, with text attributes of the file.
  ///
  /// Throws ``OutputError`` and ``HDF5Error``.
  public static func write(_ arrays: [Array], attributes: [String: String] = [:], to path: String) throws {
    try OutputFile.write(try image(arrays, attributes), to: path)
  }

  private static func image(_ arrays: [Array], _ attributes: [String: String]) throws -> [UInt8] {
    try HDF5.run {
      // The library opens what has the image's name, and a FIFO's reader would see that: nothing has this one.
      let image = try OutputImage.create(named: UniqueName.next())
      for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { try image.setText(value, name) }
      var groups: Set<String> = []
      for array in arrays {
        var end = array.path.startIndex
        while let slash = array.path[end...].firstIndex(of: "/") {
          if groups.insert(String(array.path[..<slash])).inserted {
            try image.makeGroup(String(array.path[..<slash]))
          }
          end = array.path.index(after: slash)
        }
        switch array.values {
        case .floats(let values): try write(values, array, in: image)
        case .doubles(let values): try write(values, array, in: image)
        case .integers(let values): try write(values, array, in: image)
        }
      }
      return try image.bytes()
    }
  }

  private static func write<Number: HDF5Number>(
    _ values: [Number], _ array: Array, in image: borrowing OutputImage
  ) throws {
    precondition(values.count == array.shape.reduce(1, *), "as many values as the shape says")
    let dataset = try OutputDataset.create(
      array.path, in: image, type: Number.hdf5Type.native, extents: array.shape, storage: .contiguous)
    try dataset.write(values)
    try dataset.close()
  }
}
