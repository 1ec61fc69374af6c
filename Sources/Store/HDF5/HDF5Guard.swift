import CHDF5

/// What is refused in a file before anything is read from it: files are untrusted input.
///
/// Links that lead to other places (soft, external, user-defined), data that live in other files (external storage,
/// virtual data sets), filters that run code from elsewhere, and extents far over the bytes stored.
enum HDF5Guard {
  /// Deflate's largest ratio is 1032:1 (zlib's technical details); what claims more is not data.
  static let maximumCompression = 1040
  static let maximumNameBytes = 1024
  static let missing = "there is none of that name"

  /// Throws unless every part of `path` is a hard link to an object in the same file.
  static func checkLinks(_ path: String, in file: borrowing Handle) throws {
    guard !path.isEmpty, path.utf8.count <= maximumNameBytes, !path.utf8.contains(0) else {
      throw file.refusal("data set \(path)", "not a name of a data set")
    }
    var prefix = ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty ? "\(part)" : "/\(part)"
      var info = H5L_info_t()
      if H5Lget_info(file.id, prefix, &info, ch5_default()) < 0 {
        let error = HDF5Error(file: file.file, operation: "H5Lget_info \(prefix)")
        throw H5Lexists(file.id, prefix, ch5_default()) == 0 ? file.refusal("data set \(path)", missing) : error
      }
      switch info.type {
      case H5L_TYPE_HARD: continue
      case H5L_TYPE_SOFT: throw file.refusal("data set \(path)", "is reached by a soft link, which is not followed")
      case H5L_TYPE_EXTERNAL:
        throw file.refusal("data set \(path)", "is reached by a link to another file, which is not followed")
      default: throw file.refusal("data set \(path)", "is reached by a link of an unknown kind")
      }
    }
  }

  /// How a data set lies in its file.
  struct Storage {
    var layout: H5D_layout_t
    var isFiltered = false
  }

  /// Refuses data that live elsewhere and filters that are not the three accepted ones.
  ///
  /// Comes before the data set's extents are asked for: a virtual one opens other files to find them.
  static func checkStorage(_ list: borrowing Handle, _ what: String) throws -> Storage {
    let layout = H5Pget_layout(list.id)
    // Compact data lie in the object's header: neither elsewhere nor filtered.
    if layout == H5D_COMPACT { return Storage(layout: layout) }
    guard layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED else {
      throw list.refusal(what, "is a virtual data set, which is not read")
    }
    guard try list.check(H5Pget_external_count(list.id), "H5Pget_external_count") == 0 else {
      throw list.refusal(what, "its data are in another file, which is not read")
    }
    let count = try list.check(H5Pget_nfilters(list.id), "H5Pget_nfilters")
    for index in 0..<UInt32(count) {
      var flags: UInt32 = 0
      var values = 0
      let filter = H5Pget_filter2(list.id, index, &flags, &values, nil, 0, nil, nil)
      guard [H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32].contains(filter) else {
        throw list.refusal(what, "uses filter \(filter); deflate, shuffle and fletcher32 are accepted")
      }
    }
    return Storage(layout: layout, isFiltered: count > 0)
  }

  /// Refuses extents, and chunks, that the bytes stored cannot fill.
  static func checkExtents(
    _ list: borrowing Handle, _ what: String, _ storage: Storage, extents: [Int], elementBytes: Int, storedBytes: Int,
    fileBytes: Int
  ) throws {
    guard storedBytes <= fileBytes else {
      throw list.refusal(what, "claims \(storedBytes) stored bytes in a file of \(fileBytes)")
    }
    let bound = storage.isFiltered ? product([storedBytes, maximumCompression]) : storedBytes
    let bytes = product(extents + [elementBytes])
    guard bytes <= bound, bytes < Int.max else {
      throw list.refusal(what, "has extents \(extents), \(bytes) bytes, over \(storedBytes) stored bytes")
    }
    guard storage.layout == H5D_CHUNKED else { return }
    var chunk = [hsize_t](repeating: 0, count: extents.count)
    try list.check(H5Pget_chunk(list.id, CInt(chunk.count), &chunk), "H5Pget_chunk")
    // A chunk is decompressed whole.
    guard product(chunk.map { Int(clamping: $0) } + [elementBytes]) <= bound else {
      throw list.refusal(what, "has chunks of \(chunk) elements over \(storedBytes) stored bytes")
    }
  }

  /// The product, or Int.max where it overflows.
  private static func product(_ factors: [Int]) -> Int {
    if factors.contains(0) { return 0 }
    return factors.reduce(1) { result, factor in
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      return overflow ? Int.max : product
    }
  }
}
