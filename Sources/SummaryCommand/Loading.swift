import ArgumentParser
import Experiments
import Glibc
import Reports
import Store
import Synchronization

/// Reads a sweep's results. What is wrong with them is said on standard error.
func loadResults(_ path: String) throws -> SweepResults { try loadResults(try openResults(path)) }

func loadResults(_ reader: ResultReader) throws -> SweepResults {
  try reading(reader.path) {
    var results = SweepResults(
      name: reader.manifest.name, selection: reader.manifest.selection, runs: try reader.summaries(),
      plannedRuns: reader.manifest.trials, testEvaluation: try reader.testEvaluation)
    results.hasLostTestEvaluation = results.testEvaluation == nil && reader.manifest.hasSeenTestSet == true
    OpenedResults.warn()
    return results
  }
}

func openResults(_ path: String) throws -> ResultReader {
  guard try isThere(path) else {
    let name = path.isEmpty ? "\"\"" : path
    throw complain("\(name): \(String(cString: strerror(ENOENT)))", status: EX_NOINPUT)
  }
  let reader = try reading(path) { try ResultReader(path: path) }
  OpenedResults.add(reader)
  return reader
}

/// The results that this program has opened: what they could not give is missing from its answer.
enum OpenedResults {
  private static let state = Mutex(State())

  private struct State {
    var readers: [ResultReader] = []
    var warnings: Set<String> = []
  }

  static func add(_ reader: ResultReader) { state.withLock { $0.readers.append(reader) } }

  /// Forgets those whose answers are outdated.
  static func removeAll() { state.withLock { $0.readers = [] } }

  static var unread: [UnreadFile] { state.withLock { $0.readers.flatMap(\.unread) } }

  /// The same for the reports.
  static var unreadResults: [UnreadResult] { unread.map { UnreadResult(path: $0.path, reason: $0.reason) } }

  /// Says on standard error what is wrong with the results, each thing once.
  static func warn() {
    let new = state.withLock { state in
      let texts = state.readers.flatMap { $0.notices + $0.unread.map(\.reason) }
      // A notice says more than the reason it begins with.
      return texts.filter { text in
        let isKnown = state.warnings.contains { $0.hasPrefix(text) }
        if !isKnown { state.warnings.insert(text) }
        return !isKnown
      }
    }
    for text in new { writeError("Warning: \(text)") }
  }
}

/// Whether there is something at a path; ends the program where the system cannot say.
func isThere(_ path: String) throws -> Bool {
  if access(path, F_OK) == 0 { return true }
  let code = errno
  guard code != ENOENT, code != ENOTDIR else { return false }
  throw complain("\(path): \(String(cString: strerror(code)))", status: status(ofSystemError: code))
}

/// What is not there, or may not be opened, is no input; anything else is an error of reading it.
private func status(ofSystemError code: Int32) -> Int32 {
  [ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG].contains(code) ? EX_NOINPUT : EX_IOERR
}

/// Runs `body`, which reads results; ends the program where they cannot be read.
func reading<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let file as UnreadFile {
    throw complain("\(file)", status: [file].exitStatus ?? EX_IOERR)
  } catch StoreError.system(let operation, let path, let code) {
    throw complain(
      "\(StoreError.system(operation: operation, path: path, code: code))", status: status(ofSystemError: code))
  } catch let error as StoreError {
    if case .notResults = error { throw complain("\(error)", status: EX_NOINPUT) }
    throw complain("\(error)", status: EX_DATAERR)
  } catch {
    throw complain("\(error)", status: EX_DATAERR)
  }
}

/// Says what is wrong on standard error and gives the status to end with.
func complain(_ message: String, status: Int32) -> ExitCode {
  writeError("Error: \(message)")
  return ExitCode(status)
}

private func writeError(_ message: String) {
  let lines = message.split(separator: "\n").map { TerminalText.escaped(String($0)) }
  let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
  // Nothing is left to tell where standard error itself cannot be written.
  _ = write(STDERR_FILENO, bytes, bytes.count)
}
