import CHDF5

/// An HDF5 file built in memory: nothing reaches the disk before it is whole.
///
/// Any failed call throws; the image is then of no use and goes with its handle.
struct OutputImage: ~Copyable {
  let handle: Handle
  let textType: Handle

  private init(handle: consuming Handle, textType: consuming Handle) {
    self.handle = handle
    self.textType = textType
  }

  /// An empty image. `name` serves messages only.
  static func create(named name: String) throws -> OutputImage {
    let access = try Handle(H5Pcreate(ch5_file_access_class()), .propertyList, "H5Pcreate", file: name)
    try access.check(H5Pset_fapl_core(access.id, 1 << 20, false), "H5Pset_fapl_core")
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
    return OutputImage(handle: handle, textType: try TextType.make(file: name))
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
    // One buffer for all of the strings, each ended by a zero.
    var characters: [UInt8] = []
    var offsets: [Int] = []
    for value in values {
      offsets.append(characters.count)
      characters += withoutZeros(value).utf8
      characters.append(0)
    }
    try characters.withUnsafeBytes { bytes in
      let pointers = offsets.map { bytes.baseAddress! + $0 }
      _ = try handle.check(
        H5Dwrite(handle.id, type.id, ch5_all(), ch5_all(), ch5_default(), pointers), "H5Dwrite \(name)")
    }
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

  /// Where the chunks lie in the file, once flushed.
  func chunkExtents() throws -> [Range<Int>] {
    // H5S_ALL is not taken here by 1.10.8.
    let space = try Handle(H5Dget_space(handle.id), .dataspace, "H5Dget_space \(name)", file: handle.file)
    var count: hsize_t = 0
    try handle.check(H5Dget_num_chunks(handle.id, space.id, &count), "H5Dget_num_chunks \(name)")
    let extents = try (0..<count).map { index in
      var (address, size) = (0 as haddr_t, 0 as hsize_t)
      try handle.check(
        H5Dget_chunk_info(handle.id, space.id, index, nil, nil, &address, &size), "H5Dget_chunk_info \(name)")
      return Int(address)..<(Int(address) + Int(size))
    }
    try space.close()
    return extents
  }
}
