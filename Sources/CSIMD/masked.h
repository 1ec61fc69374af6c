#pragma once

// Small products on AVX-512 with a factor of which most is zero: the same chains of fused multiply-adds as in products.h,
// without the zeros' terms (Benchmarks/README.md).
//
// Nothing is packed. A row of the sparse factor is a mask of 64 bits for every 64 of its columns, whose ones are walked.
// Masks are there before any is walked: where a row ends is then known early, and the processor guesses less of it.

#include "lanes.h"

// The longest rows, in columns.
#define CSIMD_MASKED_DEPTH 256

#if defined(__x86_64__)

#define CSIMD_MASKED_ROWS 64
#define CSIMD_MASKED_LINE 64

// How many masks a row of `k` columns has.
CSIMD_TARGET_INLINE long csimd_mask_words(long k) { return (k + 63) / 64; }

// The masks of `m` rows, A[i, p] = a[i·rowStride + p].
CSIMD_TARGET static inline void csimd_mask_rows(
    long m, long k, const float *a, long rowStride, unsigned long long *masks) {
  for (long i = 0; i < m; i++) {
    for (long p = 0; p < k; p += 64) {
      const float *from = a + i * rowStride + p;
      unsigned long long word = 0;
      if (k - p >= 64) {
        CSIMD_UNROLL for (int q = 0; q < 64; q += 16) {
          word |= (unsigned long long)csimd_nonzero(_mm512_loadu_ps(from + q)) << q;
        }
        *masks++ = word;
        continue;
      }
      for (long q = 0; q < k - p; q += 16) {
        __m512 x = _mm512_maskz_loadu_ps(csimd_first(k - p - q), from + q);
        word |= (unsigned long long)csimd_nonzero(x) << q;
      }
      *masks++ = word;
    }
  }
}

// Of 16 columns, those of `mask`, bit p of a lane stands for row `p` of up to 32.
CSIMD_TARGET_INLINE __m512i csimd_mask_32(__mmask16 mask, long rows, const float *a, long stride) {
  __m512i bits = _mm512_setzero_si512(), bit = _mm512_set1_epi32(1);
  for (long p = 0; p < rows && p < 32; p++) {
    __mmask16 nonzero = csimd_nonzero(_mm512_maskz_loadu_ps(mask, a + p * stride));
    bits = _mm512_mask_or_epi32(bits, nonzero, bits, bit);
    bit = _mm512_slli_epi32(bit, 1);
  }
  return bits;
}

// The masks of 16 rows, up to 64 columns, from those of 32 and 32.
CSIMD_TARGET_INLINE void csimd_join_masks(__m512i low, __m512i high, unsigned long long *masks) {
  __m512i first = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(high));
  __m512i second = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(high, 1));
  first = _mm512_or_si512(_mm512_slli_epi64(first, 32), _mm512_cvtepu32_epi64(_mm512_castsi512_si256(low)));
  second = _mm512_or_si512(_mm512_slli_epi64(second, 32), _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(low, 1)));
  _mm512_storeu_si512(masks, first);
  _mm512_storeu_si512(masks + 8, second);
}

// The masks of `m` rows, A[i, p] = a[i + p·columnStride]; room for whole sixteens of rows.
CSIMD_TARGET static inline void csimd_mask_columns(
    long m, long k, const float *a, long columnStride, unsigned long long *masks) {
  long words = csimd_mask_words(k);
  for (long i = 0; i < m; i += 16) {
    __mmask16 some = csimd_first(m - i);
    for (long q = 0; q < words; q++) {
      const float *from = a + i + 64 * q * columnStride;
      __m512i low = csimd_mask_32(some, k - 64 * q, from, columnStride);
      __m512i high = csimd_mask_32(some, k - 64 * q - 32, from + 32 * columnStride, columnStride);
      unsigned long long word[16];
      csimd_join_masks(low, high, words == 1 ? masks + i : word);
      for (long r = 0; words > 1 && r < 16; r++) masks[(i + r) * words + q] = word[r];
    }
  }
}

// Of 16 columns, those of `mask`: back through up to 32 rows of ReLU, and a bit for each row that is passed.
CSIMD_TARGET_INLINE __m512i csimd_rectify_32(
    __mmask16 mask, long rows, long stride, float *delta, const float *output, float scale) {
  __m512i bits = _mm512_setzero_si512(), bit = _mm512_set1_epi32(1);
  for (long p = 0; p < rows && p < 32; p++) {
    __m512 x = _mm512_maskz_loadu_ps(mask, output + p * stride);
    __mmask16 passed = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GT_OQ);
    __m512 y = _mm512_maskz_loadu_ps(passed, delta + p * stride);
    _mm512_mask_storeu_ps(delta + p * stride, mask, _mm512_maskz_mul_ps(passed, y, _mm512_set1_ps(scale)));
    bits = _mm512_mask_or_epi32(bits, passed, bits, bit);
    bit = _mm512_slli_epi32(bit, 1);
  }
  return bits;
}

// δ ← s·δ where the output is over zero and zero elsewhere, `rows`×`columns` of up to 64 rows, with the masks of δ's
// columns. Gives how many numbers are left.
CSIMD_TARGET static inline long csimd_rectify_columns(
    long rows, long columns, float *delta, const float *output, float scale, unsigned long long *masks) {
  long left = 0;
  for (long i = 0; i < columns; i += 16) {
    __mmask16 some = csimd_first(columns - i);
    __m512i low = csimd_rectify_32(some, rows, columns, delta + i, output + i, scale);
    long later = 32 * columns + i;
    __m512i high = csimd_rectify_32(some, rows - 32, columns, delta + later, output + later, scale);
    csimd_join_masks(low, high, masks + i);
    for (long r = 0; r < 16; r++) left += __builtin_popcountll(masks[i + r]);
  }
  return left;
}

// `m` rows of C ← α·A·B, 16·`vectors` columns wide, A[i, p] = a[i·rowStride + p·columnStride].
CSIMD_TARGET_INLINE void csimd_masked_strip(
    const int vectors, long m, long words, const unsigned long long *masks, float alpha, const float *a, long rowStride,
    long columnStride, const float *b, long strideB, float *c, long strideC, __mmask16 last) {
  for (long i = 0; i < m; i++) {
    __m512 sum[vectors];
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) sum[j] = _mm512_setzero_ps();
    const float *row = a + i * rowStride, *line = b;
    for (long q = 0; q < words; q++) {
      for (unsigned long long left = *masks++; left; left &= left - 1) {
        long p = __builtin_ctzll(left);
        __m512 x = _mm512_set1_ps(row[p * columnStride]);
        CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
          __mmask16 mask = j == vectors - 1 ? last : 0xffff;
          sum[j] = _mm512_fmadd_ps(x, _mm512_maskz_loadu_ps(mask, line + p * strideB + 16 * j), sum[j]);
        }
      }
      row += 64 * columnStride;
      line += 64 * strideB;
    }
    CSIMD_UNROLL for (int j = 0; j < vectors; j++) {
      __mmask16 mask = j == vectors - 1 ? last : 0xffff;
      _mm512_mask_storeu_ps(c + i * strideC + 16 * j, mask, _mm512_mul_ps(_mm512_set1_ps(alpha), sum[j]));
    }
  }
}

// The same for up to 64 columns.
CSIMD_TARGET static inline void csimd_masked_strips(
    long width, long m, long words, const unsigned long long *masks, float alpha, const float *a, long rowStride,
    long columnStride, const float *b, long strideB, float *c, long strideC) {
  long vectors = (width + 15) / 16;
  __mmask16 last = csimd_first(width - 16 * (vectors - 1));
#define CSIMD_MASKED_STRIP(V) \
  csimd_masked_strip(V, m, words, masks, alpha, a, rowStride, columnStride, b, strideB, c, strideC, last)
  switch (vectors) {
    case 1: CSIMD_MASKED_STRIP(1); break;
    case 2: CSIMD_MASKED_STRIP(2); break;
    case 3: CSIMD_MASKED_STRIP(3); break;
    default: CSIMD_MASKED_STRIP(4);
  }
#undef CSIMD_MASKED_STRIP
}

// C ← α·A·B with A sparse, A[i, p] = a[i·rowStride + p·columnStride], one of the strides being 1, k up to
// CSIMD_MASKED_DEPTH; B and C are row-major.
CSIMD_TARGET static inline void csimd_masked_product(
    long m, long n, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, float *c, long strideC) {
  unsigned long long masks[CSIMD_MASKED_ROWS * CSIMD_MASKED_DEPTH / 64];
  for (long i = 0; i < m; i += CSIMD_MASKED_ROWS) {
    long rows = m - i < CSIMD_MASKED_ROWS ? m - i : CSIMD_MASKED_ROWS;
    const float *from = a + i * rowStride;
    if (columnStride == 1) {
      csimd_mask_rows(rows, k, from, rowStride, masks);
    } else {
      csimd_mask_columns(rows, k, from, columnStride, masks);
    }
    for (long j = 0; j < n; j += 64) {
      csimd_masked_strips(
          n - j < 64 ? n - j : 64, rows, csimd_mask_words(k), masks, alpha, from, rowStride, columnStride, b + j,
          strideB, c + i * strideC + j, strideC);
    }
  }
}

// C ← α·Aᵀ·B, or C + α·Aᵀ·B, all row-major, with k×n B sparse, k up to 64, and the masks of its columns:
// Cᵀ = Bᵀ·A, 16 of its rows at a time.
CSIMD_TARGET static inline void csimd_product_with_masked(
    long m, long n, float alpha, const float *a, long strideA, const float *b, long strideB,
    const unsigned long long *masks, int accumulate, float *c, long strideC) {
  _Alignas(64) float turned[16 * CSIMD_MASKED_LINE];
  for (long i = 0; i < m; i += CSIMD_MASKED_LINE) {
    long width = m - i < CSIMD_MASKED_LINE ? m - i : CSIMD_MASKED_LINE;
    for (long j = 0; j < n; j += 16) {
      long units = n - j < 16 ? n - j : 16;
      csimd_masked_strips(
          width, units, 1, masks + j, alpha, b + j, 1, strideB, a + i, strideA, turned, CSIMD_MASKED_LINE);
      csimd_turn(width, units, turned, CSIMD_MASKED_LINE, accumulate, c + i * strideC + j, strideC);
    }
  }
}

#else

static inline void csimd_mask_columns(
    long m, long k, const float *a, long columnStride, unsigned long long *masks) {}
static inline long csimd_rectify_columns(
    long rows, long columns, float *delta, const float *output, float scale, unsigned long long *masks) { return 0; }
static inline void csimd_product_with_masked(
    long m, long n, float alpha, const float *a, long strideA, const float *b, long strideB,
    const unsigned long long *masks, int accumulate, float *c, long strideC) {}
static inline void csimd_masked_product(
    long m, long n, long k, float alpha, const float *a, long rowStride, long columnStride, const float *b,
    long strideB, float *c, long strideC) {}

#endif
