import CHDF5

/// A number HDF5 stores as it is in memory.
public protocol HDF5Number: BitwiseCopyable, Sendable, ExpressibleByIntegerLiteral {
  static var hdf5Type: HDF5NumberType { get }
}

public enum HDF5NumberType: Hashable, Sendable {
  case int8
  case int16
  case int32
  case int64
  case float32
  case float64

  var isFloatingPoint: Bool { self == .float32 || self == .float64 }

  /// The library's id of the type in memory; not to be closed.
  var native: hid_t {
    switch self {
    case .int8: ch5_native_int8()
    case .int16: ch5_native_int16()
    case .int32: ch5_native_int32()
    case .int64: ch5_native_int64()
    case .float32: ch5_native_float()
    case .float64: ch5_native_double()
    }
  }
}

extension Int8: HDF5Number { public static var hdf5Type: HDF5NumberType { .int8 } }
extension Int16: HDF5Number { public static var hdf5Type: HDF5NumberType { .int16 } }
extension Int32: HDF5Number { public static var hdf5Type: HDF5NumberType { .int32 } }
extension Int64: HDF5Number { public static var hdf5Type: HDF5NumberType { .int64 } }
extension Float: HDF5Number { public static var hdf5Type: HDF5NumberType { .float32 } }
extension Double: HDF5Number { public static var hdf5Type: HDF5NumberType { .float64 } }
