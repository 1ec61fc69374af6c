#if FUZZER
  import CLibFuzzer
  import Foundation

  /// A search for inputs that reach new code, by libFuzzer: scripts/fuzz-coverage builds the program for it, with the
  /// compiler's instrumentation and the address sanitizer.
  enum GuidedSearch {
    /// The one that libFuzzer's callback reads into: it takes no context.
    nonisolated(unsafe) private static var current: (target: any FuzzTarget, input: String)?

    /// Gives the whole command line from `CORPUS` on to libFuzzer, and ends with its status.
    static func run(_ kind: Kind, corpus: String) throws -> Never {
      let folder = "/dev/shm/ravine-fuzz-\(getpid())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: corpus, withIntermediateDirectories: true)
      let target = try Target.make(kind, folder: folder)
      for (index, seed) in target.seeds.enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: "\(corpus)/seed-\(index)"))
      }
      current = (target, Child.inputPath(kind, folder))
      var arguments = ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(3)).map { strdup($0) } + [nil]
      var count = Int32(arguments.count - 1)
      let status = arguments.withUnsafeMutableBufferPointer { buffer in
        var start = buffer.baseAddress
        return LLVMFuzzerRunDriver(&count, &start) { data, size in
          guard let (target, input) = GuidedSearch.current else { return 0 }
          let file = target.file(from: Array(UnsafeBufferPointer(start: data, count: size)))
          // What libFuzzer keeps, −1 does not: files that cannot even be written say nothing.
          guard (try? Child.write(file, to: input)) != nil else { return -1 }
          _ = target.accepts(input)
          return 0
        }
      }
      try? FileManager.default.removeItem(atPath: folder)
      exit(status)
    }
  }
#endif
