#pragma once

// Vector operations that Swift's SIMD types only offer lane by lane. Each is a single IEEE operation, so the result has
// the same bits on every target.

typedef float csimd_float16 __attribute__((ext_vector_type(16)));
typedef int csimd_int16 __attribute__((ext_vector_type(16)));
typedef double csimd_double16 __attribute__((ext_vector_type(16)));

#define CSIMD_INLINE static inline __attribute__((always_inline))

CSIMD_INLINE csimd_float16 csimd_sqrt_float16(csimd_float16 x) { return __builtin_elementwise_sqrt(x); }
CSIMD_INLINE csimd_double16 csimd_sqrt_double16(csimd_double16 x) { return __builtin_elementwise_sqrt(x); }

// Towards zero. The caller keeps |x| below 2³¹: the conversion of anything else is undefined.
CSIMD_INLINE csimd_int16 csimd_truncate_float16(csimd_float16 x) { return __builtin_convertvector(x, csimd_int16); }
