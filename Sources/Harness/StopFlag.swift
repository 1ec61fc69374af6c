import Synchronization

/// A request to stop, shared between threads: once raised it stays raised.
public final class StopFlag: Sendable {
  private let raised = Atomic(false)

  public init() {}

  public var isRaised: Bool { raised.load(ordering: .relaxed) }

  public func raise() { raised.store(true, ordering: .relaxed) }
}
