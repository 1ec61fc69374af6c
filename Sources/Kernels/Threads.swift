import CDNNL
import CSIMD

/// Runs `body` in the numeric environment that results are defined in, and puts the thread's own back afterwards.
///
/// Denormals count as zero: the velocity of a dead unit decays into them, and arithmetic on them is a hundred times
/// slower. oneDNN's OpenMP team gets one member, so a product stays on the calling thread.
public func withNumericEnvironment<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  omp_set_num_threads(1)
  let before = csimd_get_control()
  csimd_set_control(csimd_flushing(before))
  defer { csimd_set_control(before) }
  return try body()
}
