import Foundation

/// Inputs that a guided search kept because each reaches code that the others do not: CORPUS/KIND/*.
struct Corpus {
  let folder: String

  /// Reads every input once, in this process: a crash names the one it was reading in the line before.
  func replay() throws {
    let work = FileManager.default.temporaryDirectory.appendingPathComponent("ravine-replay-\(getpid())").path
    defer { try? FileManager.default.removeItem(atPath: work) }
    for kind in Kind.allCases {
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind.rawValue)").sorted()
      let place = "\(work)/\(kind.rawValue)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      let target = try Target.make(kind, folder: place)
      var accepted = 0
      for name in names {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(kind.rawValue)/\(name)")))
        try Data(name.utf8).write(to: URL(fileURLWithPath: "\(work)/last"))
        try Child.write(target.file(from: bytes), to: Child.inputPath(kind, place))
        if target.accepts(Child.inputPath(kind, place)) { accepted += 1 }
      }
      say("\(kind.rawValue): \(names.count) inputs of the corpus, \(accepted) accepted")
    }
  }
}
