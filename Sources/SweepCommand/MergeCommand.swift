import ArgumentParser
import Foundation
import Harness
import Reports
import Store

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Make one HDF5 file of a sweep's results, or full shards of small ones.",
    discussion: """
      The file has the schema of a shard: `summary`, xarray and all other readers take it. It appears whole or not at \
      all, also while the sweep runs. With --compact no such file is made: the small shards that interrupted sweeps \
      leave are joined in their directory. Memory does not grow with the results. \
      Exit status: 0, 65 something is damaged, 66 no such results, 73 the file is there already, 75 a sweep is running.
      """)

  @Argument(help: .init("The directory a sweep wrote.", valueName: "results"), completion: .directory)
  var results: String

  @Option(
    help: .init("The file, device or FIFO to write. Default: results.h5 beside the directory.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file where it is there already.")
  var force = false

  @Flag(help: "Join small shards in the directory instead.")
  var compact = false

  func validate() throws {
    if output == "" { throw ValidationError("--output is empty; accepted: a path") }
    if compact, output != nil || force {
      throw ValidationError("--compact writes no file: leave out --output and --force.")
    }
  }

  func run() throws {
    try exitOnFailure {
      let merge = ResultMerge()
      let outcome: ResultMerge.Outcome
      if compact {
        outcome = try merge.compact(results)
      } else {
        outcome = try damageSaid { try merge.merge(results, into: path, replaces: force) }
      }
      for notice in outcome.notices {
        try? FileHandle.standardError.write(contentsOf: Data("Warning: \(TerminalText.escaped(notice))\n".utf8))
      }
      if compact, outcome.files == 0 {
        print("No two shards are small enough to be joined.")
      } else {
        let place = compact ? Quantity.count(outcome.files, "shard") : TerminalText.escaped(path)
        print(
          "\(Quantity.count(outcome.runs, "run")) of \(Quantity.count(outcome.sources, "file")) into \(place), "
            + Quantity.bytes(Double(outcome.bytes)))
      }
    }
  }

  private func damageSaid<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as HDF5Error {
      throw DamagedResults(results: results, error: error)
    } catch StoreError.damaged(let path, let reason) {
      throw DamagedResults(results: results, error: StoreError.damaged(path: path, reason: reason))
    }
  }

  private var path: String {
    if let output { return output }
    var base = results
    while base.count > 1, base.hasSuffix("/") { base.removeLast() }
    return base + ".h5"
  }
}
