import CZlib
import Experiments
import Kernels
import Store

extension Provenance {
  /// Of results that this process makes from the data with this hash.
  public static func current(dataHash: String) -> Provenance {
    Provenance(
      version: Ravine.version, commit: BuildStamp.current?.commit, cpu: Machine.cpu, kernels: ProductLibraries.kernels,
      libraries: libraries, compilerFlags: compilerFlags, dataHash: dataHash,
      operatingSystem: Machine.operatingSystem)
  }

  /// What the stamp says, else what the code itself can tell.
  private static var compilerFlags: String {
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    return BuildStamp.current?.flags ?? configuration
  }

  private static var libraries: [String: String] {
    var versions = ProductLibraries.versions
    versions["zlib"] = String(cString: zlibVersion())
    versions["hdf5"] = try? hdf5Version()
    return versions
  }
}
