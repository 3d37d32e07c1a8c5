#include "channel.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <time.h>

/*
 * All of the input tree bears one date, 2020-01-01T00:00:00Z, so that a program which shows or compares dates says the
 * same at every run; the executable's file bears it too, which is its maker's job.
 */
static const struct timespec dated[2] = {{.tv_sec = 1577836800}, {.tv_sec = 1577836800}};

static result option(int file_system, const char *name, uint64_t value) {
  char text[24];
  decimal(text, value);
  return guarded(__NR_fsconfig, file_system, FSCONFIG_SET_STRING, name, text, 0);
}

static result make_file_system(const struct request *request, int no_code) {
  result file_system = guarded(__NR_fsopen, "tmpfs", FSOPEN_CLOEXEC);
  if (file_system < 0) return file_system;
  result done = option((int)file_system, "size", request->disk_bytes);
  /* The cell's own: top, w, w/executable, t, t/home. */
  if (done >= 0) done = option((int)file_system, "nr_inodes", request->inodes + 5);
  if (done >= 0) done = guarded(__NR_fsconfig, file_system, FSCONFIG_CMD_CREATE, 0, 0, 0);
  uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (no_code ? MOUNT_ATTR_NOEXEC : 0);
  if (done >= 0) done = guarded(__NR_fsmount, file_system, FSMOUNT_CLOEXEC, attributes);
  sys(__NR_close, file_system);
  return done;
}

#define TRY(call, name)     \
  do {                      \
    result done_ = (call);  \
    if (done_ < 0) {        \
      *step = (name);       \
      tree_close(tree);     \
      return done_;         \
    }                       \
  } while (0)

result tree_make(struct tree *tree, const struct request *request, int no_code, const char **step) {
  *tree = (struct tree){.top = -1, .work = -1, .temporary = -1};
  result top = make_file_system(request, no_code);
  if (top < 0) {
    *step = "make the tmpfs of a case";
    return top;
  }
  tree->top = (int)top;
  TRY(sys(__NR_mkdirat, top, "w", 0755), "make the working directory");
  TRY(sys(__NR_mkdirat, top, "t", 01777), "make /tmp");
  TRY(sys(__NR_mkdirat, top, "t/home", 0755), "make the home directory");
  result file = sys(__NR_openat, top, "w/executable", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0555);
  TRY(file, "make the mount point of the executable");
  sys(__NR_close, file);
  /* Where process ids begin elsewhere inode numbers do too; a tmpfs gives them out in turn. */
  for (uint32_t skipped = request->first_pid == 0 ? 0 : 1 + request->first_pid % 13; skipped > 0; skipped--) {
    file = sys(__NR_openat, top, "w/skipped", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    TRY(file, "make a file to skip an inode number");
    sys(__NR_close, file);
    sys(__NR_unlinkat, top, "w/skipped", 0);
  }
  static int unable;
  if (!unable) {
    result work = guarded(__NR_open_tree, top, "w", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    result temporary = guarded(__NR_open_tree, top, "t", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (work >= 0 && temporary >= 0) {
      tree->work = (int)work;
      tree->temporary = (int)temporary;
    } else {
      unable = 1;
      if (work >= 0) sys(__NR_close, work);
    }
  }
  return 0;
}

void tree_close(struct tree *tree) {
  if (tree->top >= 0) sys(__NR_close, tree->top);
  if (tree->work >= 0) sys(__NR_close, tree->work);
  if (tree->temporary >= 0) sys(__NR_close, tree->temporary);
  *tree = (struct tree){.top = -1, .work = -1, .temporary = -1};
}

/* Relative, no empty component, no "." or "..". */
static int is_plain(const char *path) {
  for (const char *at = path;;) {
    const char *start = at;
    while (*at != '\0' && *at != '/') at++;
    size_t length = (size_t)(at - start);
    if (length == 0 || (length == 1 && start[0] == '.') || (length == 2 && start[0] == '.' && start[1] == '.')) {
      return 0;
    }
    if (*at++ == '\0') return 1;
  }
}

static void date(int top, const char *path) {
  sys(__NR_utimensat, top, path, dated, AT_SYMLINK_NOFOLLOW);
}

/* Dates the directories above the last component again: what was put into one changed its date. */
static void date_parents(int top, char *path) {
  for (char *at = path + 2; *at != '\0'; at++) {
    if (*at != '/') continue;
    *at = '\0';
    date(top, path);
    *at = '/';
  }
}

/* Makes the directories above the last component. */
static void make_parents(int top, char *path) {
  for (char *at = path + 2; *at != '\0'; at++) {
    if (*at != '/') continue;
    *at = '\0';
    sys(__NR_mkdirat, top, path, 0755);
    *at = '/';
  }
}

static result make_file(int top, char *path, unsigned mode) {
  result file = sys(__NR_openat, top, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (file == -ENOENT) {
    make_parents(top, path);
    file = sys(__NR_openat, top, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  }
  return file;
}

static result make_directory(int top, char *path, unsigned mode) {
  result done = sys(__NR_mkdirat, top, path, mode);
  if (done == -ENOENT) {
    make_parents(top, path);
    done = sys(__NR_mkdirat, top, path, mode);
  }
  /* A child may have come first where the order of entries is shuffled. */
  return done == -EEXIST ? sys(__NR_fchmodat, top, path, mode) : done;
}

static result make_link(int top, char *path, const char *target) {
  result done = sys(__NR_symlinkat, target, top, path);
  if (done == -ENOENT) {
    make_parents(top, path);
    done = sys(__NR_symlinkat, target, top, path);
  }
  if (done >= 0) date(top, path);
  return done;
}

static result fill(result file, uint64_t bytes) {
  result failure = file < 0 ? file : 0;
  while (bytes > 0) {
    const char *from;
    size_t count = channel_peek(&from, bytes > CHANNEL_BUFFER ? CHANNEL_BUFFER : (size_t)bytes);
    bytes -= count;
    while (count > 0 && failure == 0) {
      result wrote = sys(__NR_write, file, from, count);
      if (wrote <= 0) {
        failure = wrote < 0 ? wrote : -EIO;
      } else {
        from += wrote;
        count -= (size_t)wrote;
      }
    }
  }
  return failure;
}

result tree_put(const struct tree *tree) {
  static char path[2 + PATH_MAX], target[PATH_MAX];
  struct request_entry entry;
  channel_read(&entry, sizeof entry);
  if (entry.path_bytes < 2 || entry.path_bytes > PATH_MAX) die("a request with a bad path", 0);
  path[0] = 'w';
  path[1] = '/';
  channel_read(path + 2, entry.path_bytes);
  if (path[1 + entry.path_bytes] != '\0' || !is_plain(path + 2)) die("a request with a bad path", 0);
  result made;
  switch (entry.kind) {
    case ENTRY_FILE: {
      result file = tree->top < 0 ? -EBADF : make_file(tree->top, path, entry.mode & 07777);
      result done = fill(file, entry.data_bytes);
      if (file >= 0) {
        sys(__NR_utimensat, file, 0, dated, 0);
        sys(__NR_close, file);
      }
      made = done;
      break;
    }
    case ENTRY_DIRECTORY:
      made = make_directory(tree->top, path, entry.mode & 07777);
      if (made >= 0) date(tree->top, path);
      break;
    case ENTRY_LINK:
      if (entry.data_bytes >= sizeof target) die("a request with a bad link", 0);
      channel_read(target, entry.data_bytes);
      target[entry.data_bytes] = '\0';
      made = make_link(tree->top, path, target);
      break;
    default:
      die("a request with an unknown kind of entry", 0);
  }
  date_parents(tree->top, path);
  return made;
}

void tree_date(const struct tree *tree) {
  static const char *const own[] = {"w", "t", "t/home"};
  for (unsigned at = 0; at < sizeof own / sizeof *own; at++) date(tree->top, own[at]);
}
