import Experiments

/// Runs that are in a journal and in no shard yet.
struct Block: Sendable {
  private(set) var records: [TrialRecord] = []
  private(set) var bytes = 0
  /// Where the runs that failed are: a trial that has another record is not run again.
  private var failures: [TrialIdentity: Int] = [:]
  /// Journals that hold nothing but these runs and ones in shards; removed when the block is a shard.
  var journals: [JournalFile] = []

  /// Those of a run that has been validated; empty before the first.
  var latestHyperparameters: [Hyperparameter] { records.isEmpty ? [] : records[records.count - 1].hyperparameters }

  /// Adds a run; in the place of one of the same trial that failed before.
  mutating func append(_ record: TrialRecord, bytes: Int) {
    if let index = failures.removeValue(forKey: record.identity) {
      records[index] = record
      if record.outcome.isFailure { failures[record.identity] = index }
    } else {
      if record.outcome.isFailure { failures[record.identity] = records.count }
      records.append(record)
      self.bytes += bytes
    }
  }

  func isFull(_ options: ResultStore.Options) -> Bool {
    records.count >= options.runsPerShard || bytes >= options.bytesPerShard
  }
}
