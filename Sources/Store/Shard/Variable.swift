/// One variable of a shard, before anything of HDF5: name, dimensions, values in row-major order, attributes.
struct Variable {
  var name: String
  /// Names of ``Dimension``s, outermost first.
  var dimensions: [String]
  var values: Values
  var longName: String
  /// CF units; nil for text and categories.
  var units: String?
  /// The value that stands for none.
  var fill: Fill?
  /// Further text attributes, in order.
  var texts: [(name: String, value: String)] = []
  /// For categories: the codes, in the order of their `flag_meanings`.
  var flags: [Int8]?
  /// For sets of categories: the bit of each, in that order.
  var masks: [Int8]?
  var isCompressed = true

  enum Values {
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case float32([Float])
    case float64([Double])
    case text([String])

    var count: Int {
      switch self {
      case .int8(let values): values.count
      case .int16(let values): values.count
      case .int32(let values): values.count
      case .int64(let values): values.count
      case .float32(let values): values.count
      case .float64(let values): values.count
      case .text(let values): values.count
      }
    }

    /// Bytes of one element.
    var stride: Int {
      switch self {
      case .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .int64, .float64: 8
      case .text: 16
      }
    }
  }

  enum Fill {
    case nan
    case integer(Int64)
  }

  init(
    _ name: String, along dimensions: [String], _ values: Values, longName: String, units: String? = nil,
    fill: Fill? = nil
  ) {
    self.name = name
    self.dimensions = dimensions
    self.values = values
    self.longName = longName
    self.units = units
    self.fill = fill
  }
}

/// A netCDF dimension.
struct Dimension {
  var name: String
  var length: Int
  /// The coordinate variable; nil for a dimension without one.
  var coordinate: Coordinate?

  struct Coordinate {
    var values: [Int32]
    var longName: String
  }

  /// A dimension whose coordinate counts from 0.
  static func counted(_ name: String, _ length: Int, _ longName: String) -> Dimension {
    Dimension(
      name: name, length: length, coordinate: .init(values: (0..<Int32(length)).map { $0 }, longName: longName))
  }
}

/// Everything a shard holds, as values.
struct ShardContent {
  /// Global text attributes, in order.
  var attributes: [(name: String, value: String)] = []
  var dimensions: [Dimension] = []
  var variables: [Variable] = []
}
