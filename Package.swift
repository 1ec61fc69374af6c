// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// Numeric loops are compiled with optimisation in debug builds too: unoptimised SIMD code is two orders of magnitude
// slower, and the kernels give the same bits either way (fixed lanes, no contraction).
// A package that depends on this one may not be given such flags: there it lies among the checkouts.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let kernelSettings: [SwiftSetting] =
  settings + (isDependency ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))])

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let numerics = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "Ravine",
  products: [
    .library(name: "Ravine", targets: ["Ravine"]),
    .executable(name: "sweep", targets: ["sweep"]),
    .executable(name: "summary", targets: ["summary"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CBLIS", providers: [.apt(["libblis-serial-dev"])]),
    .systemLibrary(name: "CLAPACKE", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CSIMD"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

    .target(name: "Settings", swiftSettings: settings),
    .target(name: "RandomNumbers", dependencies: [numerics], swiftSettings: kernelSettings),
    .target(
      name: "Kernels", dependencies: ["RandomNumbers", "Settings", "CDNNL", "CBLIS", "CSIMD", numerics],
      swiftSettings: kernelSettings),
    .target(
      name: "Curvature", dependencies: ["Kernels", "CLAPACKE", numerics], swiftSettings: kernelSettings),
    .target(name: "Learning", dependencies: ["Kernels", "Curvature", "Settings"], swiftSettings: kernelSettings),
    .target(name: "Experiments", dependencies: ["RandomNumbers", "Settings", yams], swiftSettings: settings),
    .target(name: "Store", dependencies: ["Experiments", "CHDF5", "CLinux", "CZlib"], swiftSettings: settings),
    .target(
      name: "Datasets", dependencies: ["Experiments", "Kernels", "Learning", "Store", "CZlib", numerics],
      swiftSettings: kernelSettings),
    .target(
      name: "Harness",
      dependencies: ["Settings", "Experiments", "Kernels", "Curvature", "Learning", "Datasets", "Store", logging],
      swiftSettings: settings),
    .target(
      name: "Reports", dependencies: ["Experiments", "Settings", "RandomNumbers", numerics],
      resources: [.embedInCode("HTML/Page")], swiftSettings: settings),
    .target(
      name: "SweepCommand", dependencies: ["Harness", "Reports", "Settings", "Store", arguments],
      resources: [.embedInCode("default.yaml")], swiftSettings: settings),
    .target(
      name: "SummaryCommand", dependencies: ["Reports", "Settings", "Store", arguments], swiftSettings: settings),
    .target(
      name: "Ravine",
      dependencies: ["Experiments", "Kernels", "Learning", "Settings", "SummaryCommand", "SweepCommand"],
      swiftSettings: settings),
    .executableTarget(name: "sweep", dependencies: ["Ravine"], swiftSettings: settings),
    .executableTarget(name: "summary", dependencies: ["Ravine"], swiftSettings: settings),

    .executableTarget(
      name: "engine-benchmark", dependencies: ["Harness", "Kernels", "Learning"], path: "Benchmarks/Engine",
      swiftSettings: settings),
    .executableTarget(
      name: "curvature-benchmark", dependencies: ["Curvature", "Kernels", "Learning"], path: "Benchmarks/Curvature",
      exclude: ["peers.py"], swiftSettings: settings),
    .executableTarget(
      name: "harness-benchmark", dependencies: ["Harness", "Learning", "Settings"], path: "Benchmarks/Harness",
      swiftSettings: settings),

    .executableTarget(
      name: "scale-benchmark", dependencies: ["Experiments", "Harness", "Learning", "Settings", "Store"],
      path: "Benchmarks/Scale",
      swiftSettings: settings),
    .executableTarget(
      name: "simulations", dependencies: ["Curvature", "Reports", "Experiments", "RandomNumbers", numerics],
      path: "Benchmarks/Simulations", swiftSettings: settings),
    .executableTarget(
      name: "fuzz", dependencies: ["Datasets", "Experiments", "Learning", "Settings", "Store", "CZlib", "CLibFuzzer"],
      path: "Tests/Fuzz",
      exclude: ["CLibFuzzer", "Corpus"], swiftSettings: settings),
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),

    .target(
      name: "TestSupport", dependencies: ["Experiments", "Kernels", "Learning", "Settings"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "CurvatureTests", dependencies: ["Curvature", "Kernels", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "Curvature", "Kernels", "Settings", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "ExperimentsTests", dependencies: ["Experiments", "Learning", "Settings", "TestSupport"],
      resources: [.copy("Fixtures")],
      swiftSettings: settings),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "Experiments", "Settings", "TestSupport"],
      resources: [.copy("Fixtures")],
      swiftSettings: settings),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Experiments", "Kernels", "Learning", "TestSupport", "CZlib"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "HarnessTests",
      dependencies: [
        "sweep", "Harness", "Experiments", "Kernels", "Curvature", "Learning", "Settings", "Datasets", "Reports",
        "TestSupport",
      ],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Experiments", "Learning", "Settings", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: ["sweep", "summary", "Experiments", "Learning", "Settings", "Store", "TestSupport"],
      exclude: ["Readers", "Fixtures"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
