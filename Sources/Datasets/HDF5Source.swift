import Experiments
import Store

/// Two HDF5 data sets of one file: features (samples × …) and targets (samples, or samples × outputs).
struct HDF5Source {
  let path: String
  let features: String
  let targets: String
  let task: DataSource.Task

  /// - Throws: ``DatasetError`` with the file, the data set and the index of what is wrong.
  func load(within memory: MemoryLimit = .halfOfMachine) throws -> RawDataset {
    let (shape, values) = try read(features, within: memory)
    let (targetShape, read) = try readTargets(within: memory)
    guard shape[0] == targetShape[0] else {
      throw DatasetError(
        .mismatch, path: path,
        "\(features) has \(shape[0]) samples and \(targets) has \(targetShape[0]); they must be as many")
    }
    let columns = targetShape.dropFirst().reduce(1, *)
    guard targetShape.count <= 2, task == .regression || columns == 1 else {
      throw DatasetError(
        .badTarget, path: path,
        "\(targets) has shape \(targetShape); "
          + (task == .regression ? "samples, or samples × outputs, is accepted" : "classes are one number a sample"))
    }
    return try RawDataset(
      samples: RawSamples(
        rows: shape[0], features: .doubles(values), targets: targets(of: read, columns: columns),
        origin: SampleOrigin(path: path, featureSet: features, targets: targets)),
      featureShape: shape.count > 1 ? Array(shape.dropFirst()) : [1])
  }

  /// Targets as they are stored: integers stay integers, since a Double does not tell all of them apart.
  private enum StoredTargets {
    case integers([Int64])
    case numbers([Double])
  }

  private func readTargets(within memory: MemoryLimit) throws -> (shape: [Int], targets: StoredTargets) {
    if task == .classification, let (shape, labels) = try readIntegers(targets, within: memory) {
      return (shape, .integers(labels))
    }
    let (shape, values) = try read(targets, within: memory)
    return (shape, .numbers(values))
  }

  private func targets(of read: StoredTargets, columns: Int) throws -> RawTargets {
    switch read {
    case .integers(let labels): try classes(labels.map { Int($0) })
    case .numbers(let values): task == .regression ? .values(values, columns: columns) : try classes(integers(values))
    }
  }

  /// Nil where the data set holds other numbers, or integers that stand for others.
  private func readIntegers(_ name: String, within memory: MemoryLimit) throws -> (shape: [Int], labels: [Int64])? {
    let read: (shape: [Int], values: [Int64], packing: HDF5File.Packing)? = try opened { file in
      let packing = try file.packing(of: name)
      guard packing.integers != nil, packing.isIdentity else { return nil }
      let (shape, labels) = try file.readNumbers(name: name, as: Int64.self, limit: memory.readBytes)
      return (shape, labels, packing)
    }
    guard let (shape, labels, packing) = read else { return nil }
    try requireSamples(name, shape, labels.count)
    for missing in packing.missing {
      try requireNone(of: missing.integer ?? Int64(exactly: missing.value), missing.name, in: labels, name, shape)
    }
    try requireWithin(packing.bounds, labels.lazy.map { Double($0) }, name, shape)
    return (shape, labels)
  }

  private func read(_ name: String, within memory: MemoryLimit) throws -> (shape: [Int], values: [Double]) {
    var (shape, values, packing) = try opened { file in
      let (shape, values) = try file.readNumbers(name: name, as: Double.self, limit: memory.readBytes)
      return (shape, values, try file.packing(of: name))
    }
    try requireSamples(name, shape, values.count)
    try unpack(&values, packing, name, shape)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DatasetError(
        .badValue, path: path,
        "\(name)[\(position(of: index, in: shape))] is \(values[index]); only finite numbers are accepted")
    }
    return (shape, values)
  }

  /// What `read` finds in the file; its errors become this source's.
  private func opened<Result>(_ read: (HDF5File) throws -> Result) throws -> Result {
    do {
      return try read(try HDF5File.open(path: path))
    } catch {
      let text = "\(error)"
      let prefix = "\(path): "
      throw DatasetError(
        .unreadable, path: path, text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    }
  }

  private func requireSamples(_ name: String, _ shape: [Int], _ count: Int) throws {
    guard !shape.isEmpty, count > 0 else {
      throw DatasetError(.badSize, path: path, "\(name) has shape \(shape): it holds no samples")
    }
  }

  private func requireNone<Number: Equatable>(
    of missing: Number?, _ what: String, in values: [Number], _ name: String, _ shape: [Int]
  ) throws {
    guard let missing, let index = values.firstIndex(of: missing) else { return }
    throw isMissing("it is \(missing), \(what)", at: index, name, shape)
  }

  /// By netCDF's conventions a number outside of the valid range is none.
  private func requireWithin(
    _ bounds: [HDF5File.Packing.Bound], _ values: some Collection<Double>, _ name: String, _ shape: [Int]
  ) throws {
    for bound in bounds {
      for (index, value) in values.enumerated() where bound.excludes(value) {
        let side = bound.isLower ? "below" : "above"
        throw isMissing("it is \(value), \(side) the \(bound.value) of its \(bound.attribute)", at: index, name, shape)
      }
    }
  }

  private func isMissing(_ why: String, at index: Int, _ name: String, _ shape: [Int]) -> DatasetError {
    DatasetError(
      .badValue, path: path,
      "\(name)[\(position(of: index, in: shape))] is missing: \(why); only samples without missing values are accepted")
  }

  /// What stored numbers stand for, by the conventions of netCDF and CF: x·scale_factor + add_offset, and nothing for a fill
  /// value or a number out of range.
  private func unpack(_ values: inout [Double], _ packing: HDF5File.Packing, _ name: String, _ shape: [Int]) throws {
    if packing.integers?.isReinterpreted == true {
      for index in values.indices { values[index] = packing.meant(values[index]) }
    }
    for missing in packing.missing { try requireNone(of: missing.value, missing.name, in: values, name, shape) }
    try requireWithin(packing.bounds.filter { !$0.isOfUnpacked }, values, name, shape)
    if !packing.isIdentity {
      let stored = (values.min(), values.max())
      for index in values.indices { values[index] = values[index] * packing.scale + packing.offset }
      // Networks compute in single precision: what is one number there says nothing.
      if let least = values.min(), let most = values.max(), stored.0 != stored.1, Float(least) == Float(most) {
        throw DatasetError(
          .badValue, path: path,
          "\(name): its scale_factor \(packing.scale) and add_offset \(packing.offset) make \(least) of all of its numbers; accepted:"
            + " such as leave them different")
      }
    }
    try requireWithin(packing.bounds.filter(\.isOfUnpacked), values, name, shape)
  }

  private func integers(_ values: [Double]) throws -> [Int] {
    try values.enumerated().map { index, value in
      guard value.magnitude < IntegerClasses.limit else {
        throw DatasetError(
          .mislabelled, path: path, "\(targets)[\(index)] is \(value): " + IntegerClasses.beyondLimit)
      }
      guard let label = Int(exactly: value) else {
        throw DatasetError(
          .mislabelled, path: path,
          "\(targets)[\(index)] is \(value): classes are integers; other numbers are a task of regression")
      }
      return label
    }
  }

  private func classes(_ labels: [Int]) throws -> RawTargets {
    let classes = try IntegerClasses(of: labels, path: path, what: "values of \(targets)")
    return .classes(labels.map { classes[$0]! }, names: classes.names)
  }

  /// The index of an element, such as `3, 0, 7`.
  private func position(of offset: Int, in shape: [Int]) -> String {
    var rest = offset
    var indices: [Int] = []
    for extent in shape.reversed() {
      indices.append(rest % extent)
      rest /= extent
    }
    return indices.reversed().map(String.init).joined(separator: ", ")
  }
}
