import Experiments

/// Runs that are in a journal and in no shard yet.
struct Block: Sendable {
  private(set) var records: [TrialRecord] = []
  private(set) var bytes = 0
  /// Journals that hold nothing but these runs and ones in shards; removed when the block is a shard.
  var journals: [JournalFile] = []

  mutating func append(_ record: TrialRecord, bytes: Int) {
    records.append(record)
    self.bytes += bytes
  }

  func isFull(_ options: ResultStore.Options) -> Bool {
    records.count >= options.runsPerShard || bytes >= options.bytesPerShard
  }
}
