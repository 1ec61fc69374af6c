import CHDF5
import Experiments
import Glibc

/// A shard open for reading, on the library's queue. Everything in it is checked before it is used.
struct ShardFile: ~Copyable {
  let file: InputFile
  let path: String
  /// Runs in the shard.
  let count: Int

  private init(file: consuming InputFile, path: String, count: Int) {
    self.file = file
    self.path = path
    self.count = count
  }

  /// Opens a shard. `requiresSeal` for a sweep's own shards; a file from elsewhere may have lost its seal to a program
  /// that copied its content. Throws ``StoreError`` and ``HDF5Error``.
  static func open(_ path: String, requiresSeal: Bool) throws -> ShardFile {
    let bytes = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
    guard try bytes.isRegularFile() else { throw StoreError.damaged(path: path, reason: "not a regular file") }
    // The library gets the very bytes that the seal was found to be right for.
    var known: [FileDriver.KnownBytes] = []
    if try Seal.verify(bytes, keeping: &known) == nil, requiresSeal {
      throw StoreError.damaged(path: path, reason: "has no seal: it is cut off, or another program wrote it")
    }
    let file = try InputFile.open(bytes, known: known)
    let format = try file.text(Schema.format.name)
    guard Schema.readableFormats.contains(format) else {
      throw StoreError.damaged(
        path: path, reason: "its format is “\(format)”, up to “\(Schema.format.value)” is read")
    }
    let run = try file.dataset(Schema.Name.run)
    guard run.extents.count == 1 else { throw StoreError.damaged(path: path, reason: "run is no dimension") }
    let count = run.extents[0]
    try run.close()
    return ShardFile(file: file, path: path, count: count)
  }

  consuming func close() throws { try file.close() }

  func manifest() throws -> SweepManifest {
    try JSON.decode(SweepManifest.self, from: Array(try file.text(Schema.Attribute.manifest).utf8), path: path)
  }

  /// What a merged file says of the test set; nil for other files.
  static func testEvaluation(of path: String) throws -> TestEvaluation? {
    let shard = try ShardFile.open(path, requiresSeal: false)
    let name = Schema.Attribute.testEvaluation
    guard try shard.file.handle.check(H5Aexists(shard.file.handle.id, name), "H5Aexists \(name)") > 0 else {
      return nil
    }
    let evaluation = try JSON.decode(
      TestEvaluation.self, from: Array(try shard.file.text(name).utf8), path: path)
    try shard.close()
    return evaluation
  }

  func damaged(_ reason: String) -> StoreError { .damaged(path: path, reason: reason) }

  // MARK: - Columns

  /// A column with one number a run.
  func column<Number: HDF5Number>(_ name: String, _: Number.Type = Number.self) throws -> [Number] {
    let dataset = try file.dataset(name)
    guard dataset.extents == [count] else { throw damaged("\(name) has extents \(dataset.extents), \(count) runs") }
    let values: [Number] = try dataset.read()
    try dataset.close()
    return values
  }

  func textColumn(_ name: String) throws -> [String] {
    let dataset = try textDataset(name)
    let values = try dataset.readText()
    try dataset.close()
    return values
  }

  private func textColumn<Value>(
    _ name: String, as convert: (UnsafePointer<CChar>) throws -> Value
  ) throws -> [Value] {
    let dataset = try textDataset(name)
    let values = try dataset.readText(as: convert)
    try dataset.close()
    return values
  }

  private func textDataset(_ name: String) throws -> Dataset {
    let dataset = try file.dataset(name)
    guard dataset.extents == [count] else { throw damaged("\(name) has extents \(dataset.extents), \(count) runs") }
    return dataset
  }

  /// A matrix with one row a run, and the length of its rows.
  func matrix(_ name: String) throws -> (values: [Double], width: Int) {
    let dataset = try file.dataset(name)
    guard dataset.extents.count == 2, dataset.extents[0] == count else {
      throw damaged("\(name) has extents \(dataset.extents), \(count) runs")
    }
    let width = dataset.extents[1]
    let values: [Double] = try dataset.read()
    try dataset.close()
    return (values, width)
  }

  func identities() throws -> [TrialIdentity] {
    try textColumn(Schema.Name.identity) { text in
      guard let identity = TrialIdentity(digits: UnsafeBufferPointer(start: text, count: strlen(text))) else {
        guard let shown = String(validatingCString: text) else { throw damaged("an identity is not UTF-8") }
        throw damaged("“\(shown)” is no identity: 32 hexadecimal digits are")
      }
      return identity
    }
  }

  func outcomes() throws -> [TrialOutcome] {
    let codes = try column(Schema.Name.outcome, Int8.self)
    let steps = try column(Schema.Name.divergedStep, Int64.self)
    // Few runs fail, and texts take longer to read than numbers.
    let hasFailures = codes.contains(Int8(TrialOutcome.failed(message: "").code))
    let messages = hasFailures ? try textColumn(Schema.Name.failureMessage) : []
    return try codes.indices.map { run in
      let outcome = TrialOutcome(
        code: Int(codes[run]), divergedStep: Int(steps[run]), failureMessage: hasFailures ? messages[run] : "")
      guard let outcome else { throw damaged("outcome \(codes[run]) of run \(run)") }
      return outcome
    }
  }
}
