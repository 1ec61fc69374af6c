/// A safetensors file: the length of a JSON header as 8 little-endian bytes, the header, the numbers.
///
/// Source: the format description of huggingface/safetensors. Header and numbers begin at multiples of 8 bytes.
public enum SafeTensors {
  public struct Tensor: Sendable {
    public var name: String
    public var shape: [Int]
    public var values: [Float]

    public init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  public static func bytes(_ tensors: [Tensor], metadata: [String: String]) -> [UInt8] {
    var members: [String: JSON] = ["__metadata__": .object(metadata.mapValues(JSON.string))]
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      members[tensor.name] = .object([
        "dtype": .string("F32"), "shape": .array(tensor.shape.map(JSON.integer)),
        "data_offsets": .array([.integer(offset), .integer(end)]),
      ])
      offset = end
    }
    var text = ""
    JSON.object(members).write(to: &text)
    var header = Array(text.utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    bytes.reserveCapacity(bytes.count + offset)
    for tensor in tensors { bytes += tensor.values.littleEndianBytes }
    return bytes
  }
}

extension [Float] {
  var littleEndianBytes: [UInt8] {
    map(\.bitPattern.littleEndian).withUnsafeBytes { [UInt8]($0) }
  }
}
