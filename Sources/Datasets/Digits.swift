/// The 1,797 8×8 handwritten digits of the UCI optical recognition set, pixels 0…16. The data carry their licence.
enum Digits {
  static let count = 1797
  static let side = 8

  static func dataset() throws -> RawDataset {
    var pixels: [UInt8] = []
    var labels: [Int32] = []
    pixels.reserveCapacity(count * side * side)
    labels.reserveCapacity(count)
    encoded.withUTF8Buffer { text in
      for line in text.split(separator: UInt8(ascii: "\n")) {
        labels.append(Int32(value(line[line.startIndex])))
        for symbol in line.dropFirst() { pixels.append(value(symbol)) }
      }
    }
    return try RawDataset(
      samples: RawSamples(
        rows: labels.count, features: .bytes(pixels), targets: .classes(labels, names: (0...9).map(String.init))),
      featureShape: [side, side])
  }

  private static func value(_ symbol: UInt8) -> UInt8 {
    symbol <= UInt8(ascii: "9") ? symbol - UInt8(ascii: "0") : symbol - UInt8(ascii: "A") + 10
  }
}
