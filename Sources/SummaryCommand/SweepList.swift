import Experiments
import Reports
import Store

/// The sweeps of a directory such as `results`: what `summary` says where it is given the directory and none of them.
struct SweepList {
  private let folder: String
  private let sweeps: [String]

  /// Nil for a path that is a sweep, or has none.
  init?(_ path: String) throws {
    guard try !SweepFolders.isSweep(path) else { return nil }
    sweeps = try SweepFolders.paths(in: path)
    folder = path
    if sweeps.isEmpty { return nil }
  }

  /// A line a sweep: its path, its runs of those planned, when it was begun, and what it is about.
  func report(into output: inout some TextOutputStream) {
    output.write("\(TerminalText.escaped(folder)): \(sweeps.count) sweep\(sweeps.count == 1 ? "" : "s")\n\n")
    let columns: [Table.Column] = [.init("results"), .init("runs", .right), .init("begun"), .init("experiment")]
    Table(columns: columns, rows: sweeps.map(row)).write(to: &output)
    output.write("\nRanking of one: summary \(TerminalText.escaped(sweeps[0]))\n")
  }

  private func row(_ path: String) -> [String] {
    do {
      let reader = try ResultReader(path: path)
      let manifest = reader.manifest
      let runs = try reader.summaries().count
      let about = manifest.summary.isEmpty ? manifest.name : manifest.summary
      let done = manifest.trials.map { "\(runs)/\($0)" } ?? "\(runs)"
      return [path, done, String(manifest.created.prefix(10)), String(about.prefix(60))]
    } catch {
      return [path, NumberText.missing, NumberText.missing, "cannot be read: summary \(path) says why"]
    }
  }
}
