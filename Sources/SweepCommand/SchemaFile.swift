import Experiments
import Foundation
import Store

/// The schema that `sweep init` puts beside an experiment, for editors.
enum SchemaFile {
  static let name = "experiment.schema.json"

  /// Writes it, or brings it up to date; a file of another's that has its name is left alone, and that is said.
  static func write(beside path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    let file = (folder as NSString).appendingPathComponent(name)
    let schema = ExperimentSchema(.current)
    guard isAbsentOrOurs(file) else {
      let notice = "\(file): is there and no schema of experiments; left as it is: `sweep schema` prints the schema"
      try? FileHandle.standardError.write(contentsOf: Data("Warning: \(notice)\n".utf8))
      return
    }
    try OutputFile.write(Array(schema.text.utf8), to: file, replaces: true)
  }

  /// A file that cannot be read counts as another's.
  private static func isAbsentOrOurs(_ file: String) -> Bool {
    do {
      let text = try Data(contentsOf: URL(fileURLWithPath: file))
      return String(decoding: text, as: UTF8.self).contains("\"\(ExperimentSchema.title)\"")
    } catch {
      return (error as? CocoaError)?.code == .fileReadNoSuchFile
    }
  }
}
