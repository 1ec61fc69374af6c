import CHDF5

/// The bytes of a shard, to be written whole.
struct ShardImage {
  var bytes: [UInt8]
  var seal: Seal

  /// Builds the HDF5 file in memory. Throws ``HDF5Error``.
  init(_ content: ShardContent, name: String) throws {
    (bytes, seal) = try HDF5.run {
      let image = try OutputImage.create(named: name, size: content.approximateBytes)
      for attribute in content.attributes { try image.setText(attribute.value, attribute.name) }
      try Self.writeDimensions(content.dimensions, in: image)
      for variable in content.variables { try Self.write(variable, of: content, in: image) }
      try image.flush()
      let chunks = try Self.chunkExtents(of: content, in: image)
      let bytes = try image.bytes()
      return (bytes, Seal(of: bytes, leavingOut: chunks))
    }
  }

  /// Small columns lie in their header; the rest in chunks of 256 KiB, so that one run is read at little cost.
  private static let compactBytes = 16 << 10
  private static let chunkBytes = 256 << 10

  static func storage(of variable: Variable, extents: [Int]) -> OutputDataset.Storage {
    if case .text = variable.values { return textStorage(extents) }
    return storage(
      stride: variable.values.stride, extents: extents, isCompressed: variable.isCompressed, chunkBytes: chunkBytes)
  }

  /// What an element holds of a text is where it lies in the file: no filter may change that, not even a checksum.
  static func textStorage(_ extents: [Int]) -> OutputDataset.Storage {
    extents.reduce(textStride, *) <= compactBytes ? .compact : .contiguous
  }

  private static let textStride = 16

  /// How numbers of `stride` bytes are laid out.
  static func storage(
    stride: Int, extents: [Int], isCompressed: Bool, chunkBytes: Int
  ) -> OutputDataset.Storage {
    if extents.reduce(stride, *) <= compactBytes { return .compact }
    // As much as fits of the innermost dimension, then of the next.
    var chunk = extents
    var room = chunkBytes / stride
    for axis in extents.indices.dropFirst().reversed() {
      chunk[axis] = max(1, min(extents[axis], room))
      room /= chunk[axis]
    }
    // As many chunks as it takes, all of about one length: what the last one lacks is stored too.
    let length = max(1, min(extents[0], room))
    let count = (extents[0] + length - 1) / length
    chunk[0] = (extents[0] + count - 1) / count
    return .chunked(chunk, isCompressed: isCompressed)
  }

  // MARK: - Dimensions

  static func writeDimensions(_ dimensions: [Dimension], in image: borrowing OutputImage) throws {
    for dimension in dimensions {
      if let coordinate = dimension.coordinate {
        var variable = Variable(
          dimension.name, along: [dimension.name], .int32(coordinate.values), longName: coordinate.longName,
          units: "1")
        variable.isCompressed = true
        let dataset = try create(variable, extents: [dimension.length], in: image)
        try dataset.becomeScale(label: dimension.name)
        try writeAttributes(of: variable, to: dataset, in: image)
        try dataset.write(coordinate.values)
        try dataset.close()
      } else {
        let dataset = try OutputDataset.create(
          dimension.name, in: image, type: ch5_native_float(), extents: [dimension.length], storage: .absent)
        // netCDF knows a dimension without coordinates by these words.
        let length = String(dimension.length)
        let padding = String(repeating: " ", count: max(0, 10 - length.count))
        try dataset.becomeScale(label: "This is a netCDF dimension but not a netCDF variable.\(padding)\(length)")
        try dataset.close()
      }
    }
  }

  // MARK: - Variables

  private static func write(
    _ variable: Variable, of content: ShardContent, in image: borrowing OutputImage
  ) throws {
    let dataset = try create(variable, extents: content.extents(of: variable), in: image)
    for (axis, dimension) in variable.dimensions.enumerated() {
      let scale = try OutputDataset.open(dimension, in: image)
      try dataset.attach(scale, axis: axis)
      try scale.close()
    }
    try writeAttributes(of: variable, to: dataset, in: image)
    switch variable.values {
    case .int8(let values): try dataset.write(values)
    case .int16(let values): try dataset.write(values)
    case .int32(let values): try dataset.write(values)
    case .int64(let values): try dataset.write(values)
    case .float32(let values): try dataset.write(values)
    case .float64(let values): try dataset.write(values)
    case .text(let values): try dataset.write(values, type: image.textType)
    }
    try dataset.close()
  }

  private static func create(
    _ variable: Variable, extents: [Int], in image: borrowing OutputImage
  ) throws -> OutputDataset {
    let type =
      switch variable.values {
      case .int8: ch5_native_int8()
      case .int16: ch5_native_int16()
      case .int32: ch5_native_int32()
      case .int64: ch5_native_int64()
      case .float32: ch5_native_float()
      case .float64: ch5_native_double()
      case .text: image.textType.id
      }
    return try OutputDataset.create(
      variable.name, in: image, type: type, extents: extents, storage: storage(of: variable, extents: extents))
  }

  private static func writeAttributes(
    of variable: Variable, to dataset: borrowing OutputDataset, in image: borrowing OutputImage
  ) throws {
    try dataset.setText(variable.longName, "long_name", in: image)
    if let units = variable.units { try dataset.setText(units, "units", in: image) }
    switch (variable.fill, variable.values) {
    case (.nan, .float32): try dataset.setNumbers([Float.nan], "_FillValue", isScalar: false)
    case (.nan, _): try dataset.setNumbers([Double.nan], "_FillValue", isScalar: false)
    case (.integer(let fill), .int8): try dataset.setNumbers([Int8(fill)], "_FillValue", isScalar: false)
    case (.integer(let fill), .int32): try dataset.setNumbers([Int32(fill)], "_FillValue", isScalar: false)
    case (.integer(let fill), _): try dataset.setNumbers([fill], "_FillValue", isScalar: false)
    case (nil, _): break
    }
    if let flags = variable.flags, !flags.isEmpty { try dataset.setNumbers(flags, "flag_values", isScalar: false) }
    if let masks = variable.masks { try dataset.setNumbers(masks, "flag_masks", isScalar: false) }
    for text in variable.texts { try dataset.setText(text.value, text.name, in: image) }
  }

  /// Where the checksummed chunks lie.
  private static func chunkExtents(of content: ShardContent, in image: borrowing OutputImage) throws -> [Range<Int>] {
    var extents: [Range<Int>] = []
    for variable in content.variables {
      let length = try content.extents(of: variable)
      guard case .chunked(let chunk, _) = storage(of: variable, extents: length) else { continue }
      if case .text = variable.values { continue }
      let dataset = try OutputDataset.open(variable.name, in: image)
      extents += try dataset.chunkExtents(length, chunk: chunk)
      try dataset.close()
    }
    return extents
  }
}

extension ShardContent {
  /// What its variables take before compression; a text some 64 bytes.
  fileprivate var approximateBytes: Int {
    variables.reduce(0) { sum, variable in
      if case .text(let values) = variable.values { return sum + 64 * values.count }
      return sum + variable.values.stride * variable.values.count
    }
  }

  /// Lengths of a variable's dimensions.
  func extents(of variable: Variable) throws -> [Int] {
    try variable.dimensions.map { name in
      guard let dimension = dimensions.first(where: { $0.name == name }) else {
        throw HDF5Error(file: "", operation: "variable \(variable.name)", reason: "has no dimension \(name)")
      }
      return dimension.length
    }
  }
}
