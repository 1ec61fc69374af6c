import CHDF5

/// Variable-length UTF-8 strings.
enum TextType {
  static func make(file: String) throws -> Handle {
    let type = try Handle(H5Tcopy(ch5_c_string()), .datatype, "H5Tcopy", file: file)
    try type.check(H5Tset_size(type.id, ch5_variable_length()), "H5Tset_size")
    try type.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "H5Tset_cset")
    return type
  }

  /// For the transfer of so many strings. The library clears a whole buffer before it converts any, 1 MiB if it is not told
  /// that less will do.
  static func transfer(of count: Int, file: String) throws -> Handle {
    let transfer = try Handle(H5Pcreate(ch5_dataset_transfer_class()), .propertyList, "H5Pcreate", file: file)
    try transfer.check(
      H5Pset_buffer(transfer.id, min(1 << 20, max(1 << 10, bytesInFile * count)), nil, nil), "H5Pset_buffer")
    return transfer
  }

  /// Of a string's length and place; a pointer in memory takes fewer.
  private static let bytesInFile = 16
}

/// A scalar text attribute.
enum TextAttribute {
  static func write(_ value: String, _ name: String, of object: borrowing Handle, type: borrowing Handle) throws {
    let space = try Handle(H5Screate(H5S_SCALAR), .dataspace, "H5Screate", file: object.file)
    let attribute = try Handle(
      H5Acreate2(object.id, name, type.id, space.id, ch5_default(), ch5_default()), .attribute, "H5Acreate \(name)",
      file: object.file)
    try withoutZeros(value).withCString { text in
      try withUnsafePointer(to: text) { pointer in
        _ = try attribute.check(H5Awrite(attribute.id, type.id, pointer), "H5Awrite \(name)")
      }
    }
    try attribute.close()
    try space.close()
  }

  static func read(_ name: String, of object: borrowing Handle) throws -> String {
    let what = "attribute \(name)"
    guard try object.check(H5Aexists(object.id, name), "H5Aexists \(name)") > 0 else {
      throw object.refusal(what, "is missing")
    }
    let attribute = try Handle(
      H5Aopen(object.id, name, ch5_default()), .attribute, "H5Aopen \(name)", file: object.file)
    let stored = try Handle(H5Aget_type(attribute.id), .datatype, "H5Aget_type \(name)", file: object.file)
    let space = try Handle(H5Aget_space(attribute.id), .dataspace, "H5Aget_space \(name)", file: object.file)
    guard H5Tget_class(stored.id) == H5T_STRING, H5Tis_variable_str(stored.id) > 0,
      H5Sget_simple_extent_npoints(space.id) == 1
    else { throw object.refusal(what, "is not one text of variable length") }
    let type = try TextType.make(file: object.file)
    var pointer: UnsafeMutablePointer<CChar>?
    try attribute.check(H5Aread(attribute.id, type.id, &pointer), "H5Aread \(name)")
    defer { H5free_memory(pointer) }
    guard let pointer, let text = String(validatingCString: pointer) else {
      throw object.refusal(what, "is not UTF-8")
    }
    return text
  }
}

/// HDF5's strings end at the first zero; a zero inside is shown as its symbol.
func withoutZeros(_ text: String) -> String {
  guard text.utf8.contains(0) else { return text }
  return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{2400}" : $0 }))
}

extension Dataset {
  /// Strings of a one-dimensional data set, all or those of some rows. Throws ``HDF5Error`` where they take more than
  /// `limit` bytes: a file may name one long string many times.
  func readText(rows: Range<Int>? = nil, limit: Int = 1 << 30) throws -> [String] {
    try readText(rows: rows, limit: limit) { pointer in
      guard let text = String(validatingCString: pointer) else {
        throw handle.refusal("data set \(name)", "holds text that is not UTF-8")
      }
      return text
    }
  }

  /// What `convert` makes of each string, whose bytes end with a zero and last as long as the call.
  func readText<Value>(
    rows: Range<Int>? = nil, limit: Int = 1 << 30, as convert: (UnsafePointer<CChar>) throws -> Value
  ) throws -> [Value] {
    guard element == .text, extents.count == 1 else {
      throw handle.refusal("data set \(name)", "is not a list of texts of variable length")
    }
    let rows = rows ?? 0..<count
    let transfer = try TextType.transfer(of: rows.count, file: handle.file)
    var arena = TextArena(limit: limit)
    defer { arena.free() }
    return try withUnsafeMutablePointer(to: &arena) { arena in
      try transfer.check(
        H5Pset_vlen_mem_manager(
          transfer.id, { size, arena in arena!.assumingMemoryBound(to: TextArena.self).pointee.allocate(size) }, arena,
          { _, _ in }, arena), "H5Pset_vlen_mem_manager")
      let type = try TextType.make(file: handle.file)
      guard !rows.isEmpty else { return [] }
      let selection = try select(rows)
      var pointers = [UnsafePointer<CChar>?](repeating: nil, count: rows.count)
      let status = H5Dread(handle.id, type.id, selection.memory.id, selection.file.id, transfer.id, &pointers)
      if arena.pointee.isFull {
        _ = H5Eclear2(ch5_error_stack())
        throw handle.refusal("data set \(name)", "holds over \(limit) bytes of text, which is not read")
      }
      try handle.check(status, "H5Dread \(name)")
      try selection.close()
      return try pointers.map { pointer in
        guard let pointer else { return try "".withCString(convert) }
        return try convert(pointer)
      }
    }
  }
}

/// Memory for the strings of one read: freed at once, refused over a limit.
private struct TextArena {
  private var blocks: [UnsafeMutableRawPointer] = []
  /// Bytes of the last block not given out.
  private var available = 0
  private var next: UnsafeMutableRawPointer?
  private var remaining: Int
  /// Whether more was asked for than there may be.
  private(set) var isFull = false

  init(limit: Int) {
    remaining = limit
  }

  /// Nil where the limit is passed; the library then fails the read.
  mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, size <= remaining else {
      isFull = true
      return nil
    }
    remaining -= size
    if size > available {
      available = max(size, 16 << 10)
      let block = UnsafeMutableRawPointer.allocate(byteCount: available, alignment: 16)
      blocks.append(block)
      next = block
    }
    defer {
      next = next?.advanced(by: size)
      available -= size
    }
    return next
  }

  mutating func free() {
    for block in blocks { block.deallocate() }
    blocks = []
  }
}
