#pragma once

// Single-precision products of small matrices on AVX-512, where a library's dispatch and packing cost as much as the
// arithmetic: 32×64×64 runs at 200 GFLOP/s against oneDNN's 160 (Benchmarks/README.md).
//
// C ← α·A·B with A[i, p] = a[i·rowStride + p·columnStride] and row-major B and C. Every entry is one chain of fused
// multiply-adds in the order of p, so its bits do not depend on the tiling.

#if defined(__x86_64__)
#include <immintrin.h>

#define CSIMD_TARGET __attribute__((target("avx512f")))
#define CSIMD_UNROLL _Pragma("clang loop unroll(full)")

static inline int csimd_has_avx512(void) { return __builtin_cpu_supports("avx512f") ? 1 : 0; }

// The mask of the first `count` lanes, of all where there are more.
CSIMD_TARGET __attribute__((always_inline)) static inline __mmask16 csimd_first(long count) {
  return count >= 16 ? 0xffff : (__mmask16)((1u << count) - 1);
}

// `rows` × `vectors`·16 entries of C held in registers; `last` masks the last vector's columns.
CSIMD_TARGET __attribute__((always_inline)) static inline void csimd_tile(
    const int rows, const int vectors, long k, float alpha, const float *a, long rowStride, long columnStride,
    const float *b, long strideB, float *c, long strideC, __mmask16 last) {
  const __mmask16 all = 0xffff;
  __m512 sum[rows][vectors];
  CSIMD_UNROLL for (int i = 0; i < rows; i++) {
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_setzero_ps();
  }
  for (long p = 0; p < k; p++) {
    __m512 row[vectors];
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
      row[j] = _mm512_maskz_loadu_ps(j == vectors - 1 ? last : all, b + 16 * j);
    }
    CSIMD_UNROLL for (int i = 0; i < rows; i++) {
      __m512 x = _mm512_set1_ps(a[i * rowStride]);
      CSIMD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_fmadd_ps(x, row[j], sum[i][j]);
    }
    a += columnStride;
    b += strideB;
  }
  __m512 scale = _mm512_set1_ps(alpha);
  CSIMD_UNROLL for (int i = 0; i < rows; i++) {
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
      _mm512_mask_storeu_ps(
          c + i * strideC + 16 * j, j == vectors - 1 ? last : all, _mm512_mul_ps(scale, sum[i][j]));
    }
  }
}

// A strip of C, up to 16·V columns wide, in tiles of at most MAX rows: as many as the registers hold.
#define CSIMD_TILE(R, V) \
  case R: csimd_tile(R, V, k, alpha, a, rowStride, columnStride, b, strideB, c, strideC, last); break;
#define CSIMD_TILES_6(V) \
  CSIMD_TILE(1, V) CSIMD_TILE(2, V) CSIMD_TILE(3, V) CSIMD_TILE(4, V) CSIMD_TILE(5, V) CSIMD_TILE(6, V)
#define CSIMD_TILES_8(V) CSIMD_TILES_6(V) CSIMD_TILE(7, V) CSIMD_TILE(8, V)
#define CSIMD_TILES_12(V) \
  CSIMD_TILES_8(V) CSIMD_TILE(9, V) CSIMD_TILE(10, V) CSIMD_TILE(11, V) CSIMD_TILE(12, V)
#define CSIMD_TILES_16(V) \
  CSIMD_TILES_12(V) CSIMD_TILE(13, V) CSIMD_TILE(14, V) CSIMD_TILE(15, V) CSIMD_TILE(16, V)
#define CSIMD_STRIP(V, MAX) \
  CSIMD_TARGET static inline void csimd_strip_##V( \
      long m, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b, long strideB, \
      float *c, long strideC, __mmask16 last) { \
    while (m > 0) { \
      long rows = m < MAX ? m : MAX; \
      if (m > MAX && m < 2 * MAX) rows = (m + 1) / 2; \
      switch (rows) { CSIMD_TILES_##MAX(V) } \
      a += rows * rowStride; \
      c += rows * strideC; \
      m -= rows; \
    } \
  }
CSIMD_STRIP(1, 16)
CSIMD_STRIP(2, 12)
CSIMD_STRIP(3, 8)
CSIMD_STRIP(4, 6)

CSIMD_TARGET static inline void csimd_small_product(
    long m, long n, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, float *c, long strideC) {
  for (long j = 0; j < n; j += 64) {
    long width = n - j < 64 ? n - j : 64;
    long vectors = (width + 15) / 16;
    __mmask16 last = csimd_first(width - 16 * (vectors - 1));
#define CSIMD_RUN(V) csimd_strip_##V(m, k, alpha, a, rowStride, columnStride, b + j, strideB, c + j, strideC, last)
    switch (vectors) {
      case 1: CSIMD_RUN(1); break;
      case 2: CSIMD_RUN(2); break;
      case 3: CSIMD_RUN(3); break;
      default: CSIMD_RUN(4);
    }
#undef CSIMD_RUN
  }
}

// The same with B transposed, given as n × k, where n·k is at most CSIMD_LARGEST_TRANSPOSE.
#define CSIMD_LARGEST_TRANSPOSE 1280
CSIMD_TARGET static inline void csimd_small_product_transposed(
    long m, long n, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, float *c, long strideC) {
  _Alignas(64) float transposed[CSIMD_LARGEST_TRANSPOSE];
  for (long j = 0; j < n; j++) {
    for (long p = 0; p < k; p++) transposed[p * n + j] = b[j * strideB + p];
  }
  csimd_small_product(m, n, k, alpha, a, rowStride, columnStride, transposed, n, c, strideC);
}

#else

#define CSIMD_LARGEST_TRANSPOSE 0
static inline int csimd_has_avx512(void) { return 0; }
static inline void csimd_small_product(
    long m, long n, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, float *c, long strideC) {}
static inline void csimd_small_product_transposed(
    long m, long n, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, float *c, long strideC) {}

#endif
