#if FUZZER
  import CLibFuzzer
  import Foundation

  /// A search for inputs that reach new code, by libFuzzer: scripts/fuzz-coverage builds the program for it, with the
  /// compiler's instrumentation and the address sanitizer.
  enum GuidedSearch {
    /// Names the kind of input. Arguments are all libFuzzer's, which starts copies of the program with arguments of its own.
    static let variable = "RAVINE_FUZZ_KIND"

    /// The one that libFuzzer's callback reads into: it takes no context.
    nonisolated(unsafe) private static var current: (target: any FuzzTarget, input: String)?

    /// Gives the command line to libFuzzer, and ends with its status. `--seeds FOLDER` writes the valid inputs instead.
    static func run(_ kind: Kind) throws -> Never {
      let folder = "/dev/shm/ravine-fuzz-\(getpid())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      // At any exit, also those of libFuzzer's own.
      atexit { try? FileManager.default.removeItem(atPath: "/dev/shm/ravine-fuzz-\(getpid())") }
      let target = try Target.make(kind, folder: folder)
      if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
        for (index, seed) in target.seeds.enumerated() {
          try Data(seed).write(to: URL(fileURLWithPath: "\(CommandLine.arguments[2])/seed-\(index)"))
        }
        exit(0)
      }
      current = (target, Child.inputPath(kind, folder))
      var count = CommandLine.argc
      var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
      exit(
        LLVMFuzzerRunDriver(&count, &arguments) { data, size in
          guard let (target, input) = GuidedSearch.current else { return 0 }
          let file = target.file(from: Array(UnsafeBufferPointer(start: data, count: size)))
          // By −1 libFuzzer does not keep the input: a file that could not be written says nothing of its reader.
          guard (try? Child.write(file, to: input)) != nil else { return -1 }
          _ = target.accepts(input)
          return 0
        })
    }
  }
#endif
