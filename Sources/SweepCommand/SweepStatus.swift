import ArgumentParser
import Experiments
import Foundation
import Harness
import Reports
import Store

/// How far a sweep is: what is on disk, then what Slurm says.
struct SweepStatus: Encodable {
  private var name: String
  /// Runs on disk, and how they ended.
  private var runs: Int
  private var outcomes: [String: Int] = [:]
  /// Runs of the experiment; nil where an older version wrote the manifest.
  private var total: Int?
  /// Who writes to the results now; nil where nobody does.
  private var writer: String?
  private var tasks: Int?
  private var queued: [SlurmClient.QueuedTask]?
  private var notices: [String]
  /// Files that the counts are given without.
  private var unread: [Unread]
  private var directory: String
  /// Nil where everything was read.
  let exitStatus: ExitCode?

  private struct Unread: Encodable {
    var path: String
    var reason: String
  }

  private enum CodingKeys: CodingKey {
    case name, runs, outcomes, total, writer, tasks, queued, notices, unread, directory
  }

  init(of directory: String) throws {
    let reader = try ResultReader(path: directory)
    let summaries = try reader.summaries()
    self.directory = directory
    name = reader.manifest.name
    writer = try reader.writer
    total = reader.manifest.trials
    runs = summaries.count
    for summary in summaries { outcomes[summary.outcome.name, default: 0] += 1 }
    notices = reader.notices
    unread = reader.unread.map { Unread(path: $0.path, reason: $0.reason) }
    exitStatus = reader.unread.exitStatus.map { ExitCode($0) }
    guard let last = try SubmissionFolder.all(in: directory).last else { return }
    tasks = last.submission?.tasks
    if let damage = last.damage { notices.append(damage) }
    do {
      queued = try SlurmClient().queue(of: [last])
    } catch {
      notices.append("\(error)")
    }
  }

  /// Runs without a result that stands: a failed one is run again.
  private var left: Int? { total.map { max(0, max(0, $0) - runs + (outcomes["failed"] ?? 0)) } }

  var text: String {
    var text = "\(TerminalText.escaped(name)): \(Quantity.grouped(runs))"
    if let total, total >= runs { text += " of \(Quantity.grouped(total))" }
    text += " \(max(total ?? 0, runs) == 1 ? "run" : "runs") on disk"
    // Runs that another grid of the experiment asked for stay.
    if let total, total < runs { text += ", \(Quantity.grouped(max(0, total))) in the grid that ran last" }
    let parts = TrialOutcome.names.compactMap { name in
      outcomes[name].map { "\(Quantity.grouped($0)) \(name.split(separator: "_").joined(separator: " "))" }
    }
    text += (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")) + "\n"
    if let writer { text += "Written to by \(TerminalText.escaped(writer)).\n" }
    text += slurmText
    for notice in notices { text += "! \(TerminalText.escaped(notice))\n" }
    return text
  }

  private var slurmText: String {
    guard let queued else { return "" }
    let states = Dictionary(grouping: queued, by: \.state).sorted { $0.key < $1.key }.map { state, tasks in
      let reasons = Set(tasks.map(\.reason)).subtracting(["None", ""]).sorted()
      let why = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
      return "\(Quantity.grouped(tasks.count)) \(state.lowercased())\(why)"
    }
    // Nil where nobody knows any more how many there were.
    let over = (tasks ?? 0) - queued.count
    let parts = states + (over > 0 ? ["\(Quantity.grouped(over)) over"] : [])
    var text = "Slurm: "
    text +=
      parts.isEmpty
      ? "no task is queued\n"
      : "\(Quantity.count(tasks ?? queued.count, "task")): \(TerminalText.escaped(parts.joined(separator: ", ")))\n"
    if queued.isEmpty, let left, left > 0 {
      text += "\(Quantity.count(left, "run")) left and no task is queued: the same command submits them again.\n"
    }
    return text
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
