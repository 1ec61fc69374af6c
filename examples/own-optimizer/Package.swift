// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "own-optimizer",
  dependencies: [.package(name: "Ravine", path: "../..")],
  targets: [
    .executableTarget(name: "my-sweep", dependencies: [.product(name: "Ravine", package: "Ravine")])
  ],
  swiftLanguageModes: [.v6]
)
