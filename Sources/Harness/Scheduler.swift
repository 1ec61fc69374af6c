import Dispatch
import Synchronization

/// Runs trials, or other independent pieces of work, on worker threads and hands every result to one owner.
///
/// Each worker is one thread that takes the next item, runs it, and waits until its result has been delivered before it
/// takes another: a finished run is recorded before the next one starts on that worker. Deliveries happen one at a time
/// on one serial queue, in the order in which runs finish.
public struct Scheduler: Sendable {
  public var workers: Int

  public init(workers: Int) {
    precondition(workers > 0)
    self.workers = workers
  }

  /// How a schedule ended.
  public struct Outcome: Hashable, Sendable {
    /// Results that were delivered.
    public var delivered: Int
    /// Items that were given up, or never started, because of a stop.
    public var remaining: Int
  }

  /// Works on `items` in the given order until all are done or `stop` is raised.
  ///
  /// - Parameters:
  ///   - body: Works on one item, on a worker's thread. Nil says that it gave up because of the stop: nothing is delivered.
  ///   - deliver: Takes a result, never two at a time.
  ///   - finished: Told, on the worker's thread, that an item is through, delivered or not.
  /// - Throws: The first error of `deliver`. It raises `stop`, and nothing is delivered after it.
  @discardableResult
  public func run<Items: RandomAccessCollection & Sendable, Value: Sendable>(
    _ items: Items, stop: StopFlag, body: @escaping @Sendable (Items.Element) -> Value?,
    deliver: @escaping @Sendable (Items.Element, Value) throws -> Void,
    finished: @escaping @Sendable (Items.Element) -> Void = { _ in }
  ) throws -> Outcome where Items.Index == Int {
    let queue = WorkQueue(items: items, stop: stop, body: body, deliver: deliver, finished: finished)
    let group = DispatchGroup()
    for index in 0..<min(workers, items.count) {
      // A serial queue a worker: unlike a concurrent one it gets its thread even beyond the number of cores.
      DispatchQueue(label: "worker \(index)").async(group: group) { queue.work() }
    }
    group.wait()
    if let error = queue.failure { throw error }
    return Outcome(delivered: queue.delivered, remaining: items.count - queue.delivered)
  }
}

/// The state that the workers of one schedule share.
private final class WorkQueue<Items: RandomAccessCollection & Sendable, Value: Sendable>: Sendable
where Items.Index == Int {
  typealias Item = Items.Element

  private let items: Items
  private let stop: StopFlag
  private let body: @Sendable (Item) -> Value?
  private let deliver: @Sendable (Item, Value) throws -> Void
  private let finished: @Sendable (Item) -> Void
  private let next = Atomic(0)
  private let owner = DispatchQueue(label: "results")
  private let deliveries = Mutex((count: 0, failure: nil as (any Error)?))

  init(
    items: Items, stop: StopFlag, body: @escaping @Sendable (Item) -> Value?,
    deliver: @escaping @Sendable (Item, Value) throws -> Void, finished: @escaping @Sendable (Item) -> Void
  ) {
    self.items = items
    self.stop = stop
    self.body = body
    self.deliver = deliver
    self.finished = finished
  }

  var delivered: Int { deliveries.withLock { $0.count } }
  var failure: (any Error)? { deliveries.withLock { $0.failure } }

  func work() {
    while !stop.isRaised {
      let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard position < items.count else { return }
      let item = items[items.startIndex + position]
      defer { finished(item) }
      guard let value = body(item) else { return }
      owner.sync { take(value, of: item) }
    }
  }

  private func take(_ value: Value, of item: Item) {
    guard failure == nil else { return }
    do {
      try deliver(item, value)
      deliveries.withLock { $0.count += 1 }
    } catch {
      deliveries.withLock { $0.failure = error }
      stop.raise()
    }
  }
}
