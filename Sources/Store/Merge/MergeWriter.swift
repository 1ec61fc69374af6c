import CHDF5
import Experiments
import Glibc

/// Writes a merged file: takes values from the sources in passes that each fit in memory, every source once a pass.
struct MergeWriter {
  let plan: MergePlan
  let sources: MergeSources
  /// Bytes of values held at once; a single row may take more.
  var budget = 128 << 20
  static let chunkBytes = 1 << 20

  /// Some rows of one variable.
  private struct Task {
    var variable: Int
    var rows: Range<Int>
    var bytes: Int
  }

  /// Writes the file with its seal behind it into `file`, which is empty, and waits until it is on the device.
  func write(to file: borrowing FileDescriptor) throws {
    let path = file.path
    let chunks = try HDF5.run {
      let image = try OutputImage.create(in: FileDescriptor(opening: path, O_RDWR))
      for attribute in plan.attributes {
        if case .text(let text) = attribute.value { try image.setText(text, attribute.name) }
      }
      try ShardImage.writeDimensions(plan.dimensions.map(Dimension.init), in: image)
      for variable in plan.variables { try create(variable, in: image) }
      for pass in passes() { try run(pass, in: image) }
      try image.flush()
      let chunks = try chunkExtents(in: image)
      try image.close()
      return chunks
    }
    let seal = try Seal(ofFile: path, leavingOut: chunks)
    let end = try FileDescriptor(opening: path, O_WRONLY | O_APPEND)
    try end.write(seal.bytes)
    try end.close()
  }

  // MARK: - Passes

  private func storage(of variable: MergedVariable) -> OutputDataset.Storage {
    let extents = plan.extents(of: variable)
    if variable.type == .text { return ShardImage.textStorage(extents) }
    return ShardImage.storage(
      stride: variable.type.stride, extents: extents, isCompressed: variable.isCompressed, chunkBytes: Self.chunkBytes)
  }

  /// Every row of every variable once. Rows are cut where chunks end, so that each chunk is written whole.
  private func passes() -> [[Task]] {
    var passes: [[Task]] = [[]]
    var used = 0
    for (index, variable) in plan.variables.enumerated() {
      let extents = plan.extents(of: variable)
      let rowBytes = max(1, extents.dropFirst().reduce(variable.memoryBytes, *))
      var step = max(1, budget / rowBytes)
      if case .chunked(let chunk, _) = storage(of: variable), step > chunk[0] { step -= step % chunk[0] }
      for start in stride(from: 0, to: extents[0], by: step) {
        let rows = start..<min(extents[0], start + step)
        let task = Task(variable: index, rows: rows, bytes: rows.count * rowBytes)
        if used + task.bytes > budget, used > 0 {
          passes.append([])
          used = 0
        }
        passes[passes.count - 1].append(task)
        used += task.bytes
      }
    }
    return passes.filter { !$0.isEmpty }
  }

  private func run(_ tasks: [Task], in image: borrowing OutputImage) throws {
    var gathered = tasks.map { task in
      GatheredRows(plan.variables[task.variable], extents: plan.extents(of: plan.variables[task.variable]), task.rows)
    }
    for (index, source) in sources.sources.enumerated() {
      let moves = tasks.map { task in
        plan.rowSets[plan.variables[task.variable].rowSet].bySource[index].moves(to: task.rows)
      }
      guard moves.contains(where: { !$0.isEmpty }) else { continue }
      let shard = try ShardFile.open(source.path, requiresSeal: source.requiresSeal)
      guard shard.count == source.identities.count else { throw shard.damaged("changed while it was read") }
      for (position, task) in tasks.enumerated() where !moves[position].isEmpty {
        guard let origin = plan.variables[task.variable].origins[sources.shapeOf[index]] else { continue }
        try gathered[position].take(moves[position], of: origin, in: shard, source)
      }
      try shard.close()
    }
    for (position, task) in tasks.enumerated() {
      let variable = plan.variables[task.variable]
      let dataset = try OutputDataset.open(variable.name, in: image)
      try gathered[position].write(to: dataset, textType: image.textType)
      try dataset.close()
      gathered[position] = GatheredRows()
    }
  }

  // MARK: - Variables

  private func create(_ variable: MergedVariable, in image: borrowing OutputImage) throws {
    let type =
      switch variable.type {
      case .number(let type): type.native
      case .text: image.textType.id
      }
    let dataset = try OutputDataset.create(
      variable.name, in: image, type: type, extents: plan.extents(of: variable), storage: storage(of: variable))
    for (axis, dimension) in variable.dimensions.enumerated() {
      let scale = try OutputDataset.open(dimension, in: image)
      try dataset.attach(scale, axis: axis)
      try scale.close()
    }
    for attribute in variable.attributes { try dataset.set(attribute, in: image) }
    try dataset.close()
  }

  /// Where the checksummed chunks lie; texts lie elsewhere in the file and are under the seal.
  private func chunkExtents(in image: borrowing OutputImage) throws -> [Range<Int>] {
    var extents: [Range<Int>] = []
    for variable in plan.variables where variable.type != .text {
      guard case .chunked(let chunk, _) = storage(of: variable) else { continue }
      let dataset = try OutputDataset.open(variable.name, in: image)
      extents += try dataset.chunkExtents(plan.extents(of: variable), chunk: chunk)
      try dataset.close()
    }
    return extents
  }
}

extension MergedVariable {
  /// Bytes of an element while it is gathered; texts are counted with what they usually hold.
  fileprivate var memoryBytes: Int { type == .text ? 96 : type.stride }
}

extension Dimension {
  fileprivate init(_ dimension: MergedDimension) {
    self.init(
      name: dimension.name, length: dimension.length,
      coordinate: dimension.coordinates.map { .init(values: $0, longName: dimension.longName) })
  }
}

extension [MergeRows.Move] {
  /// Those that go to `rows`; the moves ascend in where they go.
  func moves(to rows: Range<Int>) -> ArraySlice<MergeRows.Move> {
    self[first(from: Int32(rows.lowerBound))..<first(from: Int32(rows.upperBound))]
  }

  private func first(from target: Int32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].target < target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
