import Foundation

/// Feeds broken input to everything that reads files, and counts what should not happen: a crash, an input that takes
/// longer than thirty seconds, memory over a bound.
///
///     fuzz [--inputs N] [--seed S] [--kind NAME]... [--folder PATH]
///     fuzz --replay CORPUS
///
/// The second form reads every input of a corpus, CORPUS/KIND/*, that a search guided by coverage found
/// (scripts/fuzz-coverage, ``GuidedSearch``).
///
/// Inputs are a function of kind, seed and number. They run in child processes; one that dies is started again behind the
/// input that ended it, which is kept in the folder. The exit status is 1 where anything was found.
@main struct Fuzz {
  /// Seconds an input may take.
  static let secondsPerInput: UInt32 = 30
  /// Bytes of resident memory a child may reach.
  static let memoryBound = 512 << 20

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "--child" {
      try Child(arguments: Array(arguments.dropFirst())).run()
      return
    }
    if arguments.first == "--replay", arguments.count == 2 {
      return try Corpus(folder: arguments[1]).replay()
    }
    #if FUZZER
      if let kind = ProcessInfo.processInfo.environment[GuidedSearch.variable].flatMap(Kind.init(rawValue:)) {
        try GuidedSearch.run(kind)
      }
    #endif
    var (inputs, seed, kinds) = (1_000_000, UInt64(1), [Kind]())
    var folder = FileManager.default.temporaryDirectory.appendingPathComponent("ravine-fuzz-\(getpid())").path
    for (name, value) in zip(arguments, arguments.dropFirst()) {
      switch name {
      case "--inputs": inputs = Int(value) ?? inputs
      case "--seed": seed = UInt64(value) ?? seed
      case "--folder": folder = value
      case "--kind": kinds += Kind(rawValue: value).map { [$0] } ?? []
      default: continue
      }
    }
    if kinds.isEmpty { kinds = Kind.allCases }
    let shares = kinds.reduce(0) { $0 + $1.share }
    var found = 0
    for kind in kinds {
      let count = max(1, inputs * kind.share / shares)
      found += try Campaign(kind: kind, seed: seed, count: count, folder: "\(folder)/\(kind.rawValue)").run()
    }
    if found > 0 {
      print("Inputs that ended a child are in \(folder)")
    } else {
      try FileManager.default.removeItem(atPath: folder)
    }
    exit(found > 0 ? 1 : 0)
  }
}

/// A line on standard output, at once.
func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) }

/// What is fed.
enum Kind: String, CaseIterable {
  case experiment
  case csv
  case idx
  case journal
  case manifest
  case shard
  case hdf5

  /// Inputs of a thousand: those that take longest get fewest.
  var share: Int {
    switch self {
    case .experiment: 300
    case .csv: 300
    case .idx: 300
    case .journal: 50
    case .manifest: 20
    case .shard: 15
    case .hdf5: 15
    }
  }
}

/// All inputs of one kind.
struct Campaign {
  var kind: Kind
  var seed: UInt64
  var count: Int
  var folder: String

  /// Returns how many inputs ended a child or passed a bound.
  func run() throws -> Int {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let started = ContinuousClock.now
    var (next, found, accepted, peak) = (0, 0, 0, 0)
    while next < count {
      let process = try child(from: next, to: count)
      let state = Progress.read(folder)
      accepted += state.accepted
      peak = max(peak, state.peak)
      if process.passed { break }
      // Once more by itself: an input that passes was stopped from outside, or the machine was.
      guard try diesAgain(at: state.index) else {
        next = state.index + 1
        continue
      }
      let end = process.terminationReason == .uncaughtSignal ? "signal" : "status"
      let input = "\(folder)/found-\(state.index)"
      try? FileManager.default.removeItem(atPath: input)
      try? FileManager.default.copyItem(atPath: Child.inputPath(kind, folder), toPath: input)
      say("\(kind.rawValue) \(state.index): \(end) \(process.terminationStatus): \(input)")
      found += 1
      next = state.index + 1
    }
    if peak > Fuzz.memoryBound {
      say("\(kind.rawValue): \(peak >> 20) MiB of memory, \(Fuzz.memoryBound >> 20) is the bound")
      found += 1
    }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    say(
      "\(kind.rawValue): \(count) inputs, \(accepted) accepted, \(found) found, peak \(peak >> 20) MiB, "
        + "\(Int(seconds.rounded())) s")
    return found
  }
}

extension Campaign {
  private func diesAgain(at index: Int) throws -> Bool { try !child(from: index, to: index + 1).passed }

  /// A child that has ended, having read the inputs from `first` up to `end`.
  private func child(from first: Int, to end: Int) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--child", kind.rawValue, "\(seed)", "\(first)", "\(end)", folder]
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    process.waitUntilExit()
    return process
  }
}

extension Process {
  fileprivate var passed: Bool { terminationReason == .exit && terminationStatus == 0 }
}

/// Where a child is, in a file that outlives it.
struct Progress {
  var index = 0
  var accepted = 0
  var peak = 0

  static func path(_ folder: String) -> String { "\(folder)/progress" }

  static func read(_ folder: String) -> Progress {
    let data = FileManager.default.contents(atPath: path(folder)) ?? Data()
    let words = data.withUnsafeBytes { buffer in
      (0..<(buffer.count / 8)).map { buffer.loadUnaligned(fromByteOffset: 8 * $0, as: Int.self) }
    }
    guard words.count == 3 else { return Progress() }
    return Progress(index: words[0], accepted: words[1], peak: words[2])
  }
}
