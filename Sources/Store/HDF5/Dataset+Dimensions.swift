import CHDF5

extension Dataset {
  /// Names of the dimension scales this data set runs along, outermost first; empty where it has none.
  ///
  /// Read from the references themselves: the library's own iteration trusts what it finds there.
  func dimensionNames() throws -> [String] {
    let list = "DIMENSION_LIST"
    guard try handle.check(H5Aexists(handle.id, list), "H5Aexists \(name)") > 0 else { return [] }
    let attribute = try Handle(
      H5Aopen(handle.id, list, ch5_default()), .attribute, "H5Aopen \(list)", file: handle.file)
    let type = try Handle(H5Aget_type(attribute.id), .datatype, "H5Aget_type \(list)", file: handle.file)
    let space = try Handle(H5Aget_space(attribute.id), .dataspace, "H5Aget_space \(list)", file: handle.file)
    guard H5Tget_class(type.id) == H5T_VLEN, try isReferences(type),
      H5Sget_simple_extent_npoints(space.id) == hssize_t(extents.count)
    else { throw handle.refusal("data set \(name)", "has a list of dimensions that is none") }
    var entries = [hvl_t](repeating: hvl_t(), count: extents.count)
    try attribute.check(H5Aread(attribute.id, type.id, &entries), "H5Aread \(list)")
    defer { _ = H5Dvlen_reclaim(type.id, space.id, ch5_default(), &entries) }
    return try entries.map { entry in
      guard entry.len == 1, let reference = entry.p else {
        throw handle.refusal("data set \(name)", "has \(entry.len) scales along one dimension")
      }
      return try nameOfObject(reference)
    }
  }

  private func isReferences(_ list: borrowing Handle) throws -> Bool {
    let base = try Handle(H5Tget_super(list.id), .datatype, "H5Tget_super", file: handle.file)
    return H5Tget_class(base.id) == H5T_REFERENCE && H5Tget_size(base.id) == MemoryLayout<hobj_ref_t>.size
  }

  /// Name, in the root group, of the data set that an object reference leads to.
  private func nameOfObject(_ reference: UnsafeMutableRawPointer) throws -> String {
    let scale = try Handle(
      H5Rdereference2(handle.id, ch5_default(), H5R_OBJECT, reference), .dataset, "H5Rdereference \(name)",
      file: handle.file)
    guard H5Iget_type(scale.id) == H5I_DATASET else {
      throw handle.refusal("data set \(name)", "has a dimension that is no data set")
    }
    var buffer = [CChar](repeating: 0, count: HDF5Guard.maximumNameBytes + 1)
    let length = try scale.check(H5Iget_name(scale.id, &buffer, buffer.count), "H5Iget_name")
    guard length > 1, length < buffer.count,
      let path = buffer.withUnsafeBufferPointer({ String(validatingCString: $0.baseAddress!) })
    else { throw handle.refusal("data set \(name)", "has a dimension without a name") }
    return String(path.drop { $0 == "/" })
  }

  /// Whether this data set is a dimension scale.
  func isScale() throws -> Bool {
    try handle.check(H5Aexists(handle.id, "CLASS"), "H5Aexists \(name)") > 0
      && (try? TextAttributeBytes.read("CLASS", of: handle)) == "DIMENSION_SCALE"
  }
}

/// Short text of fixed length, as the library itself writes it.
private enum TextAttributeBytes {
  static func read(_ name: String, of object: borrowing Handle) throws -> String {
    let attribute = try Handle(
      H5Aopen(object.id, name, ch5_default()), .attribute, "H5Aopen \(name)", file: object.file)
    let type = try Handle(H5Aget_type(attribute.id), .datatype, "H5Aget_type \(name)", file: object.file)
    let space = try Handle(H5Aget_space(attribute.id), .dataspace, "H5Aget_space \(name)", file: object.file)
    let bytes = H5Tget_size(type.id)
    guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0, (1...256).contains(bytes),
      H5Sget_simple_extent_npoints(space.id) == 1
    else { throw object.refusal("attribute \(name)", "is not one short text") }
    var buffer = [UInt8](repeating: 0, count: bytes)
    try attribute.check(H5Aread(attribute.id, type.id, &buffer), "H5Aread \(name)")
    return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
  }
}

// MARK: - Rows

extension Dataset {
  /// Reads rows, along the first dimension, into memory of `rows.count` rows of `type`.
  func readRows(_ rows: Range<Int>, as type: HDF5NumberType, into memory: UnsafeMutableRawPointer) throws {
    guard !rows.isEmpty else { return }
    let selection = try select(rows)
    try handle.check(
      H5Dread(handle.id, type.native, selection.memory.id, selection.file.id, ch5_default(), memory), "H5Dread \(name)")
    try selection.close()
  }

  /// Some of the rows, along the first dimension.
  func select(_ rows: Range<Int>) throws -> RowSelection {
    guard !extents.isEmpty, rows.lowerBound >= 0, rows.upperBound <= extents[0] else {
      throw handle.refusal("data set \(name)", "has extents \(extents), rows \(rows) were asked for")
    }
    return try RowSelection(of: handle, extents: extents, rows: rows, name)
  }
}

/// Rows of a data set as the library selects them: in the file, and as many in memory.
struct RowSelection: ~Copyable {
  let file: Handle
  let memory: Handle

  init(of dataset: borrowing Handle, extents: [Int], rows: Range<Int>, _ name: String) throws {
    let space = try Handle(H5Dget_space(dataset.id), .dataspace, "H5Dget_space \(name)", file: dataset.file)
    let start = [hsize_t(rows.lowerBound)] + [hsize_t](repeating: 0, count: extents.count - 1)
    let count = [hsize_t(rows.count)] + extents.dropFirst().map { hsize_t($0) }
    try space.check(
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil), "H5Sselect_hyperslab \(name)")
    memory = try Handle(
      H5Screate_simple(CInt(count.count), count, nil), .dataspace, "H5Screate_simple", file: dataset.file)
    file = space
  }

  consuming func close() throws {
    try memory.close()
    try file.close()
  }
}

extension OutputDataset {
  /// Writes rows, along the first dimension, from memory of `rows.count` rows of `type`.
  func writeRows(_ rows: Range<Int>, of extents: [Int], as type: HDF5NumberType, from memory: UnsafeRawPointer) throws {
    let selection = try RowSelection(of: handle, extents: extents, rows: rows, name)
    try handle.check(
      H5Dwrite(handle.id, type.native, selection.memory.id, selection.file.id, ch5_default(), memory),
      "H5Dwrite \(name)")
    try selection.close()
  }
}
