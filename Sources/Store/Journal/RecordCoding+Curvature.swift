import Experiments

/// Probes of the curvature at the end of a record: docs/format.md, "Journal".
extension RecordCoding {
  static func encode(_ measurement: CurvatureMeasurement, into writer: inout ByteWriter) {
    writer.append(measurement.moments.rawValue)
    for column in CurvatureMeasurement.integers { writer.append(Int64(measurement[keyPath: column.value])) }
    for column in CurvatureMeasurement.numbers { writer.append(measurement[keyPath: column.value]) }
    for category in CurvatureMeasurement.categories { writer.append(Int8(category.code(measurement) ?? -1)) }
    for column in arrays { writer.append(measurement[keyPath: column.value]) }
  }

  static func curvature(from reader: inout ByteReader) throws -> CurvatureMeasurement {
    var measurement = CurvatureMeasurement(moments: .init(rawValue: try reader.integer()), epoch: 0)
    for column in CurvatureMeasurement.integers {
      measurement[keyPath: column.value] = Int(try reader.integer(Int64.self))
    }
    for column in CurvatureMeasurement.numbers { measurement[keyPath: column.value] = try reader.double() }
    for category in CurvatureMeasurement.categories {
      let code = Int(try reader.integer(Int8.self))
      guard (-1..<category.names.count).contains(code) else {
        throw ByteReader.Malformed(reason: "\(category.name) \(code)")
      }
      category.setCode(&measurement, code < 0 ? nil : code)
    }
    for column in arrays { measurement[keyPath: column.value] = try reader.doubles() }
    return measurement
  }

  private static let arrays =
    CurvatureMeasurement.lists.flatMap { $0.columns + $0.flags + $0.byDirection } + CurvatureMeasurement.vectors
}
