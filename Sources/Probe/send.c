/* Sends the tree below the current directory: regular files, directories and links; what else there is, no case has. */
#define _GNU_SOURCE
#include "probe.h"
#include "transfer.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char path[PATH_LIMIT + 1];
static dev_t device;

/* Opens also what its owner, who we are, may not read: the program is to find it so. */
static int open_any(int parent, const char *name, int flags, mode_t mode) {
  int fd = openat(parent, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd >= 0 || errno != EACCES) return fd;
  if (fchmodat(parent, name, (mode & 07777) | 0700, 0) != 0) return -1;
  fd = openat(parent, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  int error = errno;
  fchmodat(parent, name, mode & 07777, 0);
  errno = error;
  return fd;
}

static void send_file(int parent, const char *name, const struct stat *status) {
  uint64_t left = (uint64_t)status->st_size;
  count_bytes((left + PAGE - 1) / PAGE * PAGE);
  int file = open_any(parent, name, O_RDONLY, status->st_mode);
  if (file < 0) fail("cannot read '%s': %s", path, strerror(errno));
  send_item((struct item){.kind = FILE_ITEM, .mode = status->st_mode & 07777, .data_bytes = left}, path, NULL);
  static char piece[64 << 10];
  while (left > 0) {
    size_t most = left < sizeof piece ? (size_t)left : sizeof piece;
    ssize_t count = read(file, piece, most);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("'%s' changed while it was read; call again", path);
    send_bytes(piece, (size_t)count);
    left -= (uint64_t)count;
  }
  close(file);
}

static void send_link(int parent, const char *name) {
  char target[PATH_LIMIT + 1];
  ssize_t count = readlinkat(parent, name, target, sizeof target);
  if (count < 0) fail("cannot read the link '%s': %s", path, strerror(errno));
  count_bytes((uint64_t)count);
  send_item((struct item){.kind = LINK, .data_bytes = (uint64_t)count}, path, target);
}

static void send_directory(int directory, size_t length, int depth);

static void send_entry(int parent, const char *name, size_t length, int depth) {
  struct stat status;
  if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    fail("cannot examine '%s': %s", path, strerror(errno));
  }
  /* Other file systems, such as /proc, belong to no call. */
  if (status.st_dev != device) return;
  mode_t kind = status.st_mode & S_IFMT;
  if (kind != S_IFREG && kind != S_IFDIR && kind != S_IFLNK) return;
  if (entries_left == 0)
    fail("there are too many files below this directory for one call; "
         "call it from a directory with only the files it needs");
  entries_left--;
  if (kind == S_IFREG) return send_file(parent, name, &status);
  if (kind == S_IFLNK) return send_link(parent, name);
  if (depth >= DEPTH_LIMIT) fail("'%s' lies too deep for a call", path);
  send_item((struct item){.kind = DIRECTORY, .mode = status.st_mode & 07777}, path, NULL);
  int below = open_any(parent, name, O_RDONLY | O_DIRECTORY, status.st_mode);
  if (below < 0) fail("cannot open '%s': %s", path, strerror(errno));
  send_directory(below, length, depth + 1);
}

/* Takes the descriptor. */
static void send_directory(int directory, size_t length, int depth) {
  DIR *listing = fdopendir(directory);
  if (listing == NULL) fail("cannot list '%s': %s", length == 0 ? "." : path, strerror(errno));
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    /* There stands the program itself. */
    if (length == 0 && strcmp(name, "executable") == 0) continue;
    int more = snprintf(path + length, sizeof path - length, "%s%s", length == 0 ? "" : "/", name);
    if (more < 0 || length + (size_t)more >= sizeof path) fail("a path below this directory is too long for a call");
    send_entry(directory, name, length + (size_t)more, depth);
    path[length] = '\0';
  }
  closedir(listing);
}

void send_tree(void) {
  int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat status;
  if (here < 0 || fstat(here, &status) != 0) fail("the current directory cannot be read: %s", strerror(errno));
  device = status.st_dev;
  send_directory(here, 0, 1);
}
