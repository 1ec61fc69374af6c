#pragma once

#include "lanes.h"

// Adam's update of single-precision parameters on AVX-512. A square root and a division a parameter keep the divider busy
// for twice as long as all other arithmetic takes; here the root is v·(1/√v) from the processor's 14-bit estimate and one
// step of Newton's, good to a unit in the last place (Benchmarks/README.md).

struct csimd_adam {
  float kept_mean, fresh_mean, kept_square, fresh_square, rate, floor, decay, shrink;
};

#if defined(__x86_64__)

// √v for v ≥ 0, where the smallest normal number stands for all below it: 0 is no exception. NaN stays NaN.
CSIMD_TARGET_INLINE __m512 csimd_root(__m512 v) {
  __m512 bounded = _mm512_min_ps(_mm512_set1_ps(0x1.fffffep127f), _mm512_max_ps(_mm512_set1_ps(0x1p-126f), v));
  __m512 y = _mm512_rsqrt14_ps(bounded);
  __m512 root = _mm512_mul_ps(bounded, y);
  __m512 error = _mm512_fnmadd_ps(root, y, _mm512_set1_ps(1));
  return _mm512_fmadd_ps(_mm512_mul_ps(_mm512_set1_ps(0.5f), root), error, root);
}

CSIMD_TARGET_INLINE __m512 csimd_adam_update(
    const int decays, long count, struct csimd_adam rule, float *w, const float *g, float *m, float *v) {
  __m512 square = _mm512_setzero_ps();
  for (long i = 0; i < count; i += 16) {
    __m512 slope = _mm512_loadu_ps(g + i);
    __m512 weight = _mm512_loadu_ps(w + i);
    square = _mm512_fmadd_ps(slope, slope, square);
    if (decays) {
      slope = _mm512_fmadd_ps(_mm512_set1_ps(rule.decay), weight, slope);
      weight = _mm512_mul_ps(_mm512_set1_ps(rule.shrink), weight);
    }
    __m512 mean = _mm512_fmadd_ps(
        _mm512_set1_ps(rule.kept_mean), _mm512_loadu_ps(m + i),
        _mm512_mul_ps(_mm512_set1_ps(rule.fresh_mean), slope));
    __m512 second = _mm512_fmadd_ps(
        _mm512_set1_ps(rule.kept_square), _mm512_loadu_ps(v + i),
        _mm512_mul_ps(_mm512_set1_ps(rule.fresh_square), _mm512_mul_ps(slope, slope)));
    _mm512_storeu_ps(m + i, mean);
    _mm512_storeu_ps(v + i, second);
    __m512 scale = _mm512_add_ps(csimd_root(second), _mm512_set1_ps(rule.floor));
    __m512 step = _mm512_div_ps(_mm512_mul_ps(_mm512_set1_ps(rule.rate), mean), scale);
    _mm512_storeu_ps(w + i, _mm512_sub_ps(weight, step));
  }
  return square;
}

// Updates `count` parameters, a multiple of 16, and gives Σg². (No vector is passed: callers may be compiled without AVX-512.)
CSIMD_TARGET static inline float csimd_adam_step(
    long count, struct csimd_adam rule, float *w, const float *g, float *m, float *v) {
  if (rule.decay == 0 && rule.shrink == 1) return _mm512_reduce_add_ps(csimd_adam_update(0, count, rule, w, g, m, v));
  return _mm512_reduce_add_ps(csimd_adam_update(1, count, rule, w, g, m, v));
}

#else

static inline float csimd_adam_step(
    long count, struct csimd_adam rule, float *w, const float *g, float *m, float *v) { return 0; }

#endif
