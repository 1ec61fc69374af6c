#pragma once

// What the AVX-512 kernels share: masks, transposes, panels.

#if defined(__x86_64__)
#include <immintrin.h>

#define CSIMD_TARGET __attribute__((target("avx512f")))
#define CSIMD_TARGET_INLINE CSIMD_TARGET __attribute__((always_inline)) static inline
#define CSIMD_UNROLL _Pragma("clang loop unroll(full)")

static inline int csimd_has_avx512(void) { return __builtin_cpu_supports("avx512f") ? 1 : 0; }

// The mask of the first `count` lanes, of all where there are more.
CSIMD_TARGET_INLINE __mmask16 csimd_first(long count) {
  return count >= 16 ? 0xffff : (__mmask16)((1u << count) - 1);
}

// Which of 16 numbers are not zero. A NaN is no zero.
CSIMD_TARGET_INLINE __mmask16 csimd_nonzero(__m512 x) {
  return _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
}

// Up to four numbers of each of 16 rows: lane l of row[g] holds those of row 4·l + g. `mask` says which there are.
CSIMD_TARGET_INLINE void csimd_four_columns(const float *a, long stride, __mmask16 mask, __m512 row[4]) {
  CSIMD_UNROLL for (int g = 0; g < 4; g++) {
    const float *from = a + g * stride;
    __m128 four[4];
    CSIMD_UNROLL for (int l = 0; l < 4; l++) {
      const float *part = from + 4 * l * stride;
      four[l] = mask == 0xf ? _mm_loadu_ps(part) : _mm512_castps512_ps128(_mm512_maskz_loadu_ps(mask, part));
    }
    row[g] = _mm512_castps128_ps512(four[0]);
    row[g] = _mm512_mask_broadcast_f32x4(row[g], 0x00f0, four[1]);
    row[g] = _mm512_mask_broadcast_f32x4(row[g], 0x0f00, four[2]);
    row[g] = _mm512_mask_broadcast_f32x4(row[g], 0xf000, four[3]);
  }
}

// The columns of the same.
CSIMD_TARGET_INLINE void csimd_transpose_four(const __m512 row[4], __m512 column[4]) {
  __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(row[0], row[1]));
  __m512d high01 = _mm512_castps_pd(_mm512_unpackhi_ps(row[0], row[1]));
  __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(row[2], row[3]));
  __m512d high23 = _mm512_castps_pd(_mm512_unpackhi_ps(row[2], row[3]));
  column[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23));
  column[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23));
  column[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23));
  column[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23));
}

// A 16×16 tile, column by column.
CSIMD_TARGET_INLINE void csimd_transpose(const float *a, long stride, __m512 column[16]) {
  CSIMD_UNROLL for (int group = 0; group < 4; group++) {
    __m512 row[4];
    csimd_four_columns(a + 4 * group, stride, 0xf, row);
    csimd_transpose_four(row, column + 4 * group);
  }
}

// The same of a tile that may be smaller: zeros beyond its `rows` and `columns`.
CSIMD_TARGET_INLINE void csimd_transpose_edge(const float *a, long stride, long rows, long columns, __m512 column[16]) {
  if (rows >= 16 && columns >= 16) return csimd_transpose(a, stride, column);
  if (rows >= 16) {
    CSIMD_UNROLL for (int group = 0; group < 4; group++) {
      __m512 row[4];
      __mmask16 mask = columns > 4 * group ? csimd_first(columns - 4 * group) & 0xf : 0;
      if (mask == 0xf) {
        csimd_four_columns(a + 4 * group, stride, 0xf, row);
      } else {
        csimd_four_columns(a + 4 * group, stride, mask, row);
      }
      csimd_transpose_four(row, column + 4 * group);
    }
    return;
  }
  _Alignas(64) float whole[256];
  for (int i = 0; i < 16; i++) {
    __mmask16 mask = i < rows ? csimd_first(columns) : 0;
    _mm512_store_ps(whole + 16 * i, _mm512_maskz_loadu_ps(mask, i < rows ? a + i * stride : a));
  }
  csimd_transpose(whole, 16, column);
}

// The first `columns` columns of up to 16 rows, vectors `apart` scalars apart; zeros beyond the rows. Of 16 rows whole
// vectors are read.
CSIMD_TARGET static inline void csimd_transpose_tile(
    const float *a, long stride, long rows, long columns, float *vectors, long apart) {
  __m512 column[16];
  csimd_transpose_edge(a, stride, rows, rows >= 16 ? 16 : columns, column);
  CSIMD_UNROLL for (int p = 0; p < 16; p++) {
    if (p < columns) _mm512_storeu_ps(vectors + apart * p, column[p]);
  }
}

// 16 rows of Cᵀ, `turned`, of which `units` count, become columns of C, `width` rows long.
CSIMD_TARGET_INLINE void csimd_turn(
    long width, long units, const float *turned, long strideTurned, int accumulate, float *c, long strideC) {
  __mmask16 mask = csimd_first(units);
  for (long r = 0; r < width; r += 16) {
    __m512 line[16];
    csimd_transpose(turned + r, strideTurned, line);
    if (accumulate) {
      CSIMD_UNROLL for (int s = 0; s < 16; s++) {
        const float *entry = c + (r + s) * strideC;
        if (r + s < width) line[s] = _mm512_add_ps(line[s], _mm512_maskz_loadu_ps(mask, entry));
      }
    }
    CSIMD_UNROLL for (int s = 0; s < 16; s++) {
      if (r + s < width) _mm512_mask_storeu_ps(c + (r + s) * strideC, mask, line[s]);
    }
  }
}

// A panel's lines B[p, 0 ..< width] for p < k, `line` scalars apart, B[p, j] = b[p·rowStride + j·columnStride]; one of the
// strides is 1.
CSIMD_TARGET static inline void csimd_pack(
    long k, long width, const float *b, long rowStride, long columnStride, float *panel, long line) {
  if (columnStride == 1) {
    for (long p = 0; p < k; p++) {
      for (long j = 0; j < width; j += 16) {
        __m512 x = _mm512_maskz_loadu_ps(csimd_first(width - j), b + p * rowStride + j);
        _mm512_store_ps(panel + p * line + j, x);
      }
    }
    return;
  }
  for (long j = 0; j < width; j += 16) {
    for (long p = 0; p < k; p += 16) {
      __m512 row[16];
      csimd_transpose_edge(b + j * columnStride + p, columnStride, width - j, k - p, row);
      CSIMD_UNROLL for (int q = 0; q < 16; q++) {
        if (p + q < k) _mm512_store_ps(panel + (p + q) * line + j, row[q]);
      }
    }
  }
}

#else

static inline int csimd_has_avx512(void) { return 0; }
static inline void csimd_transpose_tile(
    const float *a, long stride, long rows, long columns, float *vectors, long apart) {}

#endif
