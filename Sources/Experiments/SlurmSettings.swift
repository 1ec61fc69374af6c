/// How a sweep is to run under Slurm: what `sbatch` is told. No result depends on it.
public struct SlurmSettings: Hashable, Sendable, Codable {
  /// Tasks of the job array; the trials are dealt out among them.
  public var tasks: Int?
  /// Limit on a task's time, as Slurm writes it: minutes, or days-hours:minutes:seconds and parts of it.
  public var time: String?
  public var partition: String?
  public var account: String?
  /// Memory of a task, such as 4G.
  public var memory: String?
  /// Further options of `sbatch`, such as `--constraint=avx512`.
  public var options: [String] = []

  public init() {}

  /// These settings, with what `other` says in the place of what they say; its options come behind.
  public func overridden(by other: SlurmSettings) -> SlurmSettings {
    var settings = self
    settings.tasks = other.tasks ?? tasks
    settings.time = other.time ?? time
    settings.partition = other.partition ?? partition
    settings.account = other.account ?? account
    settings.memory = other.memory ?? memory
    settings.options += other.options
    return settings
  }

  /// Arguments of `sbatch`.
  public var arguments: [String] {
    let named = [
      ("--time", time), ("--partition", partition), ("--account", account), ("--mem", memory),
    ]
    return named.compactMap { name, value in value.map { "\(name)=\($0)" } } + options
  }
}
