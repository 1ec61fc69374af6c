import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

/// The run that a path names: results alone, or results, a slash and the first digits of the run.
func findRun(_ path: String) throws -> (reader: ResultReader, record: TrialRecord) {
  if access(path, F_OK) == 0 {
    let reader = try openResults(path)
    return (reader, try record(try bestRun(of: reader), in: reader))
  }
  let slash = path.lastIndex(of: "/")
  let folder = slash.map { String(path[..<$0]) } ?? "."
  let digits = slash.map { String(path[path.index(after: $0)...]) } ?? path
  let isIdentity = !digits.isEmpty && digits.allSatisfy { $0.isHexDigit && $0.isASCII }
  guard isIdentity, access(folder, F_OK) == 0 else {
    throw complain(
      "\(path): no such results; accepted: RESULTS, or RESULTS/RUN with the first digits of a run",
      status: EX_NOINPUT)
  }
  let reader = try openResults(folder)
  let wanted = digits.lowercased()
  let found = try reading(folder) { try reader.summaries() }.map(\.identity).filter {
    $0.description.hasPrefix(wanted)
  }
  guard let identity = found.first else {
    throw complain("\(folder): has no run \(digits); summary \(folder) --runs lists them", status: EX_NOINPUT)
  }
  guard found.count == 1 else {
    let runs = found.prefix(5).map(\.short).joined(separator: ", ")
    throw complain(
      "\(folder): \(found.count) runs begin with \(digits): \(runs)\(found.count > 5 ? ", …" : "")", status: EX_USAGE)
  }
  return (reader, try record(identity, in: reader))
}

private func record(_ identity: TrialIdentity, in reader: ResultReader) throws -> TrialRecord {
  try reading(reader.path) { try reader.record(identity) }
}

/// The best seed of the configuration that ranks first.
private func bestRun(of reader: ResultReader) throws -> TrialIdentity {
  let runs = try reading(reader.path) { try reader.summaries() }
  let ranking = Ranking(RunTable(runs), by: Criterion(reader.manifest.selection))
  guard let row = ranking.winner?.bestRow else {
    throw complain("\(reader.path): no run can be ranked, so there is no best one", status: EX_DATAERR)
  }
  return ranking.table.runs[row].identity
}
