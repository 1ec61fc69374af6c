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

// A 16×16 tile, column by column.
CSIMD_TARGET_INLINE void csimd_transpose(const float *a, long stride, __m512 column[16]) {
  CSIMD_UNROLL for (int group = 0; group < 4; group++) {
    // Lane l holds four columns of row 4·l + g.
    __m512 row[4];
    CSIMD_UNROLL for (int g = 0; g < 4; g++) {
      const float *from = a + 4 * group + g * stride;
      row[g] = _mm512_castps128_ps512(_mm_loadu_ps(from));
      row[g] = _mm512_mask_broadcast_f32x4(row[g], 0x00f0, _mm_loadu_ps(from + 4 * stride));
      row[g] = _mm512_mask_broadcast_f32x4(row[g], 0x0f00, _mm_loadu_ps(from + 8 * stride));
      row[g] = _mm512_mask_broadcast_f32x4(row[g], 0xf000, _mm_loadu_ps(from + 12 * stride));
    }
    __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(row[0], row[1]));
    __m512d high01 = _mm512_castps_pd(_mm512_unpackhi_ps(row[0], row[1]));
    __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(row[2], row[3]));
    __m512d high23 = _mm512_castps_pd(_mm512_unpackhi_ps(row[2], row[3]));
    column[4 * group] = _mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23));
    column[4 * group + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23));
    column[4 * group + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23));
    column[4 * group + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23));
  }
}

// The same of a tile that may be smaller: zeros beyond its `rows` and `columns`.
CSIMD_TARGET_INLINE void csimd_transpose_edge(const float *a, long stride, long rows, long columns, __m512 column[16]) {
  if (rows >= 16 && columns >= 16) return csimd_transpose(a, stride, column);
  _Alignas(64) float whole[256];
  for (int i = 0; i < 16; i++) {
    __mmask16 mask = i < rows ? csimd_first(columns) : 0;
    _mm512_store_ps(whole + 16 * i, _mm512_maskz_loadu_ps(mask, i < rows ? a + i * stride : a));
  }
  csimd_transpose(whole, 16, column);
}

// 16 rows of Cᵀ, `turned`, of which `units` count, become columns of C, `width` rows long.
CSIMD_TARGET_INLINE void csimd_turn(
    long width, long units, const float *turned, long strideTurned, int accumulate, float *c, long strideC) {
  __mmask16 mask = csimd_first(units);
  for (long r = 0; r < width; r += 16) {
    __m512 line[16];
    csimd_transpose(turned + r, strideTurned, line);
    for (long s = 0; s < 16 && r + s < width; s++) {
      float *entry = c + (r + s) * strideC;
      if (accumulate) line[s] = _mm512_add_ps(line[s], _mm512_maskz_loadu_ps(mask, entry));
      _mm512_mask_storeu_ps(entry, mask, line[s]);
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
      for (long q = 0; q < 16 && p + q < k; q++) _mm512_store_ps(panel + (p + q) * line + j, row[q]);
    }
  }
}

#else

static inline int csimd_has_avx512(void) { return 0; }

#endif
