import Kernels
import RealModule

/// Interleaved spirals in the plane, one a class, from the centre to radius 1.
///
/// Sample i is of class c = i mod classes. From the stream (seed, generation, step i): r ~ U[0, 1), then z₁, z₂ ~ N(0, 1);
/// θ = 2π·(turns·r + c/classes); x = (r·cos θ + noise·z₁, r·sin θ + noise·z₂).
struct Spirals {
  let samples: Int
  let classes: Int
  let turns: Double
  let noise: Double
  let seed: UInt64

  func dataset() throws -> RawDataset {
    let settings = GeneratedSettings(source: "spirals")
    try settings.requireCount(classes, "classes", atLeast: 2)
    try settings.requireCount(samples, "samples", atLeast: classes)
    try settings.require(turns.isFinite, "turns", turns, "a finite number")
    try settings.requireNonnegative(noise, "noise")
    try settings.requireTotal(samples: samples, columns: 2)

    var features: [Double] = []
    features.reserveCapacity(samples * 2)
    for sample in 0..<samples {
      var random = RandomStream(RandomKey(seed: seed, purpose: .generation, step: UInt64(sample)))
      let radius = random.nextUniform()
      let angle = 2 * Double.pi * (turns * radius + Double(sample % classes) / Double(classes))
      features.append(radius * .cos(angle) + noise * random.nextNormal())
      features.append(radius * .sin(angle) + noise * random.nextNormal())
    }
    return try RawDataset(
      samples: RawSamples(
        rows: samples, features: .doubles(features),
        targets: .classes((0..<samples).map { Int32($0 % classes) }, names: (0..<classes).map(String.init))),
      featureShape: [2])
  }
}
