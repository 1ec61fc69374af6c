/// Checks of a generated source's settings.
struct GeneratedSettings {
  let source: String

  /// More values than this are refused: 2³⁰ Doubles take 8 GiB.
  static let maximumValues = 1 << 30

  func require(_ condition: Bool, _ name: String, _ value: some Any, _ accepted: String) throws {
    guard condition else {
      throw DatasetError(.badSetting, "\(source): \(name) is \(value); it must be \(accepted)")
    }
  }

  func requireCount(_ value: Int, _ name: String, atLeast minimum: Int) throws {
    try require(
      value >= minimum && value <= Self.maximumValues, name, value, "from \(minimum) to \(Self.maximumValues)")
  }

  func requireTotal(samples: Int, columns: Int) throws {
    let (total, overflow) = samples.multipliedReportingOverflow(by: columns)
    try require(
      !overflow && total <= Self.maximumValues, "samples × values a sample", "\(samples) × \(columns)",
      "at most \(Self.maximumValues)")
  }

  func requireNonnegative(_ value: Double, _ name: String) throws {
    try require(value >= 0 && value.isFinite, name, value, "a finite number, 0 or more")
  }
}
