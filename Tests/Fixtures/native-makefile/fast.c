#include <immintrin.h>

int sum_fast(const int *values, int count) {
  __m256i sums = _mm256_setzero_si256();
  int i = 0;
  for (; i + 8 <= count; i += 8) sums = _mm256_add_epi32(sums, _mm256_loadu_si256((const __m256i *)(values + i)));
  int parts[8], sum = 0;
  _mm256_storeu_si256((__m256i *)parts, sums);
  for (int j = 0; j < 8; j++) sum += parts[j];
  for (; i < count; i++) sum += values[i];
  return sum;
}
