import CHDF5

/// An attribute of any variable, kept as it is by what copies variables it does not know.
struct StoredAttribute: Hashable, Sendable {
  var name: String
  var value: Value

  enum Value: Hashable, Sendable {
    case text(String)
    case integers([Int64], HDF5NumberType)
    case numbers([Double], HDF5NumberType)
  }

  /// Those of HDF5's dimension scales and of netCDF, which are made anew and never copied.
  static let ofLibraries: Set<String> = [
    "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict",
    "_NCProperties",
  ]

  static let fillValue = "_FillValue"

  private static let maximumCount = 256
  private static let maximumNumbers = 4096

  /// All attributes of an object but those of libraries, in the order of their names.
  static func all(of object: borrowing Handle, _ what: String) throws -> [StoredAttribute] {
    try names(of: object, what).filter { !ofLibraries.contains($0) }.map { name in
      StoredAttribute(name: name, value: try value(name, of: object, what))
    }
  }

  /// A number of an attribute, and the type it is stored in.
  struct Number {
    var value: Double
    /// The same where it is an integer, which a Double may round.
    var integer: Int64?
    /// Larger for the type that holds more: floating point before integers, then by bytes.
    var width: Int
  }

  /// The numbers of an attribute; nil where there is none of the name.
  ///
  /// - Parameter counts: How many there may be.
  static func numbers(
    _ name: String, of object: borrowing Handle, _ what: String, counts: ClosedRange<Int> = 1...1
  ) throws -> [Number]? {
    guard try object.check(H5Aexists(object.id, name), "H5Aexists \(name)") > 0 else { return nil }
    let attribute = try Handle(
      H5Aopen(object.id, name, ch5_default()), .attribute, "H5Aopen \(name)", file: object.file)
    let type = try Handle(H5Aget_type(attribute.id), .datatype, "H5Aget_type \(name)", file: object.file)
    let space = try Handle(H5Aget_space(attribute.id), .dataspace, "H5Aget_space \(name)", file: object.file)
    let count = Int(try space.check(H5Sget_simple_extent_npoints(space.id), "H5Sget_simple_extent_npoints \(name)"))
    let kind = H5Tget_class(type.id)
    guard counts.contains(count), [H5T_INTEGER, H5T_FLOAT].contains(kind) else {
      let expected = counts == 1...1 ? "one number" : counts == 2...2 ? "two numbers" : "numbers"
      throw object.refusal("attribute \(name) of \(what)", "is not \(expected)")
    }
    var values = [Double](repeating: 0, count: count)
    try attribute.check(H5Aread(attribute.id, ch5_native_double(), &values), "H5Aread \(name)")
    let width = H5Tget_size(type.id) + (kind == H5T_FLOAT ? 1 << 10 : 0)
    guard kind == H5T_INTEGER else { return values.map { Number(value: $0, integer: nil, width: width) } }
    var integers = [Int64](repeating: 0, count: count)
    try attribute.check(H5Aread(attribute.id, ch5_native_int64(), &integers), "H5Aread \(name)")
    return zip(values, integers).map { Number(value: $0, integer: $1, width: width) }
  }

  /// The text of an attribute, of variable length or of one that is fixed; nil where there is none of the name.
  static func word(_ name: String, of object: borrowing Handle, _ what: String) throws -> String? {
    guard try object.check(H5Aexists(object.id, name), "H5Aexists \(name)") > 0 else { return nil }
    let attribute = try Handle(
      H5Aopen(object.id, name, ch5_default()), .attribute, "H5Aopen \(name)", file: object.file)
    let type = try Handle(H5Aget_type(attribute.id), .datatype, "H5Aget_type \(name)", file: object.file)
    guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0 else {
      return try TextAttribute.read(name, of: object)
    }
    let space = try Handle(H5Aget_space(attribute.id), .dataspace, "H5Aget_space \(name)", file: object.file)
    let length = H5Tget_size(type.id)
    guard H5Sget_simple_extent_npoints(space.id) == 1, length <= maximumCount else {
      throw object.refusal("attribute \(name) of \(what)", "is not one word")
    }
    var bytes = [UInt8](repeating: 0, count: length)
    try attribute.check(H5Aread(attribute.id, type.id, &bytes), "H5Aread \(name)")
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func names(of object: borrowing Handle, _ what: String) throws -> [String] {
    var info = H5O_info_t()
    try object.check(H5Oget_info2(object.id, &info, UInt32(H5O_INFO_NUM_ATTRS)), "H5Oget_info \(what)")
    let count = info.num_attrs
    guard count <= maximumCount else { throw object.refusal(what, "has \(count) attributes") }
    return try (0..<hsize_t(count)).map { index in
      var buffer = [CChar](repeating: 0, count: HDF5Guard.maximumNameBytes + 1)
      let length = try object.check(
        H5Aget_name_by_idx(
          object.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &buffer, buffer.count, ch5_default()),
        "H5Aget_name_by_idx \(what)")
      guard length < buffer.count,
        let name = buffer.withUnsafeBufferPointer({ String(validatingCString: $0.baseAddress!) })
      else { throw object.refusal(what, "has an attribute whose name is not text") }
      return name
    }
  }

  private static func value(_ name: String, of object: borrowing Handle, _ what: String) throws -> Value {
    let attribute = try Handle(
      H5Aopen(object.id, name, ch5_default()), .attribute, "H5Aopen \(name)", file: object.file)
    let type = try Handle(H5Aget_type(attribute.id), .datatype, "H5Aget_type \(name)", file: object.file)
    let kind = H5Tget_class(type.id)
    if kind == H5T_STRING { return .text(try TextAttribute.read(name, of: object)) }
    let space = try Handle(H5Aget_space(attribute.id), .dataspace, "H5Aget_space \(name)", file: object.file)
    let count = try space.check(H5Sget_simple_extent_npoints(space.id), "H5Sget_simple_extent_npoints \(name)")
    guard (0...hssize_t(maximumNumbers)).contains(count),
      let number = HDF5NumberType(kind: kind, bytes: H5Tget_size(type.id))
    else { throw object.refusal("attribute \(name) of \(what)", "is neither text nor a few numbers") }
    if number.isFloatingPoint {
      var values = [Double](repeating: 0, count: Int(count))
      try attribute.check(H5Aread(attribute.id, ch5_native_double(), &values), "H5Aread \(name)")
      return .numbers(values, number)
    }
    var values = [Int64](repeating: 0, count: Int(count))
    try attribute.check(H5Aread(attribute.id, ch5_native_int64(), &values), "H5Aread \(name)")
    return .integers(values, number)
  }
}

extension HDF5NumberType {
  /// Nil for types that no variable of a shard has.
  init?(kind: H5T_class_t, bytes: Int) {
    switch (kind, bytes) {
    case (H5T_INTEGER, 1): self = .int8
    case (H5T_INTEGER, 2): self = .int16
    case (H5T_INTEGER, 4): self = .int32
    case (H5T_INTEGER, 8): self = .int64
    case (H5T_FLOAT, 4): self = .float32
    case (H5T_FLOAT, 8): self = .float64
    default: return nil
    }
  }

  /// Bytes of one number.
  var stride: Int {
    switch self {
    case .int8: 1
    case .int16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }
}

extension OutputDataset {
  func set(_ attribute: StoredAttribute, in image: borrowing OutputImage) throws {
    let name = attribute.name
    switch attribute.value {
    case .text(let text): try setText(text, name, in: image)
    case .integers(let values, .int8): try setNumbers(values.map(Int8.init(truncatingIfNeeded:)), name, isScalar: false)
    case .integers(let values, .int16):
      try setNumbers(values.map(Int16.init(truncatingIfNeeded:)), name, isScalar: false)
    case .integers(let values, .int32):
      try setNumbers(values.map(Int32.init(truncatingIfNeeded:)), name, isScalar: false)
    case .integers(let values, _): try setNumbers(values, name, isScalar: false)
    case .numbers(let values, .float32): try setNumbers(values.map { Float($0) }, name, isScalar: false)
    case .numbers(let values, _): try setNumbers(values, name, isScalar: false)
    }
  }
}
