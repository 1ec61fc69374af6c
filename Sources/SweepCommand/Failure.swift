import ArgumentParser
import Datasets
import Experiments
import Foundation
import Harness
import Reports
import Store

/// There are no results where `--resume` wants to go on.
struct NothingToResume: Error, CustomStringConvertible {
  var directory: String
  var description: String { "\(directory): no results to go on with. Without --resume, a new sweep starts there" }
}

/// A question that these results cannot answer.
struct RefusedQuestion: Error, CustomStringConvertible {
  var results: String
  var error: ReportError
  var description: String { "\(results): \(error)" }
}

/// Something in a sweep's directory is damaged, which it can be rid of.
struct DamagedResults: Error, CustomStringConvertible {
  var results: String
  var error: any Error
  var description: String { "\(error). `sweep verify --repair \(results)` saves what can be saved" }
}

/// Runs `body`; prints an error of it to standard error and exits with the status that sysexits.h has for it.
func exitOnFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch {
    // Messages may quote files, whose text must not drive a terminal.
    let lines = "\(error)".split(separator: "\n").map { TerminalText.escaped(String($0)) }
    try? FileHandle.standardError.write(contentsOf: Data("Error: \(lines.joined(separator: "\n"))\n".utf8))
    throw exitCode(for: error)
  }
}

func exitCode(for error: any Error) -> ExitCode {
  switch error {
  case let error as ExperimentFileError: error.exitCode
  case let error as DatasetError: error.code == .unreadable ? .noInput : .dataError
  case is NothingToResume: .noInput
  case is SweepConflict, is FileIsThere: .cannotCreate
  case is ProbeRefusal, is NoData, is DamagedResults: .dataError
  case let error as RefusedQuestion: ExitCode(error.error.exitStatus)
  case let error as ReportError: ExitCode(error.exitStatus)
  case let error as SlurmError: error.exitCode
  case let error as StoreError: error.exitCode
  case let error as OutputError: ExitCode(error.exitStatus)
  case let file as UnreadFile: ExitCode([file].exitStatus ?? 74)
  case is HDF5Error: .dataError
  case is TooFewThreads, is TooLittleMemory: .systemError
  default: .failure
  }
}

extension ExperimentFileError {
  fileprivate var exitCode: ExitCode {
    if problems.allSatisfy({ $0.location.override != nil }) { return .usage }
    // A problem with the file as a whole: it is not there, or cannot be read.
    return problems.contains { $0.location.line == nil && $0.key.isEmpty } ? .noInput : .dataError
  }
}

extension SlurmError {
  fileprivate var exitCode: ExitCode {
    switch self {
    case .busy: .temporary
    case .nothingSubmitted: .noInput
    case .damaged: .dataError
    case .notAvailable, .failed: .unavailable
    }
  }
}

extension StoreError {
  fileprivate var exitCode: ExitCode {
    switch self {
    case .locked: .temporary
    case .damaged, .invalidRecord: .dataError
    case .notResults, .unknownRun: .noInput
    case .system(operation: "mkdir", _, _), .exists, .unusable: .cannotCreate
    case .system, .commitFailed, .closed, .vanished: .inputOutput
    }
  }
}

/// Statuses of sysexits.h.
extension ExitCode {
  static let usage = ExitCode(64)
  static let dataError = ExitCode(65)
  static let noInput = ExitCode(66)
  static let unavailable = ExitCode(69)
  static let systemError = ExitCode(71)
  static let cannotCreate = ExitCode(73)
  static let inputOutput = ExitCode(74)
  static let temporary = ExitCode(75)
}
