/* SHA-256 as FIPS 180-4 gives it, over bytes in memory. */
#include "recorder.h"

#include <stdio.h>
#include <string.h>

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, int by) { return word >> by | word << (32 - by); }

static void mix(uint32_t state[8], const uint8_t block[64]) {
  uint32_t words[64], at[8];
  for (int place = 0; place < 16; place++)
    words[place] = (uint32_t)block[place * 4] << 24 | (uint32_t)block[place * 4 + 1] << 16 |
                   (uint32_t)block[place * 4 + 2] << 8 | block[place * 4 + 3];
  for (int place = 16; place < 64; place++) {
    uint32_t low = words[place - 15], high = words[place - 2];
    words[place] = words[place - 16] + (turn(low, 7) ^ turn(low, 18) ^ low >> 3) + words[place - 7] +
                   (turn(high, 17) ^ turn(high, 19) ^ high >> 10);
  }
  memcpy(at, state, sizeof at);
  for (int round = 0; round < 64; round++) {
    uint32_t one = at[7] + (turn(at[4], 6) ^ turn(at[4], 11) ^ turn(at[4], 25)) + ((at[4] & at[5]) ^ (~at[4] & at[6])) +
                   constants[round] + words[round];
    uint32_t two = (turn(at[0], 2) ^ turn(at[0], 13) ^ turn(at[0], 22)) +
                   ((at[0] & at[1]) ^ (at[0] & at[2]) ^ (at[1] & at[2]));
    memmove(at + 1, at, 7 * sizeof *at);
    at[4] += one;
    at[0] = one + two;
  }
  for (int place = 0; place < 8; place++) state[place] += at[place];
}

void sha256_text(const void *bytes, size_t length, char text[HASH_TEXT]) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const uint8_t *from = bytes;
  size_t whole = length / 64 * 64;
  for (size_t place = 0; place < whole; place += 64) mix(state, from + place);
  uint8_t last[128] = {0};
  size_t rest = length - whole, end = rest < 56 ? 64 : 128;
  if (rest > 0) memcpy(last, from + whole, rest);
  last[rest] = 0x80;
  for (int place = 0; place < 8; place++) last[end - 1 - (size_t)place] = (uint8_t)((uint64_t)length * 8 >> (8 * place));
  for (size_t place = 0; place < end; place += 64) mix(state, last + place);
  for (int place = 0; place < 8; place++) snprintf(text + place * 8, 9, "%08x", state[place]);
}
