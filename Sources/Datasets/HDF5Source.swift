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
    let (targetShape, targetValues) = try read(targets, within: memory)
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
        rows: shape[0], features: .doubles(values),
        targets: task == .regression ? .values(targetValues, columns: columns) : try classes(targetValues)),
      featureShape: shape.count > 1 ? Array(shape.dropFirst()) : [1])
  }

  private func read(_ name: String, within memory: MemoryLimit) throws -> (shape: [Int], values: [Double]) {
    var (shape, values): ([Int], [Double])
    let packing: HDF5File.Packing
    do {
      let file = try HDF5File.open(path: path)
      (shape, values) = try file.readNumbers(name: name, limit: memory.readBytes)
      packing = try file.packing(of: name)
    } catch {
      let text = "\(error)"
      let prefix = "\(path): "
      throw DatasetError(
        .unreadable, path: path, text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    }
    guard !shape.isEmpty, !values.isEmpty else {
      throw DatasetError(.badSize, path: path, "\(name) has shape \(shape): it holds no samples")
    }
    try unpack(&values, packing, name, shape)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DatasetError(
        .badValue, path: path,
        "\(name)[\(position(of: index, in: shape))] is \(values[index]); only finite numbers are accepted")
    }
    return (shape, values)
  }

  /// What stored numbers stand for, by the CF conventions: x·scale_factor + add_offset, and nothing for a fill value.
  private func unpack(_ values: inout [Double], _ packing: HDF5File.Packing, _ name: String, _ shape: [Int]) throws {
    for (attribute, missing) in packing.missing {
      guard let index = values.firstIndex(of: missing) else { continue }
      throw DatasetError(
        .badValue, path: path,
        "\(name)[\(position(of: index, in: shape))] is missing: it is \(missing), its \(attribute); "
          + "only samples without missing values are accepted")
    }
    guard packing.scale != 1 || packing.offset != 0 else { return }
    for index in values.indices { values[index] = values[index] * packing.scale + packing.offset }
  }

  private func classes(_ values: [Double]) throws -> RawTargets {
    let labels = try values.enumerated().map { index, value in
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
