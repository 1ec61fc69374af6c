import Experiments

/// Runs that are in a journal and in no shard yet.
struct Block: Sendable {
  private(set) var records: [TrialRecord] = []
  private(set) var bytes = 0
  /// Journals that hold nothing but these runs and ones in shards; removed when the block is a shard.
  var journals: [JournalFile] = []

  /// Adds a run; in the place of one of the same trial that failed before.
  mutating func append(_ record: TrialRecord, bytes: Int) {
    if let index = records.firstIndex(where: { $0.identity == record.identity }) {
      records[index] = record
    } else {
      records.append(record)
      self.bytes += bytes
    }
  }

  func isFull(_ options: ResultStore.Options) -> Bool {
    records.count >= options.runsPerShard || bytes >= options.bytesPerShard
  }
}
