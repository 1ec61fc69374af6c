import Experiments

/// Two HDF5 data sets of one file: features and targets.
struct HDF5Source {
  let path: String
  let features: String
  let targets: String
  let task: DataSource.Task

  func load() throws -> RawDataset {
    throw DatasetError(.unreadable, path: path, "HDF5 files are not read yet; convert to CSV or IDX")
  }
}
