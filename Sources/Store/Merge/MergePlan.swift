import Experiments

/// The merged file before anything of its values: dimensions, variables, and where the rows of each come from.
struct MergePlan {
  var attributes: [StoredAttribute] = []
  var dimensions: [MergedDimension] = []
  var variables: [MergedVariable] = []
  /// Sets of rows; a variable names its own by index. The first is that of the runs.
  var rowSets: [MergeRows.RowSet]

  func dimension(_ name: String) -> MergedDimension? { dimensions.first { $0.name == name } }

  func extents(of variable: MergedVariable) -> [Int] {
    variable.dimensions.map { dimension($0)?.length ?? 0 }
  }
}

struct MergedDimension {
  var name: String
  var length: Int
  /// Nil for a dimension without coordinates.
  var coordinates: [Int32]?
  var longName: String
}

/// A variable of the merged file.
struct MergedVariable {
  var name: String
  var type: StoredVariable.ElementType
  var dimensions: [String]
  var attributes: [StoredAttribute]
  var isCompressed: Bool
  var rowSet: Int
  /// By shape; nil where such sources lack it.
  var origins: [Origin?]

  struct Origin {
    var name: String
    var extents: [Int]
    var recoding = Recoding.none
  }

  /// How codes of a source become those of the merged file.
  enum Recoding {
    case none
    /// The merged line of each of ``MergeSources/layouts``.
    case layouts([Int32])
    /// The texts of a category, of which the format's first version has codes.
    case texts([String])
  }

  /// Bytes of the value that stands for none: `_FillValue`, else NaN, else 0.
  var fill: [UInt8] {
    guard case .number(let type) = type else { return [] }
    for attribute in attributes where attribute.name == StoredAttribute.fillValue {
      switch attribute.value {
      case .integers(let values, _): if let value = values.first { return type.bytes(of: value) }
      case .numbers(let values, _): if let value = values.first { return type.bytes(of: value) }
      case .text: break
      }
    }
    return type.isFloatingPoint ? type.bytes(of: Double.nan) : type.bytes(of: 0 as Int64)
  }
}

extension HDF5NumberType {
  fileprivate func bytes(of value: Int64) -> [UInt8] {
    if isFloatingPoint { return bytes(of: Double(value)) }
    return Array(withUnsafeBytes(of: value.littleEndian) { $0 }.prefix(stride))
  }

  fileprivate func bytes(of value: Double) -> [UInt8] {
    switch self {
    case .float32: Array(withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { $0 })
    case .float64: Array(withUnsafeBytes(of: value.bitPattern.littleEndian) { $0 })
    default: bytes(of: Int64(value))
    }
  }
}
