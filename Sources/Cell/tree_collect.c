/*
 * Reads a tree that its maker may have built to hurt the reader: regular files only are opened, never through a link
 * and never waiting, and depth, entries and bytes are counted against caps. Nobody else can touch the tree while it
 * is read: its makers are dead.
 */
#include "channel.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>

enum { DEPTH = 64, LISTING = 4096 };

struct listed {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

struct walk {
  uint64_t bytes;   /* left of the cap */
  uint64_t entries; /* left of the cap */
  int cut;
  char path[PATH_MAX];
};

static void report(struct walk *walk, size_t length, struct found found) {
  channel_put(ENTRY, &found, sizeof found, walk->path, length);
}

static void report_cut(struct walk *walk, size_t length, unsigned mode) {
  walk->cut = 1;
  report(walk, length, (struct found){.kind = ENTRY_OTHER, .mode = mode & 07777, .note = NOTE_CUT});
}

/* The size was told already, so exactly that many bytes follow; nobody is left who could shrink the file. */
static result send_content(int file, uint64_t bytes) {
  while (bytes > 0) {
    size_t most = CHANNEL_BUFFER - sizeof(struct record);
    if (most > bytes) most = (size_t)bytes;
    char *room = channel_reserve(most);
    result count = sys(__NR_read, file, room, most);
    if (count <= 0) return count < 0 ? count : -EIO;
    channel_commit(CONTENT, (size_t)count);
    bytes -= (uint64_t)count;
  }
  return 0;
}

static result collect_file(struct walk *walk, int parent, const char *name, size_t length, const struct stat *status) {
  uint64_t size = (uint64_t)status->st_size;
  if (size > walk->bytes) {
    report_cut(walk, length, status->st_mode);
    return 0;
  }
  walk->bytes -= size;
  result file = 0;
  if (size > 0) {
    file = sys(__NR_openat, parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) return file;
  }
  report(walk, length, (struct found){.kind = ENTRY_FILE, .mode = status->st_mode & 07777, .bytes = size});
  if (size == 0) return 0;
  result done = send_content((int)file, size);
  sys(__NR_close, file);
  return done;
}

static result collect_link(struct walk *walk, int parent, const char *name, size_t length) {
  char target[PATH_MAX];
  result count = sys(__NR_readlinkat, parent, name, target, sizeof target);
  if (count < 0) return count;
  report(walk, length, (struct found){.kind = ENTRY_LINK, .mode = 0777, .bytes = (uint64_t)count});
  channel_put(CONTENT, target, (size_t)count, 0, 0);
  return 0;
}

static result collect_directory(struct walk *walk, int directory, size_t length, int depth);

static result collect_entry(struct walk *walk, int parent, const char *name, size_t length, int depth) {
  struct stat status;
  result done = sys(__NR_newfstatat, parent, name, &status, AT_SYMLINK_NOFOLLOW);
  if (done < 0) return done;
  if (walk->entries == 0) {
    report_cut(walk, length, status.st_mode);
    return 0;
  }
  walk->entries--;
  switch (status.st_mode & S_IFMT) {
    case S_IFREG:
      return collect_file(walk, parent, name, length, &status);
    case S_IFLNK:
      return collect_link(walk, parent, name, length);
    case S_IFDIR: {
      report(walk, length, (struct found){.kind = ENTRY_DIRECTORY, .mode = status.st_mode & 07777});
      if (depth == DEPTH) {
        report_cut(walk, length, status.st_mode);
        return 0;
      }
      result directory = sys(__NR_openat, parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
      if (directory < 0) return directory;
      done = collect_directory(walk, (int)directory, length, depth + 1);
      sys(__NR_close, directory);
      return done;
    }
    default:
      report(
          walk, length,
          (struct found){
              .kind = ENTRY_OTHER, .mode = status.st_mode & 07777, .note = (status.st_mode & S_IFMT) >> 12});
      return 0;
  }
}

/* Gives the length of the path with one more name, or 0 where it would not fit. */
static size_t extend(struct walk *walk, size_t length, const char *name) {
  size_t more = strlen(name), start = length == 0 ? 0 : length + 1;
  if (start + more >= sizeof walk->path) return 0;
  if (length > 0) walk->path[length] = '/';
  memcpy(walk->path + start, name, more);
  return start + more;
}

static int is_own(const char *name, int depth) {
  if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'))) return 1;
  return depth == 0 && strlen(name) == 10 && memcmp(name, "executable", 10) == 0;
}

static result collect_directory(struct walk *walk, int directory, size_t length, int depth) {
  char listing[LISTING] __attribute__((aligned(8)));
  for (;;) {
    result count = sys(__NR_getdents64, directory, listing, sizeof listing);
    if (count <= 0) return count;
    for (result at = 0; at < count;) {
      struct listed *listed = (struct listed *)(listing + at);
      at += listed->length;
      if (is_own(listed->name, depth)) continue;
      size_t longer = extend(walk, length, listed->name);
      if (longer == 0) {
        walk->cut = 1;
        continue;
      }
      result done = collect_entry(walk, directory, listed->name, longer, depth);
      if (done < 0) return done;
      if (walk->entries == 0 && walk->cut) return 0;
    }
  }
}

result tree_collect(const struct tree *tree, const struct request *request) {
  static struct walk walk;
  walk.bytes = request->disk_bytes;
  walk.entries = request->inodes;
  walk.cut = 0;
  result work = sys(__NR_openat, tree->top, "w", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (work < 0) return work;
  result done = collect_directory(&walk, (int)work, 0, 0);
  sys(__NR_close, work);
  return done < 0 ? done : walk.cut;
}
