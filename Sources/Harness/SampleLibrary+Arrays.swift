import Experiments
import Kernels
import Learning
import Store

extension SampleLibrary {
  /// The shares that a trial trains on and is measured by, as arrays of an HDF5 file: `train/features`,
  /// `train/targets` and so on.
  public func arrays(for trial: Trial, includingTest: Bool) -> [ExportedFile.Array] {
    switch trial.precision {
    case .float: arrays(samples(float, trial), includingTest) { .floats($0) }
    case .double: arrays(samples(double, trial), includingTest) { .doubles($0) }
    }
  }

  private func arrays<S: Scalar>(
    _ samples: SplitSamples<S>, _ includingTest: Bool, _ wrap: ([S]) -> ExportedFile.Array.Values
  ) -> [ExportedFile.Array] {
    let shares = [("train", samples.train), ("validation", samples.validation)]
    return (shares + (includingTest ? [("test", samples.test)] : [])).flatMap { name, share -> [ExportedFile.Array] in
      let features = ExportedFile.Array(
        path: "\(name)/features", shape: [share.count, share.featureCount], values: wrap(share.features.values))
      switch share.targets {
      case .classes(let labels, _):
        return [features, .init(path: "\(name)/targets", shape: [share.count], values: .integers(labels))]
      case .values(let values, let columns):
        return [features, .init(path: "\(name)/targets", shape: [share.count, columns], values: wrap(values.values))]
      }
    }
  }
}

extension AlignedBuffer {
  fileprivate var values: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
