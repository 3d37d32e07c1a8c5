/*
 * Brings back what the program changed below its working directory. taskforge sends what was removed, the deepest
 * first; directories, open to us; files and links; and at last the directories' own permissions.
 */
#define _GNU_SOURCE
#include "probe.h"
#include "transfer.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static bool is_contained(const char *name) {
  if (name[0] == '\0' || name[0] == '/') return false;
  for (const char *at = name; *at != '\0';) {
    size_t length = strcspn(at, "/");
    if (length == 0 || (length <= 2 && strncmp(at, "..", length) == 0)) return false;
    at += length;
    if (*at == '/' && *++at == '\0') return false;
  }
  return true;
}

static void make_parents(const char *name) {
  char parent[PATH_LIMIT + 1];
  for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    snprintf(parent, sizeof parent, "%.*s", (int)(slash - name), name);
    if (mkdir(parent, 0755) != 0 && errno != EEXIST) fail("cannot make '%s': %s", parent, strerror(errno));
  }
}

static void clear(const char *name) {
  if (unlink(name) == 0 || errno == ENOENT) return;
  if (rmdir(name) != 0 && errno != ENOENT && errno != ENOTDIR)
    fail("cannot replace '%s': %s", name, strerror(errno));
}

static void make_file(const struct item *item, const char *name) {
  make_parents(name);
  clear(name);
  int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0 || !pass_data(file, item->data_bytes) || fchmod(file, item->mode & 07777) != 0)
    fail("cannot write '%s': %s", name, strerror(errno));
  close(file);
}

static void make_directory(const struct item *item, const char *name) {
  make_parents(name);
  struct stat status;
  if (lstat(name, &status) != 0 || !S_ISDIR(status.st_mode)) {
    clear(name);
    if (mkdir(name, 0700) != 0) fail("cannot make '%s': %s", name, strerror(errno));
  }
  if (chmod(name, item->mode & 07777) != 0) fail("cannot change '%s': %s", name, strerror(errno));
}

static void make_link(const struct item *item, const char *name) {
  char target[PATH_LIMIT + 1];
  if (item->data_bytes > PATH_LIMIT || !read_whole(server, target, item->data_bytes))
    fail("the answer was cut short; the run may have ended");
  target[item->data_bytes] = '\0';
  make_parents(name);
  clear(name);
  if (symlink(target, name) != 0) fail("cannot make the link '%s': %s", name, strerror(errno));
}

void apply(const struct item *item, const char *name) {
  if (!is_contained(name)) fail("the answer names '%s', which is not below this directory", name);
  switch (item->kind) {
    case FILE_ITEM: return make_file(item, name);
    case DIRECTORY: return make_directory(item, name);
    case LINK: return make_link(item, name);
    case REMOVED: return clear(name);
    default: fail("the answer is in a form that is not known here");
  }
}
