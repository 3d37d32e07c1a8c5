/*
 * The setup stands behind the executable's own bytes, so that neither the suite's environment nor a copy of the file
 * elsewhere loses it: lines "key value", then their length as 16 hexadecimal digits, then "\ntaskforge-setup\n".
 *
 *   program PATH, records PATH, tree PATH (several), input BYTES, most-records N, most-bytes N
 */
#define _GNU_SOURCE
#include "recorder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ending[] = "\ntaskforge-setup\n";

static bool set(struct setup *setup, const char *key, const char *value) {
  if (strlen(value) >= PATH_BYTES) return false;
  if (strcmp(key, "program") == 0) strcpy(setup->program, value);
  else if (strcmp(key, "records") == 0) strcpy(setup->records, value);
  else if (strcmp(key, "input") == 0) setup->input_bytes = strtoull(value, NULL, 10);
  else if (strcmp(key, "most-records") == 0) setup->most_records = strtoull(value, NULL, 10);
  else if (strcmp(key, "most-bytes") == 0) setup->most_bytes = strtoull(value, NULL, 10);
  else if (strcmp(key, "tree") == 0 && setup->tree_count < MOST_TREES) strcpy(setup->trees[setup->tree_count++], value);
  else return false;
  return true;
}

bool setup_read(struct setup *setup) {
  enum { TAIL = 16 + sizeof ending - 1, MOST = 65536 };
  char tail[TAIL + 1];
  int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat status;
  static char text[MOST + 1];
  bool good = false;
  if (fstat(fd, &status) == 0 && status.st_size > TAIL && pread(fd, tail, TAIL, status.st_size - TAIL) == TAIL) {
    tail[TAIL] = '\0';
    unsigned long long length = strtoull(tail, NULL, 16);
    if (strcmp(tail + 16, ending) == 0 && length <= MOST && (off_t)length <= status.st_size - TAIL &&
        pread(fd, text, length, status.st_size - TAIL - (off_t)length) == (ssize_t)length) {
      good = true;
      text[length] = '\0';
    }
  }
  close(fd);
  char *rest;
  for (char *line = strtok_r(text, "\n", &rest); good && line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    char *value = strchr(line, ' ');
    if (value == NULL) return false;
    *value++ = '\0';
    good = set(setup, line, value);
  }
  return good && setup->program[0] == '/' && setup->records[0] == '/' && setup->input_bytes > 0;
}

/* Counters that all recorders of a directory share. */
struct books {
  uint64_t records, bytes;
};

static struct books *books;
static uint64_t most_bytes;

bool books_admit(const struct setup *setup) {
  char path[PATH_BYTES + 16];
  snprintf(path, sizeof path, "%s/books", setup->records);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) return false;
  if (ftruncate(fd, sizeof *books) == 0) {
    void *page = mmap(NULL, sizeof *books, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) books = page;
  }
  close(fd);
  most_bytes = setup->most_bytes;
  /* Those above the bound are counted too: a report tells how many there were. */
  return books != NULL && __atomic_add_fetch(&books->records, 1, __ATOMIC_RELAXED) <= setup->most_records &&
         __atomic_load_n(&books->bytes, __ATOMIC_RELAXED) <= most_bytes;
}

bool books_take(size_t bytes) {
  return books != NULL && __atomic_add_fetch(&books->bytes, bytes, __ATOMIC_RELAXED) <= most_bytes;
}
