import Experiments

/// Reads or generates the data set a source describes.
public enum DataLoader {
  /// Reads the whole source; `prepare` then splits and scales it.
  ///
  /// Bytes stay bytes until they are prepared. Paths are used as they are given.
  /// - Parameter memory: What reading a file may take.
  /// - Throws: ``DatasetError``: what is wrong, in which file, and where.
  public static func load(
    _ source: DataSource, within memory: MemoryLimit = .halfOfMachine
  ) throws -> RawDataset {
    switch source {
    case .digits:
      try Digits.dataset()
    case .idx(let images, let labels, let testImages, let testLabels):
      try IDXSource.load(images: images, labels: labels, testImages: testImages, testLabels: testLabels, within: memory)
    case .csv(let path, let target, let header, let task):
      try CSVSource(path: path, target: target, hasHeader: header, task: task).load(within: memory)
    case .hdf5(let path, let features, let targets, let task):
      try HDF5Source(path: path, features: features, targets: targets, task: task).load(within: memory)
    case .twoGaussians(let samples, let mean, let deviation, let seed):
      try TwoGaussians(samples: samples, mean: mean, deviation: deviation, seed: seed).dataset()
    case .spirals(let samples, let classes, let turns, let noise, let seed):
      try Spirals(samples: samples, classes: classes, turns: turns, noise: noise, seed: seed).dataset()
    case .teacher(let samples, let features, let hidden, let outputs, let noise, let seed):
      try TeacherNetwork(
        samples: samples, features: features, hidden: hidden, outputs: outputs, noise: noise, seed: seed
      ).dataset()
    case .linearRegression(let samples, let features, let conditionNumber, let noise, let seed):
      try LinearRegression(
        samples: samples, features: features, conditionNumber: conditionNumber, noise: noise, seed: seed
      ).dataset()
    }
  }
}
