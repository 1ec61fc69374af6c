import Testing

@testable import Datasets

struct DecimalNumberTests {
  @Test func roundsAsPythonDoes() throws {
    for number in try Expected.load().numbers {
      let value = try Self.parse(number.text)
      #expect(value.bitPattern == UInt64(number.bits, radix: 16), "\(number.text)")
    }
  }

  @Test(arguments: [
    "", "+", "-", ".", "e5", "1e", "1e+", "--1", "1-", "1.2.3", "0x10", "1_000", "1,5", "nan", "NaN", "inf",
    "-Infinity",
    "NA", "null", " 1", "1 ", "1f", "١",
  ])
  func refuses(_ text: String) {
    #expect(throws: DecimalNumber.Failure.notANumber) { try Self.parse(text) }
  }

  @Test(arguments: ["1e309", "-2e308", "1e999999999999999999999", "1797693134862315800000e290"])
  func saysWhatIsTooLarge(_ text: String) {
    #expect(throws: DecimalNumber.Failure.overflow) { try Self.parse(text) }
  }

  private static func parse(_ text: String) throws(DecimalNumber.Failure) -> Double {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { bytes throws(DecimalNumber.Failure) in try DecimalNumber.parse(bytes) }
  }
}
