import CBLIS
import CDNNL

/// The libraries that compute products: results may depend on them in the last bits.
public enum ProductLibraries {
  /// Versions by name.
  public static var versions: [String: String] {
    var versions = ["blis": String(cString: bli_info_get_version_str())]
    if let version = dnnl_version()?.pointee {
      versions["onednn"] = "\(version.major).\(version.minor).\(version.patch)"
    }
    return versions
  }

  /// Which of their kernels the libraries chose for this processor, such as `onednn avx512_core, blis skx`.
  public static var kernels: String {
    let blis = String(cString: bli_arch_string(bli_arch_query_id()))
    let own = Processor.hasAVX512 ? ", dense and sparse products and Adam avx512f" : ""
    return "onednn \(instructionSet(dnnl_get_effective_cpu_isa()))\(own), blis \(blis)"
  }

  private static func instructionSet(_ code: dnnl_cpu_isa_t) -> String {
    let names: [(dnnl_cpu_isa_t, String)] = [
      (dnnl_cpu_isa_sse41, "sse41"), (dnnl_cpu_isa_avx, "avx"), (dnnl_cpu_isa_avx2, "avx2"),
      (dnnl_cpu_isa_avx2_vnni, "avx2_vnni"), (dnnl_cpu_isa_avx512_mic, "avx512_mic"),
      (dnnl_cpu_isa_avx512_mic_4ops, "avx512_mic_4ops"), (dnnl_cpu_isa_avx512_core, "avx512_core"),
      (dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"), (dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"),
      (dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"),
    ]
    return names.first { $0.0 == code }?.1 ?? "\(code.rawValue)"
  }
}
