import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

/// The run that a path or `--run` names, or the best one where neither does.
func findRun(_ path: String, run: String?) throws -> (reader: ResultReader, record: TrialRecord) {
  let place = try runPath(path, run)
  let reader = try openResults(place.results)
  guard let digits = place.digits else { return (reader, try record(try bestRun(of: reader), in: reader)) }
  let runs = try reading(place.results) { try reader.summaries() }.map(\.identity)
  let identity = try answering(place.results) { try TrialIdentity.named(digits, among: runs) }
  // What else could not be read is said, and does not change what this run is.
  OpenedResults.warn()
  reader.forgetUnread()
  return (reader, try record(identity, in: reader))
}

/// Results and the run that their path or `--run` names.
func runPath(_ path: String, _ run: String?) throws -> RunPath {
  var place = try reading(path) { try RunPath(path) }
  if let named = place.digits, let run, named != run {
    throw complain("\(path) names the run \(named) and --run \(run); accepted: one of them", status: EX_USAGE)
  }
  guard try place.digits != nil || isThere(path) else {
    throw complain(
      "\(path.isEmpty ? "\"\"" : path): no such results; accepted: RESULTS, or RESULTS/RUN with the first digits of a run",
      status: EX_NOINPUT)
  }
  place.digits = place.digits ?? run
  return place
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
