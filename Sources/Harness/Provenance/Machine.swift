import Foundation

/// Facts about the machine, read from where Linux says them.
enum Machine {
  /// The processor's name, such as `Intel(R) Xeon(R) Processor @ 2.10GHz`.
  static var cpu: String { field("model name", separator: ":", in: contents("/proc/cpuinfo")) ?? "unknown" }

  /// Distribution and kernel, such as `Debian GNU/Linux 12 (bookworm), Linux 6.1.0`.
  static var operatingSystem: String {
    let distribution = field("PRETTY_NAME", separator: "=", in: contents("/etc/os-release"))
    return [distribution, "Linux \(kernelRelease)"].compactMap(\.self).joined(separator: ", ")
  }

  /// The value of the first `name separator value` line, without quotes.
  static func field(_ name: String, separator: Character, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: separator, maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
      return parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    }
    return nil
  }

  private static var kernelRelease: String {
    contents("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func contents(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
