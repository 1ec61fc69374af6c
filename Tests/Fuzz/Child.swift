import Foundation

/// Runs inputs one after the other, in a process of its own.
struct Child {
  private let kind: Kind
  private let seed: UInt64
  private let range: Range<Int>
  private let folder: String

  init(arguments: [String]) throws {
    kind = Kind(rawValue: arguments[0])!
    seed = UInt64(arguments[1])!
    range = Int(arguments[2])!..<Int(arguments[3])!
    folder = arguments[4]
  }

  static func inputPath(_ kind: Kind, _ folder: String) -> String {
    switch kind {
    case .journal: "\(folder)/sweep/journal/input.journal"
    case .manifest: "\(folder)/sweep/sweep.json"
    default: "\(folder)/input"
    }
  }

  func run() throws {
    // Far over the bound that is checked in the end: an allocation that passes this ends the child at once.
    var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    let target = try Target.make(kind, folder: folder)
    let input = Self.inputPath(kind, folder)
    let progress = open(Progress.path(folder), O_RDWR | O_CREAT | O_TRUNC, 0o644)
    var state = Progress()
    for index in range {
      state.index = index
      state.peak = Self.peak
      withUnsafeBytes(of: (state.index, state.accepted, state.peak)) {
        _ = pwrite(progress, $0.baseAddress, $0.count, 0)
      }
      var random = Mutation(seed: seed, index: index)
      let bytes = target.input(&random)
      alarm(Fuzz.secondsPerInput)
      try Self.write(bytes, to: input)
      if target.accepts(input) { state.accepted += 1 }
      alarm(0)
    }
    state.peak = Self.peak
    withUnsafeBytes(of: (state.index, state.accepted, state.peak)) { _ = pwrite(progress, $0.baseAddress, $0.count, 0) }
    close(progress)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, $0.count - offset) }
      guard written > 0 else { break }
      offset += written
    }
    close(file)
  }

  /// Largest resident memory so far, in bytes.
  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
