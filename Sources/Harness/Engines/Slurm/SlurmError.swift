/// What can go wrong between a sweep and Slurm.
public enum SlurmError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A program of Slurm cannot be run.
  case notAvailable(program: String, reason: String)
  /// A program of Slurm said no.
  case failed(program: String, status: Int32, message: String)
  /// Jobs of an earlier submission are not over.
  case busy(directory: String, jobs: [Int])
  /// No sweep was submitted there.
  case nothingSubmitted(directory: String)
  /// A file of a submission is not what it must be.
  case damaged(path: String, reason: String)

  public var description: String {
    switch self {
    case .notAvailable(let program, let reason):
      "\(program) cannot be run: \(reason). --engine slurm needs a machine from which jobs can be submitted"
    case .failed(let program, let status, let message): "\(program) failed with status \(status): \(message)"
    case .busy(let directory, let jobs):
      "\(directory): job\(jobs.count == 1 ? "" : "s") \(jobs.map(String.init).joined(separator: ", ")) of it are still"
        + " queued or running. `sweep status \(directory)` shows them, `sweep cancel \(directory)` ends them"
    case .nothingSubmitted(let directory): "\(directory): no sweep was submitted to Slurm from there"
    case .damaged(let path, let reason): "\(path): damaged: \(reason)"
    }
  }
}
