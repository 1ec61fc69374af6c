#pragma once
#include <lapack.h>
#include <lapacke.h>

// The module map links BLIS ahead of LAPACKE, so that LAPACK's own calls of dgemm and the like resolve to BLIS,
// whichever BLAS the system's alternatives give. Debian's OpenBLAS 0.3.21 does not know newer CPUs and falls back to
// kernels without AVX.
