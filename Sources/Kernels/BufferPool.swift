/// Buffers that are lent again once nobody holds them any more, for whoever needs the same few time and again.
///
/// A buffer goes back by being forgotten: one that is still referred to anywhere is never lent a second time. One owner.
public final class BufferPool<Element: Scalar> {
  private var buffers: [AlignedBuffer<Element>] = []

  public init() {}

  /// How many buffers there are, lent or not.
  public var count: Int { buffers.count }

  /// A buffer of zeros that nobody else holds.
  @specialized(where Element == Float)
  @specialized(where Element == Double)
  public func buffer(count: Int) -> AlignedBuffer<Element> {
    for index in buffers.indices where buffers[index].count == count && isKnownUniquelyReferenced(&buffers[index]) {
      buffers[index].clear()
      return buffers[index]
    }
    let buffer = AlignedBuffer<Element>(count: count)
    buffers.append(buffer)
    return buffer
  }
}
