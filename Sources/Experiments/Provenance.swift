/// Where results come from: what else, beside the trial, the last bits of a number may depend on.
public struct Provenance: Hashable, Sendable, Codable {
  /// Version of this package.
  public var version: String
  /// Commit the binary was built from, where known.
  public var commit: String?
  /// Model name of the processor.
  public var cpu: String
  /// Name of the kernels chosen for that processor, such as `avx512`.
  public var kernels: String
  /// Versions of the libraries, by name.
  public var libraries: [String: String]
  public var compilerFlags: String
  /// Hexadecimal hash of the samples the trials trained on.
  public var dataHash: String
  public var operatingSystem: String

  public init(
    version: String, commit: String? = nil, cpu: String = "", kernels: String = "", libraries: [String: String] = [:],
    compilerFlags: String = "", dataHash: String = "", operatingSystem: String = ""
  ) {
    self.version = version
    self.commit = commit
    self.cpu = cpu
    self.kernels = kernels
    self.libraries = libraries
    self.compilerFlags = compilerFlags
    self.dataHash = dataHash
    self.operatingSystem = operatingSystem
  }
}

/// This package.
public enum Ravine {
  public static let version = "0.1.0"
}
