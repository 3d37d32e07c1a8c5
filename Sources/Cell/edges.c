#include "edges.h"

#include "channel.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>

static int descriptor = -1;
static uint64_t *counters;

result edges_make(void) {
  result made = sys(__NR_memfd_create, "edges", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (made < 0) return made;
  result done = sys(__NR_ftruncate, made, EDGE_COUNTERS);
  if (done >= 0) done = sys(__NR_fcntl, made, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  /* Programs run as other users. */
  if (done >= 0) done = sys(__NR_fchmod, made, 0666);
  if (done < 0) return done;
  result base = sys(__NR_mmap, 0, EDGE_COUNTERS, PROT_READ | PROT_WRITE, MAP_SHARED, made, 0);
  if (base < 0 && base > -4096) return base;
  counters = (uint64_t *)base;
  descriptor = (int)made;
  return 0;
}

int edges_descriptor(void) { return descriptor; }

/* The buckets of AFL: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, 128 and more. */
static uint32_t bucket(unsigned char count) {
  if (count <= 3) return count - 1u;
  if (count <= 7) return 3;
  if (count <= 15) return 4;
  if (count <= 31) return 5;
  return count <= 127 ? 6 : 7;
}

void edges_take(void) {
  enum { PIECE = 16384 };
  char *room = 0;
  size_t bytes = 0;
  for (uint32_t at = 0; at < EDGE_COUNTERS / sizeof *counters; at++) {
    uint64_t word = counters[at];
    if (word == 0) continue;
    counters[at] = 0;
    for (uint32_t byte = 0; byte < sizeof word; byte++, word >>= 8) {
      unsigned char count = (unsigned char)word;
      if (count == 0) continue;
      if (room == 0) room = channel_reserve(PIECE);
      uint32_t edge = (at * (uint32_t)sizeof word + byte) << 3 | bucket(count);
      memcpy(room + bytes, &edge, sizeof edge);
      bytes += sizeof edge;
      if (bytes < PIECE) continue;
      channel_commit(EDGES, bytes);
      room = 0;
      bytes = 0;
    }
  }
  if (bytes > 0) channel_commit(EDGES, bytes);
}
