import Foundation
import Synchronization

/// A library of `Tests/Shims`, which a program is started with (`LD_PRELOAD`) so that calls of the system go through it.
public enum Shim {
  /// The path of the library, which is compiled the first time it is asked for.
  public static func library(_ name: String) throws -> String {
    try compiled.withLock { compiled in
      if let path = compiled.paths[name] { return path }
      let folder = try compiled.folder ?? TemporaryDirectory()
      compiled.folder = folder
      let library = folder.path("\(name).so")
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Shims/\(name).c").standardizedFileURL.path
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = [
        "clang", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library, source, "-ldl", "-lpthread",
      ]
      try compiler.run()
      compiler.waitUntilExit()
      guard compiler.terminationStatus == 0 else { throw NotCompiled(source: source) }
      compiled.paths[name] = library
      return library
    }
  }

  private struct Compiled {
    var folder: TemporaryDirectory?
    var paths: [String: String] = [:]
  }

  private static let compiled = Mutex(Compiled())

  struct NotCompiled: Error, CustomStringConvertible {
    var source: String
    var description: String { "\(source) does not compile" }
  }
}
