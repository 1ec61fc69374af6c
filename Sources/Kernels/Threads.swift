import CDNNL

/// Keeps oneDNN's products on the calling thread: its OpenMP team has one member from here on.
///
/// OpenMP's thread count belongs to the calling thread, so every worker calls this before its first product.
public func useSingleThread() {
  omp_set_num_threads(1)
}
