import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// Shards that someone changed: forge_shards.py changes one thing in each.
@Suite struct ForgedShardTests {
  static let complaints = [
    "soft_link": "soft link",
    "external_link": "link to another file",
    "external_storage": "data are in another file",
    "missing": "there is none of that name",
    "too_long": "has extents [13], 12 runs",
    "matrix": "has extents [12, 1], 12 runs",
    "text_for_numbers": "holds text",
    "numbers_for_text": "is not a list of texts",
    "identity": "is no identity",
    "not_utf8": "not UTF-8",
    "huge_run": "over 0 stored bytes",
    "layout": "layout 1000 of run 0",
    "negative_layout": "layout -1 of run 0",
    "category": "table of hyperparameters",
    "outcome": "outcome 9 of run 0",
    "list_count": "keep_probability_count is 1000 of 3",
    "negative_list_count": "keep_probability_count is -1 of 3",
    "columns": "table of hyperparameters",
    "layouts": "table of hyperparameters",
    "layout_of_nothing": "layout 0 of run",
    "format": "its format is “ravine-shard-9”",
    "no_format": "it is the HDF5 file of another program: it has no attribute format",
    "numeric_format": "is not one text",
  ]

  @Test func isRefusedWithTheReason() throws {
    let folder = try TemporaryDirectory()
    let shard = folder.path("shard")
    try writeShard((0..<12).map { Sample.record($0) }, to: shard)
    let names = try Tool.python("forge_shards.py", shard, folder.path).split(separator: "\n").map(String.init)
    #expect(Set(names) == Set(Self.complaints.keys))
    for name in names {
      let error = try #require(throws: (any Error).self, "\(name)") {
        let reader = try ResultReader(path: folder.path("\(name).h5"))
        _ = try reader.summaries()
      }
      #expect("\(error)".contains(Self.complaints[name] ?? "?"), "\(name): \(error)")
      #expect("\(error)".contains("\(name).h5"))
    }
    #expect(try HDF5.openObjects() == 0)
  }
}
