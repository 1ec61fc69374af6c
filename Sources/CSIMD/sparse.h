#pragma once

// Single-precision products with a factor that is mostly zeros, on AVX-512. After ReLU and dropout three quarters of a
// hidden layer's activations and of its δ are exact zeros: they are not multiplied (Benchmarks/README.md).
//
// The sparse factor's rows are compressed to the numbers that are not zero and where they stand, 64 columns at a time;
// what they are multiplied with is packed into panels that stay in the first-level cache. Every entry of C is one chain of
// fused multiply-adds in the order of p, as it is in a dense product without the zeros' terms.

#include "lanes.h"

#define CSIMD_SPARSE_DEPTH 64
#define CSIMD_SPARSE_ROWS 128

#if defined(__x86_64__)

#define CSIMD_SPARSE_VECTORS 7
#define CSIMD_SPARSE_LINE (16 * CSIMD_SPARSE_VECTORS)
// Panels side by side where k is larger than one.
#define CSIMD_SPARSE_GROUP 4

// What is not zero of a row's 64 columns; `offset` is where its line of a panel starts, in scalars.
typedef struct {
  float value[CSIMD_SPARSE_DEPTH];
  unsigned short offset[CSIMD_SPARSE_DEPTH];
  int count;
  int unused[15];
} csimd_sparse_row;

// Appends what is not zero of 16 columns from `p` on.
CSIMD_TARGET_INLINE void csimd_append(csimd_sparse_row *row, __m512 x, long p) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __mmask16 mask = csimd_nonzero(x);
  __m512i line = _mm512_add_epi32(_mm512_set1_epi32((int)p), lanes);
  __m512i offset = _mm512_mullo_epi32(line, _mm512_set1_epi32(CSIMD_SPARSE_LINE));
  __m256i compressed = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(mask, offset));
  _mm512_storeu_ps(row->value + row->count, _mm512_maskz_compress_ps(mask, x));
  _mm256_storeu_si256((__m256i *)(row->offset + row->count), compressed);
  row->count += __builtin_popcount(mask);
}

// Compresses α·A[i, p] = α·a[i·rowStride + p·columnStride] for `m` rows and k ≤ 64 columns; one of the strides is 1.
CSIMD_TARGET static inline void csimd_compress(
    long m, long k, float alpha, const float *a, long rowStride, long columnStride, csimd_sparse_row *rows) {
  const __m512 scale = _mm512_set1_ps(alpha);
  if (columnStride == 1) {
    for (long i = 0; i < m; i++) {
      rows[i].count = 0;
      for (long p = 0; p < k; p += 16) {
        __m512 x = _mm512_maskz_loadu_ps(csimd_first(k - p), a + i * rowStride + p);
        csimd_append(rows + i, _mm512_mul_ps(scale, x), p);
      }
    }
    return;
  }
  for (long i = 0; i < m; i += 16) {
    long count = m - i < 16 ? m - i : 16;
    for (long r = 0; r < count; r++) rows[i + r].count = 0;
    for (long p = 0; p < k; p += 16) {
      __m512 row[16];
      csimd_transpose_edge(a + i + p * columnStride, columnStride, k - p, count, row);
      for (long r = 0; r < count; r++) csimd_append(rows + i + r, _mm512_mul_ps(scale, row[r]), p);
    }
  }
}

// `m` rows of C, 16·`vectors` columns wide: the compressed rows times a panel.
CSIMD_TARGET_INLINE void csimd_sparse_strip(
    const int vectors, long m, const csimd_sparse_row *rows, const float *panel, int accumulate, float *c, long strideC,
    __mmask16 last) {
  for (long i = 0; i < m; i++) {
    __m512 sum[vectors];
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
      __mmask16 mask = j == vectors - 1 ? last : 0xffff;
      sum[j] = accumulate ? _mm512_maskz_loadu_ps(mask, c + i * strideC + 16 * j) : _mm512_setzero_ps();
    }
    for (int e = 0; e < rows[i].count; e++) {
      const float *line = panel + rows[i].offset[e];
      __m512 x = _mm512_set1_ps(rows[i].value[e]);
      CSIMD_UNROLL for (int j = 0; j < vectors; j++) sum[j] = _mm512_fmadd_ps(x, _mm512_load_ps(line + 16 * j), sum[j]);
    }
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
      _mm512_mask_storeu_ps(c + i * strideC + 16 * j, j == vectors - 1 ? last : 0xffff, sum[j]);
    }
  }
}

CSIMD_TARGET static inline void csimd_sparse_strips(
    long width, long m, const csimd_sparse_row *rows, const float *panel, int accumulate, float *c, long strideC) {
  long vectors = (width + 15) / 16;
  __mmask16 last = csimd_first(width - 16 * (vectors - 1));
#define CSIMD_SPARSE_STRIP(V) \
  case V: csimd_sparse_strip(V, m, rows, panel, accumulate, c, strideC, last); break;
  switch (vectors) {
    CSIMD_SPARSE_STRIP(1) CSIMD_SPARSE_STRIP(2) CSIMD_SPARSE_STRIP(3) CSIMD_SPARSE_STRIP(4) CSIMD_SPARSE_STRIP(5)
    CSIMD_SPARSE_STRIP(6) CSIMD_SPARSE_STRIP(7)
  }
#undef CSIMD_SPARSE_STRIP
}

// Where panel `index` of `panels` starts: they share the vectors of n columns evenly.
CSIMD_TARGET_INLINE long csimd_panel_start(long index, long panels, long n) {
  long start = (n + 15) / 16 * index / panels * 16;
  return start < n ? start : n;
}

// C ← α·A·B, or C + α·A·B, with A sparse: A[i, p] = a[i·rowStrideA + p·columnStrideA], m×k, and
// B[p, j] = b[p·rowStrideB + j·columnStrideB], k×n; of each two strides one is 1. C is row-major.
CSIMD_TARGET static inline void csimd_sparse_product(
    long m, long n, long k, float alpha, const float *a, long rowStrideA, long columnStrideA, const float *b,
    long rowStrideB, long columnStrideB, int accumulate, float *c, long strideC) {
  csimd_sparse_row rows[CSIMD_SPARSE_ROWS];
  _Alignas(64) float panel[CSIMD_SPARSE_DEPTH * CSIMD_SPARSE_LINE];
  long panels = (n + CSIMD_SPARSE_LINE - 1) / CSIMD_SPARSE_LINE;
  for (long i = 0; i < m; i += CSIMD_SPARSE_ROWS) {
    long height = m - i < CSIMD_SPARSE_ROWS ? m - i : CSIMD_SPARSE_ROWS;
    for (long p = 0; p < k; p += CSIMD_SPARSE_DEPTH) {
      long depth = k - p < CSIMD_SPARSE_DEPTH ? k - p : CSIMD_SPARSE_DEPTH;
      csimd_compress(height, depth, alpha, a + i * rowStrideA + p * columnStrideA, rowStrideA, columnStrideA, rows);
      for (long q = 0; q < panels; q++) {
        long j = csimd_panel_start(q, panels, n), width = csimd_panel_start(q + 1, panels, n) - j;
        const float *part = b + p * rowStrideB + j * columnStrideB;
        csimd_pack(depth, width, part, rowStrideB, columnStrideB, panel, CSIMD_SPARSE_LINE);
        csimd_sparse_strips(width, height, rows, panel, accumulate || p > 0, c + i * strideC + j, strideC);
      }
    }
  }
}

// Bytes that `csimd_compress_columns` fills for an n-column matrix of k rows.
static inline long csimd_compressed_size(long n, long k) {
  return (k + CSIMD_SPARSE_DEPTH - 1) / CSIMD_SPARSE_DEPTH * n * (long)sizeof(csimd_sparse_row);
}

// Compresses the columns of α·B, row-major, k×n, 64 rows after the other.
CSIMD_TARGET static inline void csimd_compress_columns(
    long n, long k, float alpha, const float *b, long strideB, void *columns) {
  csimd_sparse_row *rows = columns;
  for (long p = 0; p < k; p += CSIMD_SPARSE_DEPTH) {
    long depth = k - p < CSIMD_SPARSE_DEPTH ? k - p : CSIMD_SPARSE_DEPTH;
    csimd_compress(n, depth, alpha, b + p * strideB, 1, strideB, rows);
    rows += n;
  }
}

// C ← Aᵀ·B, or C + Aᵀ·B, with A row-major, k×m, and the compressed columns of B, k×n: Cᵀ = Bᵀ·A, 16 of its rows at a
// time, over up to 256 of k before they are turned.
CSIMD_TARGET static inline void csimd_product_with_sparse(
    long m, long n, long k, const float *a, long strideA, const void *columns, int accumulate, float *c,
    long strideC) {
  const csimd_sparse_row *rows = columns;
  _Alignas(64) float panel[CSIMD_SPARSE_GROUP][CSIMD_SPARSE_DEPTH * CSIMD_SPARSE_LINE];
  _Alignas(64) float turned[16 * CSIMD_SPARSE_LINE];
  long panels = (m + CSIMD_SPARSE_LINE - 1) / CSIMD_SPARSE_LINE;
  for (long p = 0; p < k; p += CSIMD_SPARSE_GROUP * CSIMD_SPARSE_DEPTH) {
    for (long q = 0; q < panels; q++) {
      long i = csimd_panel_start(q, panels, m), width = csimd_panel_start(q + 1, panels, m) - i;
      long blocks = 0;
      for (long d = p; d < k && blocks < CSIMD_SPARSE_GROUP; d += CSIMD_SPARSE_DEPTH) {
        long depth = k - d < CSIMD_SPARSE_DEPTH ? k - d : CSIMD_SPARSE_DEPTH;
        csimd_pack(depth, width, a + d * strideA + i, strideA, 1, panel[blocks++], CSIMD_SPARSE_LINE);
      }
      for (long j = 0; j < n; j += 16) {
        long units = n - j < 16 ? n - j : 16;
        for (long d = 0; d < blocks; d++) {
          // Whole vectors: what the last one has over is not turned.
          csimd_sparse_strips(
              (width + 15) / 16 * 16, units, rows + d * n + j, panel[d], d > 0, turned, CSIMD_SPARSE_LINE);
        }
        csimd_turn(width, units, turned, CSIMD_SPARSE_LINE, accumulate || p > 0, c + i * strideC + j, strideC);
      }
    }
    rows += CSIMD_SPARSE_GROUP * n;
  }
}

// How many of a row's `count` numbers are not zero.
CSIMD_TARGET static inline long csimd_count_nonzero(const float *a, long count) {
  long sum = 0, p = 0;
  for (; p + 16 <= count; p += 16) sum += __builtin_popcount(csimd_nonzero(_mm512_loadu_ps(a + p)));
  return sum + __builtin_popcount(csimd_nonzero(_mm512_maskz_loadu_ps(csimd_first(count - p), a + p)));
}

#else

static inline void csimd_sparse_product(
    long m, long n, long k, float alpha, const float *a, long rowStrideA, long columnStrideA, const float *b,
    long rowStrideB, long columnStrideB, int accumulate, float *c, long strideC) {}
static inline long csimd_compressed_size(long n, long k) { return 0; }
static inline void csimd_compress_columns(
    long n, long k, float alpha, const float *b, long strideB, void *columns) {}
static inline void csimd_product_with_sparse(
    long m, long n, long k, const float *a, long strideA, const void *columns, int accumulate, float *c,
    long strideC) {}
static inline long csimd_count_nonzero(const float *a, long count) { return count; }

#endif
