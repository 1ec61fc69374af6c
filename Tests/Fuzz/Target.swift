import CZlib
import Datasets
import Experiments
import Foundation
import Learning
import Settings
import Store

/// What reads inputs of one kind.
protocol FuzzTarget {
  /// Valid files, or what ``file(from:)`` makes files of: where a search that is guided by coverage begins.
  var seeds: [[UInt8]] { get }
  /// The file that bytes of a guided search stand for: these bytes, unless they have to be put under checksums first.
  func file(from bytes: [UInt8]) -> [UInt8]
  /// An input: something valid, changed.
  func input(_ random: inout Mutation) -> [UInt8]
  /// Reads the file; whether it was taken without an error.
  func accepts(_ path: String) -> Bool
}

extension FuzzTarget {
  func file(from bytes: [UInt8]) -> [UInt8] { bytes }
}

enum Target {
  static func make(_ kind: Kind, folder: String) throws -> any FuzzTarget {
    switch kind {
    case .experiment: ExperimentTarget()
    case .csv: CSVTarget()
    case .idx: IDXTarget(folder: folder)
    case .journal: try JournalTarget(folder: folder)
    case .manifest: try ManifestTarget(folder: folder)
    case .shard: try ShardTarget(folder: folder)
    case .hdf5: try HDF5Target(folder: folder)
    }
  }
}

/// Whether nothing was thrown.
func succeeds(_ body: () throws -> Void) -> Bool {
  do {
    try body()
    return true
  } catch {
    // Every error must be able to say what it is.
    return "\(error)".isEmpty
  }
}

struct ExperimentTarget: FuzzTarget {
  private static let texts: [String] = [
    """
    name: a
    data: {source: digits, standardization: unit, split: {train: 0.6, validation: 0.2, test: 0.2, seed: 0, stratified: true}}
    network: {hidden: [64, 32], activation: relu, initialization: he, bias: true}
    loss: softmax_cross_entropy
    l2: 0
    precision: float
    training: {epochs: 30, order: shuffled, early_stopping: {patience: 8, minimum_delta: 0}, divergence_bound: 1e6}
    schedule: {step: {every: 10, gamma: 0.5}}
    selection: {metric: validation_loss, epoch: best}
    grid:
      optimizer:
        - {name: momentum, momentum: 0.9, learning_rate: [0.01, 0.03]}
        - {name: adam, learning_rate: {log: {from: 1e-3, to: 1e-2, count: 3}}}
        - rmsprop
      learning_rate: [3e-4, 1e-3]
      batch_size: [32, full]
      dropout: {form: inverted, input: {keep_probability: [1, 0.9]}, hidden: {dropout_rate: [0, 0.5, [0.2, 0.5]]}}
      seed: {from: 0, count: 10}
    exclude:
      - {optimizer: momentum, learning_rate: 0.1, batch_size: [32, 64]}

    """,
    """
    name: b
    data:
      source: {csv: {path: a.csv, target: y, header: true, task: regression}}
    network: {hidden: []}
    loss: squared_error
    training: {epochs: 2}
    grid:
      optimizer: {name: gradient_descent, learning_rate: 0.1}
      batch_size: 1
      l2: [0, 1e-3]
      activation: [tanh, gelu]
      hidden: [[3], [4, 5]]
      seed: [1, 2]

    """,
  ]

  var seeds: [[UInt8]] { Self.texts.map { Array($0.utf8) } }

  func input(_ random: inout Mutation) -> [UInt8] {
    var bytes = random.pick(seeds)
    random.mutateText(&bytes)
    return bytes
  }

  func accepts(_ path: String) -> Bool {
    succeeds {
      let experiment = try ExperimentFile.load(path: path, parts: .standard)
      // Grids of millions take their time by right.
      guard experiment.trials.count < 10_000 else { return }
      var hasher = CanonicalHasher()
      for trial in experiment.trials.prefix(100) { _ = hasher.identity(of: trial) }
    }
  }
}

struct CSVTarget: FuzzTarget {
  private static let texts = [
    "a,b,y\n1,2,cat\n3,4,dog\n5.5,-6e-3,cat\n", "\"a\",\"b \"\"q\"\"\",y\r\n1,2,0\r\n3,4,1\r\n",
    "1,2,3\n4,5,6\n7,8,9\n",
    "x;y\n1;2\n", "a,b,y\n1,,0\n,2,1\n", "\u{FEFF}a,y\n1,2\n",
  ]

  var seeds: [[UInt8]] { Self.texts.map { Array($0.utf8) } }

  func input(_ random: inout Mutation) -> [UInt8] {
    var bytes = random.pick(seeds)
    random.mutateText(&bytes)
    return bytes
  }

  func accepts(_ path: String) -> Bool {
    let results = [
      (header: true, target: "y", task: DataSource.Task.classification), (true, "y", .regression),
      (false, "1", .classification),
    ].map { header, target, task in
      succeeds { _ = try DataLoader.load(.csv(path: path, target: target, header: header, task: task)) }
    }
    return results.contains(true)
  }
}

/// Images; the labels are sound.
struct IDXTarget: FuzzTarget {
  private let labels: String

  init(folder: String) {
    labels = "\(folder)/labels"
    try? Data([0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 1, 0]).write(to: URL(fileURLWithPath: labels))
  }

  private static let types: [UInt8] = [8, 9, 0x0B, 0x0C, 0x0D, 0x0E]

  /// Four images of 2×3 elements of a type.
  private static func images(of type: UInt8, _ random: inout Mutation) -> [UInt8] {
    let width = [8: 1, 9: 1, 0x0B: 2, 0x0C: 4, 0x0D: 4, 0x0E: 8][Int(type)] ?? 1
    return [0, 0, type, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 3]
      + (0..<(24 * width)).map { _ in UInt8(truncatingIfNeeded: random.next() & 0x3F) }
  }

  var seeds: [[UInt8]] {
    var random = Mutation(seed: 1, index: 0)
    let plain = Self.types.map { Self.images(of: $0, &random) }
    return plain + plain.map(Self.compressed)
  }

  func input(_ random: inout Mutation) -> [UInt8] {
    var bytes = Self.images(of: random.pick(Self.types), &random)
    if random.oneIn(3) {
      // The header only: what it promises is never there.
      var header = Array(bytes[..<16])
      random.mutate(&header, from: 2)
      bytes = header + bytes[16...]
    } else {
      random.mutate(&bytes)
    }
    if random.oneIn(3) {
      bytes = Self.compressed(bytes)
      if random.oneIn(2) { random.mutate(&bytes, from: random.pick([0, 10])) }
    }
    return bytes
  }

  /// A gzip file of stored blocks.
  private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let capacity = output.count
    input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(capacity)
        deflate(&stream, Z_FINISH)
      }
    }
    let left = Int(stream.avail_out)
    deflateEnd(&stream)
    return Array(output.dropLast(left))
  }

  func accepts(_ path: String) -> Bool {
    let images = succeeds {
      _ = try DataLoader.load(.idx(images: path, labels: labels, testImages: nil, testLabels: nil))
    }
    return images
      || succeeds { _ = try DataLoader.load(.idx(images: labels, labels: path, testImages: nil, testLabels: nil)) }
  }
}
