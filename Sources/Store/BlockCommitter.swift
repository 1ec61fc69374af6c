import Dispatch
import Synchronization

/// Turns blocks into shards, one after the other, beside the sweep; where no thread can be had, in its place.
final class BlockCommitter: Sendable {
  private let directory: ResultDirectory
  private let queue = DispatchQueue(label: "ravine.store.commit")
  /// Blocks that wait hold their runs in memory, so few may.
  private let slots = DispatchSemaphore(value: 2)
  private let failure = Mutex<String?>(nil)
  private let isConcurrent = ThreadBudget.available(upTo: 1) == 1

  init(_ directory: ResultDirectory) {
    self.directory = directory
  }

  /// Takes a block; waits while too many are under way. Throws what failed before: after that nothing is committed.
  func submit(_ block: Block, manifest: SweepManifest) throws {
    slots.wait()
    let work: @Sendable () -> Void = { [self] in
      defer { slots.signal() }
      // A journal is retired only when every block before is a shard: it may hold runs of theirs.
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        try commit(block, manifest: manifest)
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    if isConcurrent { queue.async(execute: work) } else { queue.sync(execute: work) }
    try checkFailure()
  }

  /// Waits for what was submitted.
  func finish() throws {
    queue.sync {}
    try checkFailure()
  }

  func checkFailure() throws {
    if let reason = failure.withLock({ $0 }) {
      throw StoreError.commitFailed(directory: directory.path, reason: reason)
    }
  }

  private func commit(_ block: Block, manifest: SweepManifest) throws {
    if !block.records.isEmpty { try ShardCommit.write(block.records, manifest: manifest, in: directory) }
    FaultPoint.shardDone.pass()
    for journal in block.journals {
      if journal.isDamaged {
        _ = try directory.moveToQuarantine(journal.path)
      } else {
        try Files.remove(journal.path)
      }
      FaultPoint.journalGone.pass()
    }
  }
}
