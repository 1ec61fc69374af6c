import ArgumentParser
import Experiments

/// Where trials run.
enum EngineName: String, CaseIterable, ExpressibleByArgument {
  case local
  case slurm
}

/// What `sbatch` is told; the experiment file's `slurm:` may say the same.
struct SlurmOptions: ParsableArguments {
  @Option(help: .init("With --engine slurm: tasks that the runs are dealt out to.", valueName: "count"))
  var tasks: Int?

  @Option(help: .init("Limit on a task's time, such as 90 (minutes) or 1-12:00:00.", valueName: "time"))
  var time: String?

  @Option(help: .init("Partition.", valueName: "name"))
  var partition: String?

  @Option(help: .init("Account.", valueName: "name"))
  var account: String?

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: .init("A further option of sbatch, such as --constraint=avx512. May be repeated.", valueName: "option"))
  var further: [String] = []

  func validate() throws {
    if let tasks, tasks < 1 { throw ValidationError("--tasks is \(tasks); accepted: a whole number from 1") }
    for option in further where !option.hasPrefix("-") {
      throw ValidationError("--sbatch is '\(option)'; accepted: an option of sbatch such as --constraint=avx512")
    }
  }

  var settings: SlurmSettings {
    var settings = SlurmSettings()
    settings.tasks = tasks
    settings.time = time
    settings.partition = partition
    settings.account = account
    settings.options = further
    return settings
  }

  /// Whether anything was given.
  var isGiven: Bool { settings != SlurmSettings() }
}
