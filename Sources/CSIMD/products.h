#pragma once

// Single-precision products on AVX-512 without a library's dispatch, scratch memory and compilation at the first call, and
// faster than oneDNN's at the shapes of dense layers (Benchmarks/README.md).
//
// C ← α·A·B, or C + α·A·B, with A[i, p] = a[i·rowStrideA + p·columnStrideA] and B[p, j] = b[p·rowStrideB + j·columnStrideB];
// of each two strides one is 1. C is row-major. Where α is 1 every entry is one chain of fused multiply-adds in the order
// of p, so its bits do not depend on the tiling.

#include "lanes.h"

#if defined(__x86_64__)

// Columns of C that are taken together.
#define CSIMD_STRIP_WIDTH 64
// Rows of a packed part of B, which stays in the second-level cache as that of a part that is not packed does.
#define CSIMD_PACKED_DEPTH 256
#define CSIMD_DIRECT_DEPTH 1024
// Rows of B this far apart, in scalars, are beyond prefetchers' strides: they are packed for as many rows of A.
#define CSIMD_FAR_ROWS 512
#define CSIMD_ROWS_WORTH_PACKING 96

// `rows` × `vectors`·16 entries of C held in registers; `last` masks the last vector's columns.
CSIMD_TARGET_INLINE void csimd_tile(
    const int rows, const int vectors, long k, float alpha, const float *a, long rowStride, long columnStride,
    const float *b, long strideB, int accumulate, float *c, long strideC, __mmask16 last) {
  const __mmask16 all = 0xffff;
  const int continues = accumulate && alpha == 1;
  __m512 sum[rows][vectors];
  CSIMD_UNROLL for (int i = 0; i < rows; i++) {
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_setzero_ps();
  }
  if (continues) {
    CSIMD_UNROLL for (int i = 0; i < rows; i++) {
      CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
        sum[i][j] = _mm512_maskz_loadu_ps(j == vectors - 1 ? last : all, c + i * strideC + 16 * j);
      }
    }
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
  // Nothing is read from C that need not be: where its rows are short, that would wait for the row before to be written.
  __m512 scale = _mm512_set1_ps(alpha);
  if (accumulate && !continues) {
    CSIMD_UNROLL for (int i = 0; i < rows; i++) {
      CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
        __m512 before = _mm512_maskz_loadu_ps(j == vectors - 1 ? last : all, c + i * strideC + 16 * j);
        sum[i][j] = _mm512_fmadd_ps(scale, sum[i][j], before);
      }
    }
    scale = _mm512_set1_ps(1);
  }
  CSIMD_UNROLL for (int i = 0; i < rows; i++) {
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
      _mm512_mask_storeu_ps(
          c + i * strideC + 16 * j, j == vectors - 1 ? last : all, _mm512_mul_ps(scale, sum[i][j]));
    }
  }
}

// A strip of C, up to 16·V columns wide, in tiles of at most MAX rows: as many as the registers hold, but no more than eight
// that are apart in memory. Those a power of two apart share one set of the first-level cache.
#define CSIMD_TILE(R, V) \
  case R: csimd_tile(R, V, k, alpha, a, rowStride, columnStride, b, strideB, accumulate, c, strideC, last); break;
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
      int accumulate, float *c, long strideC, __mmask16 last) { \
    const long most = rowStride == 1 || MAX < 8 ? MAX : 8; \
    while (m > 0) { \
      long rows = m < most ? m : most; \
      if (m > most && m < 2 * most) rows = (m + 1) / 2; \
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

// Up to 64 columns of C, whose rows of B lie in order.
CSIMD_TARGET_INLINE void csimd_strip(
    long m, long width, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, int accumulate, float *c, long strideC) {
  long vectors = (width + 15) / 16;
  __mmask16 last = csimd_first(width - 16 * (vectors - 1));
#define CSIMD_RUN(V) csimd_strip_##V(m, k, alpha, a, rowStride, columnStride, b, strideB, accumulate, c, strideC, last)
  switch (vectors) {
    case 1: CSIMD_RUN(1); break;
    case 2: CSIMD_RUN(2); break;
    case 3: CSIMD_RUN(3); break;
    default: CSIMD_RUN(4);
  }
#undef CSIMD_RUN
}

// `k` in equal parts of at most `largest`.
CSIMD_TARGET_INLINE long csimd_depth(long k, long largest) {
  long parts = (k + largest - 1) / largest;
  return parts < 2 ? k : ((k + parts - 1) / parts + 15) / 16 * 16;
}

CSIMD_TARGET static inline void csimd_product_direct(
    long m, long n, long k, float alpha, const float *a, long rowStrideA, long columnStrideA, const float *b,
    long rowStrideB, int accumulate, float *c, long strideC) {
  long depth = csimd_depth(k, CSIMD_DIRECT_DEPTH);
  for (long j = 0; j < n; j += CSIMD_STRIP_WIDTH) {
    long width = n - j < CSIMD_STRIP_WIDTH ? n - j : CSIMD_STRIP_WIDTH;
    for (long p = 0; p < k; p += depth) {
      csimd_strip(
          m, width, k - p < depth ? k - p : depth, alpha, a + p * columnStrideA, rowStrideA, columnStrideA,
          b + p * rowStrideB + j, rowStrideB, accumulate || p > 0, c + j, strideC);
    }
  }
}

CSIMD_TARGET static inline void csimd_product_packed(
    long m, long n, long k, float alpha, const float *a, long rowStrideA, long columnStrideA, const float *b,
    long rowStrideB, long columnStrideB, int accumulate, float *c, long strideC) {
  _Alignas(64) float panel[CSIMD_PACKED_DEPTH * CSIMD_STRIP_WIDTH];
  long depth = csimd_depth(k, CSIMD_PACKED_DEPTH);
  for (long j = 0; j < n; j += CSIMD_STRIP_WIDTH) {
    long width = n - j < CSIMD_STRIP_WIDTH ? n - j : CSIMD_STRIP_WIDTH;
    long line = (width + 15) / 16 * 16;
    for (long p = 0; p < k; p += depth) {
      long part = k - p < depth ? k - p : depth;
      csimd_pack(part, width, b + p * rowStrideB + j * columnStrideB, rowStrideB, columnStrideB, panel, line);
      csimd_strip(
          m, width, part, alpha, a + p * columnStrideA, rowStrideA, columnStrideA, panel, line, accumulate || p > 0,
          c + j, strideC);
    }
  }
}

CSIMD_TARGET static inline void csimd_product(
    long m, long n, long k, float alpha, const float *a, long rowStrideA, long columnStrideA, const float *b,
    long rowStrideB, long columnStrideB, int accumulate, float *c, long strideC) {
  if (columnStrideB != 1 || (rowStrideB >= CSIMD_FAR_ROWS && m >= CSIMD_ROWS_WORTH_PACKING)) {
    csimd_product_packed(
        m, n, k, alpha, a, rowStrideA, columnStrideA, b, rowStrideB, columnStrideB, accumulate, c, strideC);
  } else {
    csimd_product_direct(m, n, k, alpha, a, rowStrideA, columnStrideA, b, rowStrideB, accumulate, c, strideC);
  }
}

// C ← α·Aᵀ·B of up to 16 columns, A row-major, k×m: 64 columns of Cᵀ = Bᵀ·A at a time, whose vectors are full, are turned.
CSIMD_TARGET static inline void csimd_narrow_product(
    long m, long n, long k, float alpha, const float *a, long strideA, const float *b, long strideB, float *c,
    long strideC) {
  _Alignas(64) float turned[16 * CSIMD_STRIP_WIDTH];
  for (long i = 0; i < m; i += CSIMD_STRIP_WIDTH) {
    long width = m - i < CSIMD_STRIP_WIDTH ? m - i : CSIMD_STRIP_WIDTH;
    csimd_strip(n, width, k, alpha, b, 1, strideB, a + i, strideA, 0, turned, CSIMD_STRIP_WIDTH);
    csimd_turn(width, n, turned, CSIMD_STRIP_WIDTH, 0, c + i * strideC, strideC);
  }
}

#else

static inline void csimd_narrow_product(
    long m, long n, long k, float alpha, const float *a, long strideA, const float *b, long strideB, float *c,
    long strideC) {}
static inline void csimd_product(
    long m, long n, long k, float alpha, const float *a, long rowStrideA, long columnStrideA, const float *b,
    long rowStrideB, long columnStrideB, int accumulate, float *c, long strideC) {}

#endif
