import CHDF5

/// What a variable of a shard says of itself, whatever it is: enough to copy it without knowing its meaning.
struct StoredVariable: Hashable, Sendable {
  var name: String
  var type: ElementType
  var extents: [Int]
  /// Names of the dimensions it runs along; none for a dimension's own coordinates.
  var dimensions: [String]
  var attributes: [StoredAttribute]
  var isScale: Bool
  /// A dimension without coordinates.
  var isAbsent: Bool
  var isCompressed: Bool

  enum ElementType: Hashable, Sendable {
    case number(HDF5NumberType)
    case text

    /// Bytes of one element in memory.
    var stride: Int {
      switch self {
      case .number(let type): type.stride
      case .text: MemoryLayout<String>.stride
      }
    }
  }

  init(_ name: String, in file: borrowing InputFile) throws {
    let dataset = try file.dataset(name, mayBeAbsent: true)
    self.name = name
    switch dataset.element {
    case .integer(let bytes, isSigned: true):
      type = .number(HDF5NumberType(kind: H5T_INTEGER, bytes: bytes) ?? .int64)
    case .float(bytes: 4): type = .number(.float32)
    case .float(bytes: 8): type = .number(.float64)
    case .text: type = .text
    default: throw dataset.handle.refusal("data set \(name)", "has elements of type \(dataset.element)")
    }
    extents = dataset.extents
    isScale = try dataset.isScale()
    dimensions = isScale ? [] : try dataset.dimensionNames()
    attributes = try StoredAttribute.all(of: dataset.handle, "data set \(name)")
    isAbsent = isScale && H5Dget_storage_size(dataset.handle.id) == 0 && dataset.count > 0
    isCompressed = try dataset.isCompressed()
    guard isScale || dimensions.count == extents.count else {
      throw dataset.handle.refusal("data set \(name)", "has \(dimensions.count) dimensions of \(extents.count)")
    }
    try dataset.close()
  }

  func text(_ attribute: String) -> String? {
    for case let entry in attributes where entry.name == attribute {
      if case .text(let text) = entry.value { return text }
    }
    return nil
  }

  /// Whether the coordinates of this dimension are runs: it has a row for each run that left something.
  var isRunIndex: Bool { isScale && !isAbsent && name.hasSuffix("_run") && type == .number(.int32) }
}

extension Dataset {
  /// Whether chunks are deflated. Data in an object's header never are, and say nothing.
  fileprivate func isCompressed() throws -> Bool {
    let list = try Handle(
      H5Dget_create_plist(handle.id), .propertyList, "H5Dget_create_plist \(name)", file: handle.file)
    guard H5Pget_layout(list.id) == H5D_CHUNKED else { return true }
    let count = try list.check(H5Pget_nfilters(list.id), "H5Pget_nfilters")
    return (0..<UInt32(count)).contains { index in
      var flags: UInt32 = 0
      var values = 0
      return H5Pget_filter2(list.id, index, &flags, &values, nil, 0, nil, nil) == H5Z_FILTER_DEFLATE
    }
  }
}
