import Testing

@testable import Harness

struct QuantityTests {
  @Test(
    arguments: [
      (0.0, "0.0 s"), (0.44, "0.4 s"), (9.9, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"),
      (185, "3 min 05 s"), (3599.6, "1 h 00 min"), (7800, "2 h 10 min"), (273_600, "3 d 4 h"), (.infinity, "unknown"),
      (-1, "unknown"), (.nan, "unknown"),
    ] as [(Double, String)]) func durationsUseTwoUnitsAtMost(seconds: Double, text: String)
  {
    #expect(Quantity.duration(seconds) == text)
  }

  @Test(
    arguments: [
      (0.0, "0 B"), (512.0, "512 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10 * 1024, "10 KiB"),
      (1_048_576, "1.0 MiB"), (1_048_064, "1.0 MiB"), (5e12, "4.5 TiB"),
    ] as [(Double, String)]) func bytesUseBinaryUnits(count: Double, text: String)
  {
    #expect(Quantity.bytes(count) == text)
  }

  @Test func countsAreGroupedAndAgreeWithTheirNoun() {
    #expect(Quantity.count(1, "run") == "1 run")
    #expect(Quantity.count(0, "run") == "0 runs")
    #expect(Quantity.count(1_234_567, "run") == "1,234,567 runs")
    #expect(Quantity.grouped(-100_000) == "-100,000")
    #expect(Quantity.grouped(999) == "999")
  }

  @Test(
    arguments: [
      (0.0, "0"), (0.0321674, "0.03217"), (1.23449, "1.234"), (1_234.5678, "1235"), (1.5e-7, "1.5e-07"), (.nan, "nan"),
    ] as [(Double, String)]) func lossesHaveFourSignificantDigits(value: Double, text: String)
  {
    #expect(Quantity.significant(value) == text)
  }
}
