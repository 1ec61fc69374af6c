#pragma once

// Vector operations that Swift's SIMD types only offer lane by lane. Each is a single IEEE operation, so the result has
// the same bits on every target.

typedef float csimd_float16 __attribute__((ext_vector_type(16)));
typedef int csimd_int16 __attribute__((ext_vector_type(16)));
typedef double csimd_double16 __attribute__((ext_vector_type(16)));
typedef unsigned csimd_uint16 __attribute__((ext_vector_type(16)));
typedef long long csimd_wide16 __attribute__((ext_vector_type(16)));
typedef unsigned long long csimd_uwide16 __attribute__((ext_vector_type(16)));

#define CSIMD_INLINE static inline __attribute__((always_inline))

CSIMD_INLINE csimd_float16 csimd_sqrt_float16(csimd_float16 x) { return __builtin_elementwise_sqrt(x); }
CSIMD_INLINE csimd_double16 csimd_sqrt_double16(csimd_double16 x) { return __builtin_elementwise_sqrt(x); }

// Towards zero. The caller keeps |x| below 2³¹: the conversion of anything else is undefined.
CSIMD_INLINE csimd_int16 csimd_truncate_float16(csimd_float16 x) { return __builtin_convertvector(x, csimd_int16); }

// Between lanes of 32 and 64 bits: Swift's own conversions take one lane after the other.
CSIMD_INLINE csimd_wide16 csimd_widen_int16(csimd_int16 x) { return __builtin_convertvector(x, csimd_wide16); }
CSIMD_INLINE csimd_uint16 csimd_low_halves(csimd_uwide16 x) { return __builtin_convertvector(x, csimd_uint16); }

// Asks for the cache line of `address`, which is read soon; any address will do.
CSIMD_INLINE void csimd_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Sum and maximum by halving: 16 → 8 → 4 → 2 → 1. Swift's own halves are taken apart lane by lane. A NaN in the upper half
// of a maximum loses against the lower one.
#define CSIMD_REDUCTIONS(T)                                                                          \
  typedef T csimd_##T##8 __attribute__((ext_vector_type(8)));                                        \
  typedef T csimd_##T##4 __attribute__((ext_vector_type(4)));                                        \
  typedef T csimd_##T##2 __attribute__((ext_vector_type(2)));                                        \
  CSIMD_INLINE T csimd_sum_##T##16(csimd_##T##16 x) {                                                \
    csimd_##T##8 eight = x.lo + x.hi;                                                                \
    csimd_##T##4 four = eight.lo + eight.hi;                                                         \
    csimd_##T##2 two = four.lo + four.hi;                                                            \
    return two.x + two.y;                                                                            \
  }                                                                                                  \
  CSIMD_INLINE T csimd_maximum_##T##16(csimd_##T##16 x) {                                            \
    csimd_##T##8 eight = x.lo < x.hi ? x.hi : x.lo;                                                  \
    csimd_##T##4 four = eight.lo < eight.hi ? eight.hi : eight.lo;                                   \
    csimd_##T##2 two = four.lo < four.hi ? four.hi : four.lo;                                        \
    return two.x < two.y ? two.y : two.x;                                                            \
  }
CSIMD_REDUCTIONS(float)
CSIMD_REDUCTIONS(double)

// The control word of the calling thread's floating-point unit, with denormals flushed to zero.
#if defined(__x86_64__)
#include <xmmintrin.h>
CSIMD_INLINE unsigned long csimd_get_control(void) { return _mm_getcsr(); }
CSIMD_INLINE void csimd_set_control(unsigned long word) { _mm_setcsr((unsigned int)word); }
CSIMD_INLINE unsigned long csimd_flushing(unsigned long word) { return word | 0x8040; }
#elif defined(__aarch64__)
CSIMD_INLINE unsigned long csimd_get_control(void) { unsigned long w; __asm__ volatile("mrs %0, fpcr" : "=r"(w)); return w; }
CSIMD_INLINE void csimd_set_control(unsigned long word) { __asm__ volatile("msr fpcr, %0" : : "r"(word)); }
CSIMD_INLINE unsigned long csimd_flushing(unsigned long word) { return word | (1ul << 24); }
#endif
