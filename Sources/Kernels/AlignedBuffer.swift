/// A zero-initialised block of scalars, aligned to a cache line and padded with zeros to whole blocks of 32 and one more.
///
/// The memory is freed with the object. Sharing between threads is safe while nobody writes.
public final class AlignedBuffer<Element: Scalar>: @unchecked Sendable {
  // @unchecked: the pointer is Sendable by contract: a buffer is written by one owner before it is shared.
  public let pointer: UnsafeMutablePointer<Element>
  public let count: Int

  public init(count: Int) {
    precondition(count >= 0)
    let padded = Self.padded(count)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: padded * MemoryLayout<Element>.stride, alignment: 64)
    pointer = raw.bindMemory(to: Element.self, capacity: padded)
    self.count = count
    clear()
  }

  private static func padded(_ count: Int) -> Int { (count + 31) / 32 * 32 + 32 }

  /// Makes all of it zero again, the padding too.
  func clear() {
    // As bytes: all of them zero is the scalar zero, and a generic scalar would be written one by one.
    UnsafeMutableRawPointer(pointer).initializeMemory(
      as: UInt8.self, repeating: 0, count: Self.padded(count) * MemoryLayout<Element>.stride)
  }

  public convenience init(_ values: some Collection<Element>) {
    self.init(count: values.count)
    var index = 0
    for value in values {
      pointer[index] = value
      index += 1
    }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return pointer[index]
    }
    set {
      precondition(index >= 0 && index < count)
      pointer[index] = newValue
    }
  }

  public var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
