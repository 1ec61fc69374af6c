import CSIMD

/// What the processor has that kernels of our own need.
enum Processor {
  /// Whether it runs the kernels of CSIMD: dense and sparse products, Adam's step. Elsewhere libraries and portable code do it.
  static let hasAVX512 = csimd_has_avx512() != 0
}
