import CHDF5

/// An HDF5 file being built: in memory, so that nothing reaches the disk before it is whole, or, where it may be too
/// large for that, in a temporary file.
///
/// Any failed call throws; what was built is then of no use: the library may say later that all went well.
struct OutputImage: ~Copyable {
  let handle: Handle
  let textType: Handle
  /// Nil in memory.
  private let driver: FileDriver?

  private init(handle: consuming Handle, textType: consuming Handle, driver: FileDriver?) {
    self.handle = handle
    self.textType = textType
    self.driver = driver
  }

  /// An empty image in memory. `name` serves messages only; `size` is a guess at its bytes, for speed alone.
  static func create(named name: String, size: Int = 8 << 20) throws -> OutputImage {
    let access = try Handle(H5Pcreate(ch5_file_access_class()), .propertyList, "H5Pcreate", file: name)
    // It grows by so much at a time, all of which is cleared, whether it is needed or not.
    let growth = min(1 << 20, max(1 << 16, size / 8))
    try access.check(H5Pset_fapl_core(access.id, growth, false), "H5Pset_fapl_core")
    return try create(name, access, nil)
  }

  /// An empty HDF5 file in an empty file that may be read and written. ``HDF5/run(_:)`` throws what the system refuses, at
  /// the latest when it ends.
  static func create(in file: consuming FileDescriptor) throws -> OutputImage {
    let path = file.path
    let driver = try FileDriver(file)
    return try create(path, driver.accessProperties(), driver)
  }

  private static func create(_ name: String, _ access: consuming Handle, _ driver: FileDriver?) throws -> OutputImage {
    // Wider bounds break H5Fget_file_image in 1.10.8.
    try access.check(
      H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), "H5Pset_libver_bounds")
    let creation = try Handle(H5Pcreate(ch5_file_create_class()), .propertyList, "H5Pcreate", file: name)
    try creation.check(H5Pset_link_creation_order(creation.id, ch5_ordered()), "H5Pset_link_creation_order")
    try creation.check(H5Pset_attr_creation_order(creation.id, ch5_ordered()), "H5Pset_attr_creation_order")
    try creation.check(H5Pset_obj_track_times(creation.id, false), "H5Pset_obj_track_times")
    let handle = try Handle(H5Fcreate(name, ch5_truncate(), creation.id, access.id), .file, "H5Fcreate", file: name)
    try creation.close()
    try access.close()
    return OutputImage(handle: handle, textType: try TextType.make(file: name), driver: driver)
  }

  /// The file's bytes; the image is closed.
  consuming func bytes() throws -> [UInt8] {
    try flush()
    let size = try handle.check(H5Fget_file_image(handle.id, nil, 0), "H5Fget_file_image")
    var taken = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      taken = H5Fget_file_image(handle.id, buffer.baseAddress, size)
      initialized = max(0, taken)
    }
    try handle.check(taken, "H5Fget_file_image")
    guard taken == size else { throw handle.refusal("H5Fget_file_image", "gave \(taken) of \(size) bytes") }
    try textType.close()
    try handle.close()
    return bytes
  }

  /// Ends a file on disk.
  consuming func close() throws {
    try flush()
    try textType.close()
    try handle.close()
    try driver?.close()
  }

  func flush() throws {
    try handle.check(H5Fflush(handle.id, H5F_SCOPE_LOCAL), "H5Fflush")
  }

  /// Makes a group; those above it are there.
  func makeGroup(_ name: String) throws {
    let group = try Handle(
      H5Gcreate2(handle.id, name, ch5_default(), ch5_default(), ch5_default()), .group, "H5Gcreate \(name)",
      file: handle.file)
    try group.close()
  }

  func setText(_ value: String, _ name: String) throws {
    try TextAttribute.write(value, name, of: handle, type: textType)
  }
}

/// A data set being written.
struct OutputDataset: ~Copyable {
  let handle: Handle
  let name: String

  private init(handle: consuming Handle, name: String) {
    self.handle = handle
    self.name = name
  }

  /// How elements lie in the file.
  enum Storage: Hashable {
    /// In the object's header: one read gets both.
    case compact
    /// Chunks with a checksum each, compressed or not.
    case chunked([Int], isCompressed: Bool)
    /// In one piece, as it is in memory.
    case contiguous
    /// Nothing is ever written: a dimension without coordinates.
    case absent
  }

  static func create(
    _ name: String, in image: borrowing OutputImage, type: hid_t, extents: [Int], storage: Storage
  ) throws -> OutputDataset {
    let file = image.handle.file
    let creation = try Handle(H5Pcreate(ch5_dataset_create_class()), .propertyList, "H5Pcreate", file: file)
    try creation.check(H5Pset_obj_track_times(creation.id, false), "H5Pset_obj_track_times")
    try creation.check(H5Pset_attr_creation_order(creation.id, ch5_ordered()), "H5Pset_attr_creation_order")
    try set(storage, on: creation)
    let dimensions = extents.map { hsize_t($0) }
    let space = try Handle(
      H5Screate_simple(CInt(dimensions.count), dimensions, nil), .dataspace, "H5Screate_simple \(name)", file: file)
    let handle = try Handle(
      H5Dcreate2(image.handle.id, name, type, space.id, ch5_default(), creation.id, ch5_default()), .dataset,
      "H5Dcreate \(name)", file: file)
    try space.close()
    try creation.close()
    return OutputDataset(handle: handle, name: name)
  }

  /// A data set of the image that was created before.
  static func open(_ name: String, in image: borrowing OutputImage) throws -> OutputDataset {
    let handle = try Handle(
      H5Dopen2(image.handle.id, name, ch5_default()), .dataset, "H5Dopen \(name)", file: image.handle.file)
    return OutputDataset(handle: handle, name: name)
  }

  private static func set(_ storage: Storage, on creation: borrowing Handle) throws {
    switch storage {
    case .compact:
      try creation.check(H5Pset_layout(creation.id, H5D_COMPACT), "H5Pset_layout")
    case .contiguous:
      try creation.check(H5Pset_layout(creation.id, H5D_CONTIGUOUS), "H5Pset_layout")
    case .absent:
      try creation.check(H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_LATE), "H5Pset_alloc_time")
    case .chunked(let extents, let isCompressed):
      let chunk = extents.map { hsize_t($0) }
      try creation.check(H5Pset_chunk(creation.id, CInt(chunk.count), chunk), "H5Pset_chunk")
      // Every element is written.
      try creation.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER), "H5Pset_fill_time")
      if isCompressed {
        try creation.check(H5Pset_shuffle(creation.id), "H5Pset_shuffle")
        try creation.check(H5Pset_deflate(creation.id, 1), "H5Pset_deflate")
      }
      try creation.check(H5Pset_fletcher32(creation.id), "H5Pset_fletcher32")
    }
  }

  consuming func close() throws { try handle.close() }

  func write<Number: HDF5Number>(_ values: [Number]) throws {
    try values.withUnsafeBytes { bytes in
      _ = try handle.check(
        H5Dwrite(handle.id, Number.hdf5Type.native, ch5_all(), ch5_all(), ch5_default(), bytes.baseAddress),
        "H5Dwrite \(name)")
    }
  }

  func write(_ values: [String], type: borrowing Handle) throws {
    try write(values, type: type, memory: ch5_all(), file: ch5_all())
  }

  /// Writes some of the strings of a list of `count`.
  func writeRows(_ rows: Range<Int>, of count: Int, _ values: [String], type: borrowing Handle) throws {
    let selection = try RowSelection(of: handle, extents: [count], rows: rows, name)
    try write(values, type: type, memory: selection.memory.id, file: selection.file.id)
    try selection.close()
  }

  private func write(_ values: [String], type: borrowing Handle, memory: hid_t, file: hid_t) throws {
    // One buffer for all of the strings, each ended by a zero; neighbours that are equal lie in one place.
    var characters: [UInt8] = []
    var offsets: [Int] = []
    var last: String?
    for value in values {
      // Byte by byte: to Swift's == two spellings of an accent are equal.
      if let offset = offsets.last, let last, value.utf8.elementsEqual(last.utf8) {
        offsets.append(offset)
        continue
      }
      offsets.append(characters.count)
      characters += withoutZeros(value).utf8
      characters.append(0)
      last = value
    }
    let transfer = try TextType.transfer(of: values.count, file: handle.file)
    try characters.withUnsafeBytes { bytes in
      let pointers = offsets.map { bytes.baseAddress! + $0 }
      _ = try handle.check(
        H5Dwrite(handle.id, type.id, memory, file, transfer.id, pointers), "H5Dwrite \(name)")
    }
    try transfer.close()
  }

  func setText(_ value: String, _ name: String, in image: borrowing OutputImage) throws {
    try TextAttribute.write(value, name, of: handle, type: image.textType)
  }

  /// A numeric attribute: a single number, or a list.
  func setNumbers<Number: HDF5Number>(_ values: [Number], _ name: String, isScalar: Bool) throws {
    let file = handle.file
    let space = try Handle(
      isScalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, [hsize_t(values.count)], nil), .dataspace,
      "H5Screate \(name)", file: file)
    let type = Number.hdf5Type.native
    let attribute = try Handle(
      H5Acreate2(handle.id, name, type, space.id, ch5_default(), ch5_default()), .attribute, "H5Acreate \(name)",
      file: file)
    try attribute.check(H5Awrite(attribute.id, type, values), "H5Awrite \(name)")
    try attribute.close()
    try space.close()
  }

  /// Makes this data set a dimension of netCDF's. `label` is the scale's NAME.
  func becomeScale(label: String) throws {
    try handle.check(H5DSset_scale(handle.id, label), "H5DSset_scale \(name)")
  }

  /// Says that axis `index` runs along `scale`.
  func attach(_ scale: borrowing OutputDataset, axis index: Int) throws {
    try handle.check(
      H5DSattach_scale(handle.id, scale.handle.id, UInt32(index)), "H5DSattach_scale \(name) \(scale.name)")
  }

  /// Where the chunks of a data set of these extents lie in the file, once flushed.
  ///
  /// Asked for by their places: asked for by number, the library counts from the first each time.
  func chunkExtents(_ extents: [Int], chunk: [Int]) throws -> [Range<Int>] {
    var result: [Range<Int>] = []
    var place = [hsize_t](repeating: 0, count: extents.count)
    while true {
      var (address, size) = (0 as haddr_t, 0 as hsize_t)
      try handle.check(
        H5Dget_chunk_info_by_coord(handle.id, place, nil, &address, &size), "H5Dget_chunk_info_by_coord \(name)")
      if size > 0 { result.append(Int(address)..<(Int(address) + Int(size))) }
      // The next place in row-major order.
      var axis = extents.count - 1
      while axis >= 0 {
        place[axis] += hsize_t(chunk[axis])
        if place[axis] < hsize_t(extents[axis]) { break }
        place[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }
}
