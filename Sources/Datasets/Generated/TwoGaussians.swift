import Kernels

/// Two Gaussian classes at opposite means.
///
/// Sample i is of class c = i mod 2 and x = (−1)^(c+1)·mean + deviation·z, z ~ N(0, I) from the stream
/// (seed, generation, step i): class 0 lies at −mean, class 1 at +mean, and sample i does not depend on how many there are.
/// With mean (0.4, 0.8): the data of "Efficient BackProp" (LeCun et al., 1998), section 5.
struct TwoGaussians {
  let samples: Int
  let mean: [Double]
  let deviation: Double
  let seed: UInt64

  func dataset() throws -> RawDataset {
    let settings = GeneratedSettings(source: "two_gaussians")
    try settings.requireCount(samples, "samples", atLeast: 2)
    try settings.require(
      !mean.isEmpty && mean.allSatisfy(\.isFinite), "mean", mean, "one or more finite numbers, one a feature")
    try settings.requireNonnegative(deviation, "deviation")
    try settings.requireTotal(samples: samples, columns: mean.count)

    var features: [Double] = []
    features.reserveCapacity(samples * mean.count)
    for sample in 0..<samples {
      var random = RandomStream(RandomKey(seed: seed, purpose: .generation, step: UInt64(sample)))
      let sign = sample % 2 == 0 ? -1.0 : 1.0
      for center in mean { features.append(sign * center + deviation * random.nextNormal()) }
    }
    return try RawDataset(
      samples: RawSamples(
        rows: samples, features: .doubles(features),
        targets: .classes((0..<samples).map { Int32($0 % 2) }, names: ["0", "1"])),
      featureShape: [mean.count])
  }
}
