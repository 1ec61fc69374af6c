import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

/// The run that a path names: results alone, or results, a slash and the first digits of the run.
func findRun(_ path: String) throws -> (reader: ResultReader, record: TrialRecord) {
  if try isThere(path) {
    let reader = try openResults(path)
    return (reader, try record(try bestRun(of: reader), in: reader))
  }
  let slash = path.lastIndex(of: "/")
  let folder = slash.map { String(path[..<$0]) } ?? "."
  let digits = slash.map { String(path[path.index(after: $0)...]) } ?? path
  let isIdentity = !digits.isEmpty && digits.allSatisfy { $0.isHexDigit && $0.isASCII }
  guard isIdentity, try isThere(folder) else {
    throw complain(
      "\(path): no such results; accepted: RESULTS, or RESULTS/RUN with the first digits of a run",
      status: EX_NOINPUT)
  }
  let reader = try openResults(folder)
  let runs = try reading(folder) { try reader.summaries() }.map(\.identity)
  let identity = try answering(folder) { try TrialIdentity.named(digits, among: runs) }
  return (reader, try record(identity, in: reader))
}

func record(_ identity: TrialIdentity, in reader: ResultReader) throws -> TrialRecord {
  try reading(reader.path) { try reader.record(identity) }
}

/// The best seed of the configuration that ranks first.
func bestRun(of reader: ResultReader) throws -> TrialIdentity {
  let runs = try reading(reader.path) { try reader.summaries() }
  let ranking = Ranking(RunTable(runs), by: Criterion(reader.manifest.selection))
  guard let row = ranking.winner?.bestRow else {
    throw complain("\(reader.path): no run can be ranked, so there is no best one", status: EX_DATAERR)
  }
  return ranking.table.runs[row].identity
}
