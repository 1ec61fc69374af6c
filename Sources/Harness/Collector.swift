import Synchronization

/// Results that arrive in any order, given back in the order of their positions.
final class Collector<Value: Sendable>: Sendable {
  private let values = Mutex<[Int: Value]>([:])

  func add(_ value: Value, at position: Int) { values.withLock { $0[position] = value } }

  var inOrder: [Value] { values.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }
}
