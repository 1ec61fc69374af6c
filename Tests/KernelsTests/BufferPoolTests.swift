import Kernels
import Testing

@Suite("Buffers that are lent again")
struct BufferPoolTests {
  @Test func aForgottenBufferIsLentAgainAndZero() {
    let pool = BufferPool<Float>()
    var buffer: AlignedBuffer? = pool.buffer(count: 40)
    let memory = buffer?.pointer
    // Up to the end of the padding: 40 numbers in two blocks of 32, and one more.
    memory?.update(repeating: .nan, count: 96)
    buffer = nil
    let again = pool.buffer(count: 40)
    #expect(again.pointer == memory)
    #expect((0..<96).allSatisfy { again.pointer[$0].bitPattern == 0 })
  }

  @Test func whatIsHeldIsNotLentTwice() {
    let pool = BufferPool<Double>()
    let held = pool.buffer(count: 3)
    held[1] = 5
    let other = pool.buffer(count: 3)
    #expect(other !== held)
    #expect(held.array == [0, 5, 0] && other.array == [0, 0, 0])
  }

  @Test func anotherLengthIsAnotherBuffer() {
    let pool = BufferPool<Float>()
    let first = ObjectIdentifier(pool.buffer(count: 8))
    #expect(pool.buffer(count: 9).count == 9)
    #expect(ObjectIdentifier(pool.buffer(count: 8)) == first)
  }
}
