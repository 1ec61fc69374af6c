import CHDF5

/// A data set open for reading, after every guard of ``HDF5Guard``.
struct Dataset: ~Copyable {
  let handle: Handle
  let name: String
  /// Empty for a single number.
  let extents: [Int]
  let element: Element

  enum Element: Hashable {
    case integer(bytes: Int, isSigned: Bool)
    case float(bytes: Int)
    /// Variable-length UTF-8.
    case text
    case other(String)
  }

  private init(handle: consuming Handle, name: String, extents: [Int], element: Element) {
    self.handle = handle
    self.name = name
    self.extents = extents
    self.element = element
  }

  static func open(_ name: String, in file: borrowing InputFile, mayBeAbsent: Bool = false) throws -> Dataset {
    try HDF5Guard.checkLinks(name, in: file.handle)
    let handle = try Handle(
      H5Dopen2(file.handle.id, name, ch5_default()), .dataset, "H5Dopen \(name)", file: file.handle.file)
    let list = try Handle(
      H5Dget_create_plist(handle.id), .propertyList, "H5Dget_create_plist \(name)", file: handle.file)
    let storage = try HDF5Guard.checkStorage(list, "data set \(name)")
    let (element, elementBytes) = try Self.readType(of: handle, name)
    let extents = try Self.readExtents(of: handle, name)
    let storedBytes = Int(clamping: H5Dget_storage_size(handle.id))
    if storedBytes > 0 || !mayBeAbsent {
      try HDF5Guard.checkExtents(
        list, "data set \(name)", storage, extents: extents, elementBytes: elementBytes, storedBytes: storedBytes,
        fileBytes: file.bytes)
    }
    try list.close()
    return Dataset(handle: handle, name: name, extents: extents, element: element)
  }

  consuming func close() throws { try handle.close() }

  /// Elements; Int.max where that many cannot be, which only what is absent may claim.
  var count: Int {
    extents.contains(0) ? 0 : extents.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? Int.max : $0 * $1 }
  }

  private static func readExtents(of handle: borrowing Handle, _ name: String) throws -> [Int] {
    let space = try Handle(H5Dget_space(handle.id), .dataspace, "H5Dget_space \(name)", file: handle.file)
    let kind = H5Sget_simple_extent_type(space.id)
    guard kind == H5S_SIMPLE || kind == H5S_SCALAR else {
      throw handle.refusal("data set \(name)", "has no elements")
    }
    let rank = try space.check(H5Sget_simple_extent_ndims(space.id), "H5Sget_simple_extent_ndims \(name)")
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try space.check(H5Sget_simple_extent_dims(space.id, &extents, nil), "H5Sget_simple_extent_dims \(name)")
    try space.close()
    return extents.map { Int(clamping: $0) }
  }

  private static func readType(of handle: borrowing Handle, _ name: String) throws -> (Element, bytes: Int) {
    let type = try Handle(H5Dget_type(handle.id), .datatype, "H5Dget_type \(name)", file: handle.file)
    let bytes = H5Tget_size(type.id)
    switch H5Tget_class(type.id) {
    case H5T_INTEGER where [1, 2, 4, 8].contains(bytes):
      return (.integer(bytes: bytes, isSigned: H5Tget_sign(type.id) == H5T_SGN_2), bytes)
    case H5T_FLOAT where [2, 4, 8, 16].contains(bytes): return (.float(bytes: bytes), bytes)
    case H5T_STRING:
      let isVariable = try type.check(H5Tis_variable_str(type.id), "H5Tis_variable_str \(name)") > 0
      return (isVariable ? .text : .other("fixed-length text"), bytes)
    case H5T_COMPOUND: return (.other("compound"), bytes)
    case H5T_ENUM: return (.other("enumeration"), bytes)
    case H5T_VLEN: return (.other("variable-length"), bytes)
    case H5T_REFERENCE: return (.other("reference"), bytes)
    case H5T_INTEGER: return (.other("integer of \(bytes) bytes"), bytes)
    case H5T_FLOAT: return (.other("floating point of \(bytes) bytes"), bytes)
    default: return (.other("unknown type"), bytes)
    }
  }
}

// MARK: - Numbers

extension Dataset {
  /// All elements in row-major order, converted by the library. Refuses text, and floating point as integers.
  func read<Number: HDF5Number>(_: Number.Type = Number.self) throws -> [Number] {
    try checkNumeric(Number.self)
    return try read(count: count, memory: ch5_all(), file: ch5_all())
  }

  /// One row of a matrix, or what lies along the further dimensions of an array.
  func readRow<Number: HDF5Number>(_ row: Int, _: Number.Type = Number.self) throws -> [Number] {
    try checkNumeric(Number.self)
    guard extents.count >= 2, (0..<extents[0]).contains(row) else {
      throw handle.refusal("data set \(name)", "has extents \(extents), row \(row) of a matrix was asked for")
    }
    let rest = extents.dropFirst()
    let file = try Handle(H5Dget_space(handle.id), .dataspace, "H5Dget_space \(name)", file: handle.file)
    let start = [hsize_t(row)] + rest.map { _ in 0 }
    let extent = [1] + rest.map { hsize_t($0) }
    try file.check(
      H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, extent, nil), "H5Sselect_hyperslab \(name)")
    let memory = try Handle(
      H5Screate_simple(CInt(extent.count), extent, nil), .dataspace, "H5Screate_simple", file: handle.file)
    let values: [Number] = try read(count: rest.reduce(1, *), memory: memory.id, file: file.id)
    try memory.close()
    try file.close()
    return values
  }

  private func read<Number: HDF5Number>(count: Int, memory: hid_t, file: hid_t) throws -> [Number] {
    // Where the library fails it leaves what it did not reach, so the memory is cleared first.
    var values = [Number](repeating: 0, count: count)
    try values.withUnsafeMutableBytes { buffer in
      _ = try handle.check(
        H5Dread(handle.id, Number.hdf5Type.native, memory, file, ch5_default(), buffer.baseAddress), "H5Dread \(name)")
    }
    if case .integer(bytes: 8, isSigned: false) = element, !Number.hdf5Type.isFloatingPoint, clips(values) {
      throw handle.refusal("data set \(name)", "holds integers over \(Int64.max)")
    }
    return values
  }

  /// Whether an unsigned number was too large: the library stores the largest number then.
  private func clips<Number: HDF5Number>(_ values: [Number]) -> Bool {
    (values as? [Int64])?.contains(.max) ?? false
  }

  private func checkNumeric<Number: HDF5Number>(_: Number.Type) throws {
    switch element {
    case .integer: return
    case .float where Number.hdf5Type.isFloatingPoint: return
    case .float: throw handle.refusal("data set \(name)", "holds floating-point numbers, integers are accepted")
    case .text: throw handle.refusal("data set \(name)", "holds text, numbers are accepted")
    case .other(let type):
      throw handle.refusal("data set \(name)", "holds elements of type \(type), numbers are accepted")
    }
  }
}

extension Dataset.Element: CustomStringConvertible {
  var description: String {
    switch self {
    case .integer(let bytes, let isSigned): "\(isSigned ? "" : "u")int\(8 * bytes)"
    case .float(let bytes): "float\(8 * bytes)"
    case .text: "text"
    case .other(let name): name
    }
  }
}
