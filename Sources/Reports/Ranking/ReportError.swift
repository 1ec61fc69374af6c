import Experiments
import Settings

/// What is wrong with a question put to the results.
public enum ReportError: Error, Hashable, CustomStringConvertible {
  case unknownKey(String, nearest: String?, known: [String])
  /// A `--where` condition that is not KEY, operator, VALUE.
  case malformedCondition(String)
  /// An order comparison with something that is not a number.
  case notANumber(condition: String, value: String)
  /// The conditions leave nothing; `known` holds the values the last one chose from.
  case nothingLeft(condition: String, key: String, known: [String], OtherEpoch? = nil)
  /// A hyperparameter has no such value.
  case unknownValue(key: String, value: String, known: [String])
  /// The runs are of several problems, which are named.
  case severalProblems([String])
  /// Every run diverged, failed or measured nothing; at the other epoch they may have.
  case nothingRanked(OtherEpoch?)
  /// A question whose answer is over seeds, put to runs of a single one.
  case oneSeed(String)
  /// Seeds cannot be compared: they are what comparisons are over; what can is listed.
  case seedsCompared([String])
  /// A value of the metric that has no logarithm.
  case notPositive(Double, metric: String)
  /// No run's identity begins so; `nearest` is the one that comes nearest.
  case unknownRun(String, nearest: String?)
  case ambiguousRun(String, runs: [String])
  /// There are no probes of the curvature; nil for no run at all.
  case noCurvature(run: String?)
  /// The runs were stored before this trace was.
  case noTrace(String)

  public var description: String {
    switch self {
    case .unknownKey(let key, let nearest, let known):
      "unknown key '\(escaped(key))'\(nearest.map { "; did you mean '\(escaped($0))'?" } ?? ".")"
        + " Known keys: \(known.map(escaped).joined(separator: ", "))."
    case .malformedCondition(let text):
      "condition '\(escaped(text))' is not KEY=VALUE[,VALUE...]; operators are =, !=, <, <=, > and >="
    case .notANumber(let condition, let value):
      "condition '\(escaped(condition))' compares with '\(escaped(value))', which is not one number"
    case .nothingLeft(let condition, let key, let known, let otherEpoch):
      "no run is left with '\(escaped(condition))'" + hint((try? Condition(condition))?.values ?? [], known)
        + (known.isEmpty ? "" : "; \(escaped(key)) has \(known.map(escaped).joined(separator: ", "))")
        + (otherEpoch.map { "; \($0.hint)" } ?? "")
    case .unknownValue(let key, let value, let known):
      "no run has \(escaped(key)) '\(escaped(value))'\(hint([value], known)); accepted: \(known.map(escaped).joined(separator: ", "))"
    case .unknownRun(let run, let nearest):
      "has no run '\(escaped(run))'\(nearest.map { "; the nearest is \($0)" } ?? ", nor any other")."
        + " summary rank RESULTS --runs lists them"
    case .ambiguousRun(let run, let runs):
      "\(runs.count) runs begin with \(escaped(run)): \(runs.prefix(5).joined(separator: ", "))"
        + (runs.count > 5 ? ", …" : "")
    case .noCurvature(let run):
      (run.map { "run \(escaped($0)) has no probes of its curvature" } ?? "no run has probes of its curvature")
        + ". A section curvature: in the experiment file measures while training, sweep probe afterwards"
    case .severalProblems(let names):
      "the runs are of \(names.count) problems, whose losses cannot be compared: "
        + names.prefix(5).map(escaped).joined(separator: "; ") + (names.count > 5 ? "; …" : "")
        + ". --where problem=… asks about one, summary profile about all"
    case .nothingRanked(let otherEpoch):
      "no run can be ranked: all diverged, failed or measured nothing" + (otherEpoch.map { "; \($0.hint)" } ?? "")
    case .oneSeed(let question):
      "\(question) takes at least two seeds that all configurations ran with: of one, what a hyperparameter does cannot be"
        + " told from what the seed does"
    case .seedsCompared(let known):
      "seed cannot be compared: differences are taken over the seeds, and configurations are no sample of a seed's luck;"
        + " accepted: \(known.map(escaped).joined(separator: ", "))"
    case .notPositive(let value, let metric):
      "--scale log: \(escaped(metric)) is \(NumberText.short(value)) in some runs, which has no logarithm; accepted: value,"
        + " rank"
    case .noTrace(let name): "the runs have no \(name): they are older than it; accepted: --x epochs or --x seconds"
    }
  }

  /// The status of sysexits.h: 64 the question is wrong, 66 the run is not there, 65 the data cannot answer.
  public var exitStatus: Int32 {
    switch self {
    case .unknownKey, .malformedCondition, .notANumber, .unknownValue, .ambiguousRun, .severalProblems,
      .seedsCompared, .notPositive:
      64
    case .unknownRun: 66
    case .nothingLeft, .nothingRanked, .oneSeed, .noCurvature, .noTrace: 65
    }
  }

  /// What the first of these words that is known under another name was meant to be.
  private func hint(_ values: [String], _ known: [String]) -> String {
    values.lazy.compactMap { nearestName(to: $0, in: known, of: Parts.current.all) }.first.map {
      "; did you mean '\(escaped($0))'?"
    } ?? ""
  }

  private func escaped(_ text: String) -> String { TerminalText.escaped(text) }
}

extension RunTable {
  /// - Throws: ``ReportError/unknownKey`` with the nearest known one.
  func requiredColumn(_ name: String) throws(ReportError) -> Column {
    if let column = column(name) { return column }
    throw .unknownKey(name, nearest: nearestName(to: name, in: columns.map(\.name)), known: columns.map(\.name))
  }
}

extension TrialIdentity {
  /// The identity that begins with these digits.
  ///
  /// - Throws: ``ReportError/unknownRun``, ``ReportError/ambiguousRun``.
  public static func named(
    _ digits: String, among identities: [TrialIdentity]
  ) throws(ReportError) -> TrialIdentity {
    let wanted = digits.lowercased()
    let found = wanted.isEmpty ? [] : identities.filter { $0.description.hasPrefix(wanted) }
    guard let first = found.first else {
      let typed = Array(wanted.utf8)
      let nearest = identities.map { identity in
        (identity, editDistance(Array(identity.description.utf8.prefix(max(1, typed.count))), typed))
      }.min { ($0.1, $0.0) < ($1.1, $1.0) }
      throw .unknownRun(digits, nearest: nearest?.0.short)
    }
    guard found.count == 1 else { throw .ambiguousRun(digits, runs: found.map(\.short)) }
    return first
  }
}
