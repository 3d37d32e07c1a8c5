#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

struct block {
  struct block *next;
  max_align_t data[];
};

static struct block *blocks;

void *take(size_t size) {
  if (size > SIZE_MAX - sizeof(struct block)) fail_data("out of memory");
  struct block *block = calloc(1, sizeof(struct block) + size);
  if (block == NULL) fail_data("out of memory");
  block->next = blocks;
  blocks = block;
  return block->data;
}

void *take_more(void *old, size_t old_size, size_t new_size) {
  void *fresh = take(new_size);
  if (old_size > 0) memcpy(fresh, old, old_size);
  return fresh;
}

char *take_text(const char *text, size_t length) {
  char *copy = take(length + 1);
  if (length > 0) memcpy(copy, text, length);
  return copy;
}

void give_all_back(void) {
  while (blocks != NULL) {
    struct block *next = blocks->next;
    free(blocks);
    blocks = next;
  }
}
