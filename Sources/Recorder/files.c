/* Which files the program touched, each as it was when it was first touched. */
#define _GNU_SOURCE
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 4096, MOST_PATHS = 2000 };

static char *seen[SLOTS];
static size_t count;
static char start[PATH_BYTES];

void files_begin(const char *working_directory) { strcpy(start, working_directory); }

bool path_normal(const char *base, const char *path, char out[PATH_BYTES]) {
  char whole[2 * PATH_BYTES + 2];
  int length = path[0] == '/' ? snprintf(whole, sizeof whole, "%s", path)
                              : snprintf(whole, sizeof whole, "%s/%s", base, path);
  if (length < 0 || (size_t)length >= sizeof whole || whole[0] != '/') return false;
  size_t end = 0;
  char *rest;
  for (char *part = strtok_r(whole, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest)) {
    if (strcmp(part, ".") == 0) continue;
    if (strcmp(part, "..") == 0) {
      while (end > 0 && out[--end] != '/') {
      }
      continue;
    }
    size_t size = strlen(part);
    if (end + size + 2 > PATH_BYTES) return false;
    out[end++] = '/';
    memcpy(out + end, part, size);
    end += size;
  }
  if (end == 0) out[end++] = '/';
  out[end] = '\0';
  return true;
}

bool path_within(const char *path, const char *directory) {
  size_t length = strlen(directory);
  return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Whether a path was not seen before; it is then. */
static bool is_new(const char *path) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char *letter = path; *letter != '\0'; letter++) hash = (hash ^ (unsigned char)*letter) * 0x100000001b3u;
  for (size_t slot = hash % SLOTS;; slot = (slot + 1) % SLOTS) {
    if (seen[slot] != NULL && strcmp(seen[slot], path) == 0) return false;
    if (seen[slot] != NULL) continue;
    if (count == MOST_PATHS) return false;
    seen[slot] = strdup(path);
    count++;
    return seen[slot] != NULL;
  }
}

static bool concerns(const struct setup *setup, const char *path) {
  if (strcmp(path, setup->program) == 0 || path_within(path, setup->records)) return false;
  if (start[0] == '/' && start[1] != '\0' && path_within(path, start)) return true;
  for (size_t place = 0; place < setup->tree_count; place++)
    if (path_within(path, setup->trees[place])) return true;
  return false;
}

static void note_file(const struct setup *setup, const char *path, const struct stat *status) {
  static char *bytes;
  if (bytes == NULL) bytes = malloc(setup->input_bytes);
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  size_t length = 0;
  ssize_t got;
  while (bytes != NULL && fd >= 0 && length < setup->input_bytes &&
         (got = read(fd, bytes + length, setup->input_bytes - length)) > 0)
    length += (size_t)got;
  if (fd >= 0) close(fd);
  char digest[HASH_TEXT], text[PATH_BYTES + 256];
  if (fd < 0 || bytes == NULL || !record_blob(bytes, length, digest)) strcpy(digest, "-");
  snprintf(text, sizeof text, "%04o %lld %s %s", status->st_mode & 07777, (long long)status->st_size, digest, path);
  record_text("file", text);
}

void files_touch(const struct setup *setup, const char *path, bool writes) {
  if (!concerns(setup, path) || !is_new(path)) return;
  struct stat status;
  if (stat(path, &status) == 0) {
    if (S_ISDIR(status.st_mode)) record_text("folder", path);
    if (!S_ISREG(status.st_mode)) return;
    if (!writes) {
      note_file(setup, path, &status);
      return;
    }
  }
  record_text("absent", path);
  char above[PATH_BYTES];
  strcpy(above, path);
  char *slash = strrchr(above, '/');
  if (slash == NULL || slash == above) return;
  *slash = '\0';
  if (concerns(setup, above) && is_new(above) && stat(above, &status) == 0 && S_ISDIR(status.st_mode))
    record_text("folder", above);
}
