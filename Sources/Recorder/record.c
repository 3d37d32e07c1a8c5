/* A record in memory and the blobs it names; both get their names by rename, so that a reader sees whole files only. */
#define _GNU_SOURCE
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RECORD = 4 << 20 };

static char *buffer;
static size_t used, space;
static bool finished;
static char directory[PATH_BYTES];
static char unique[64];

void record_begin(const struct setup *setup) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  snprintf(unique, sizeof unique, "%lld.%09ld.%d", (long long)now.tv_sec, now.tv_nsec, getpid());
  strcpy(directory, setup->records);
  char path[PATH_BYTES + 16];
  snprintf(path, sizeof path, "%s/blobs", directory);
  mkdir(path, 0777);
}

static void append(const void *bytes, size_t length) {
  if (used + length > space) {
    size_t larger = (used + length) * 2 + 4096;
    char *moved = realloc(buffer, larger);
    if (moved == NULL) return;
    buffer = moved;
    space = larger;
  }
  memcpy(buffer + used, bytes, length);
  used += length;
}

void record_field(const char *name, const void *bytes, size_t length) {
  if (finished || used + length > MOST_RECORD) return;
  char head[64];
  append(head, (size_t)snprintf(head, sizeof head, "%s %zu\n", name, length));
  append(bytes, length);
  append("\n", 1);
}

void record_text(const char *name, const char *text) { record_field(name, text, strlen(text)); }

/* Writes a file whole under a name that is there only then; one that is there already is as good. */
static bool publish(const char *path, const void *bytes, size_t length) {
  static unsigned number;
  char partial[PATH_BYTES + 128];
  snprintf(partial, sizeof partial, "%s/.%s.%u", directory, unique, number++);
  int fd = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  size_t done = 0;
  while (done < length) {
    ssize_t count = write(fd, (const char *)bytes + done, length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += (size_t)count;
  }
  if (close(fd) == 0 && done == length && rename(partial, path) == 0) return true;
  unlink(partial);
  return false;
}

bool record_blob(const void *bytes, size_t length, char digest[HASH_TEXT]) {
  sha256_text(bytes, length, digest);
  char path[PATH_BYTES + 128];
  snprintf(path, sizeof path, "%s/blobs/%s", directory, digest);
  if (access(path, F_OK) == 0) return true;
  return books_take(length) && publish(path, bytes, length);
}

void record_finish(void) {
  if (finished) return;
  record_field("end", "", 0);
  finished = true;
  char path[PATH_BYTES + 128];
  snprintf(path, sizeof path, "%s/%s.record", directory, unique);
  if (books_take(used)) publish(path, buffer, used);
}
