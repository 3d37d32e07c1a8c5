/*
 * taskforge-box: start one command under limits.
 *
 *   taskforge-box [OPTION VALUE]... -- PROG ARG...
 *
 * For each process: --cpu SEC, --as BYTES, --fsize BYTES, --nofile N, and for its user --nproc N. A limit above the
 * hard limit is lowered to it, because a hard limit cannot always be raised.
 *
 * --uid-base UID   As root: make a user namespace with the map "0 0 1, 1 UID 65535" for users and groups, and put
 *                  "--userns FD" behind PROG, which is then bubblewrap: files of root still show as root's, while
 *                  whoever runs inside as uid N is UID+N-1 outside and has no rights of its own on the host. Without
 *                  root the option is ignored: bubblewrap then makes the namespace.
 * --user UID       Become this user and group for good: no other groups, no capabilities, no new privileges. Used
 *                  inside a sandbox; where the user is this one already only the last two are done.
 * --join DIRECTORY Become a member of a control group; may be given several times.
 * --close-from FD  Close that descriptor and all above it.
 * --supervise FILE Stay as the parent, end every descendant with the command, and write a report (see supervise.c).
 *                  With it, for all processes together: --total-cpu SEC, --total-memory BYTES, --total-processes N.
 *
 * The command is killed when the starter dies. Exit status 125 is a failure of this program; its message says which
 * step failed.
 */
#define _GNU_SOURCE
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void fail(const char *step) {
  fprintf(stderr, "taskforge-box: %s: %s\n", step, strerror(errno));
  exit(125);
}

static unsigned long long number(const char *text, const char *option) {
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0') {
    fprintf(stderr, "taskforge-box: %s takes a whole number, not '%s'\n", option, text);
    exit(125);
  }
  return value;
}

static void limit(int resource, unsigned long long soft, unsigned long long hard, const char *name) {
  struct rlimit old;
  if (getrlimit(resource, &old) != 0) fail(name);
  if (old.rlim_max != RLIM_INFINITY && hard > old.rlim_max) hard = old.rlim_max;
  if (soft > hard) soft = hard;
  struct rlimit new = {.rlim_cur = soft, .rlim_max = hard};
  if (setrlimit(resource, &new) != 0) fail(name);
}

static void write_map(pid_t child, const char *name, unsigned long long base) {
  char path[64], text[64];
  snprintf(path, sizeof path, "/proc/%d/%s", child, name);
  int length = snprintf(text, sizeof text, "0 0 1\n1 %llu 65535\n", base);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) fail(path);
  if (write(fd, text, (size_t)length) != length) fail(path);
  close(fd);
}

/* A child makes the namespace and waits; we write its maps and keep a descriptor of it. */
static int user_namespace(unsigned long long base) {
  int ready[2], done[2];
  if (pipe2(ready, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    char byte = 0;
    if (unshare(CLONE_NEWUSER) != 0) byte = (char)errno;
    /* One below it would come with every capability. Where /proc/sys is read-only this wall is not there. */
    int limit = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
    if (limit >= 0) {
      if (write(limit, "0", 1) != 1) byte = (char)errno;
      close(limit);
    }
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    close(done[1]);
    if (read(done[0], &byte, 1) < 0) _exit(1);
    _exit(0);
  }
  close(done[0]);
  char byte = 0;
  if (read(ready[0], &byte, 1) != 1) fail("user namespace");
  if (byte != 0) {
    errno = byte;
    fail("user namespace");
  }
  write_map(child, "uid_map", base);
  write_map(child, "gid_map", base);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/user", child);
  int fd = open(path, O_RDONLY);
  if (fd < 0) fail(path);
  close(done[1]);
  close(ready[0]);
  close(ready[1]);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  return fd;
}

static void become(unsigned long long user) {
  uid_t uid = (uid_t)user;
  for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
    if (prctl(PR_CAPBSET_DROP, capability) != 0 && errno != EINVAL && errno != EPERM) fail("bounding set");
  if (getuid() != uid) {
    if (setgroups(0, NULL) != 0) fail("groups");
    if (setresgid(uid, uid, uid) != 0) fail("group id");
    if (setresuid(uid, uid, uid) != 0) fail("user id");
  }
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{0}, {0}};
  if (syscall(SYS_capset, &header, none) != 0) fail("capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("no new privileges");
}

/* bubblewrap takes the namespace by descriptor, before its own options. */
static char **with_namespace(char **command, int count, unsigned long long base) {
  static char fd[16];
  snprintf(fd, sizeof fd, "%d", user_namespace(base));
  char **longer = calloc((size_t)count + 3, sizeof *longer);
  if (longer == NULL) fail("memory");
  longer[0] = command[0];
  longer[1] = "--userns";
  longer[2] = fd;
  memcpy(longer + 3, command + 1, (size_t)(count - 1) * sizeof *longer);
  return longer;
}

struct options {
  unsigned long long base, user;
  const char *report;
  struct bounds bounds;
};

/* Sets a limit of this process and its heirs; false where the option is not one. */
static int limit_option(const char *option, unsigned long long value) {
  if (strcmp(option, "--cpu") == 0)
    /* The soft limit sends SIGXCPU, which tells a slow build from a killed one; the hard one ends it. */
    limit(RLIMIT_CPU, value, value + 5, option);
  else if (strcmp(option, "--as") == 0)
    limit(RLIMIT_AS, value, value, option);
  else if (strcmp(option, "--fsize") == 0)
    limit(RLIMIT_FSIZE, value, value, option);
  else if (strcmp(option, "--nofile") == 0)
    limit(RLIMIT_NOFILE, value, value, option);
  else if (strcmp(option, "--nproc") == 0)
    limit(RLIMIT_NPROC, value, value, option);
  else
    return 0;
  return 1;
}

/* Before anything is started, so that nothing is left outside of the group. */
static void join_group(const char *directory) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/cgroup.procs", directory) >= (int)sizeof path) {
    errno = ENAMETOOLONG;
    fail(directory);
  }
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) fail(path);
  close(fd);
}

static int read_options(int argc, char **argv, struct options *options) {
  int at = 1;
  for (; at < argc && strcmp(argv[at], "--") != 0; at += 2) {
    const char *option = argv[at];
    if (at + 1 >= argc) {
      fprintf(stderr, "taskforge-box: %s needs a value\n", option);
      exit(125);
    }
    if (strcmp(option, "--supervise") == 0) {
      options->report = argv[at + 1];
      continue;
    }
    if (strcmp(option, "--join") == 0) {
      join_group(argv[at + 1]);
      continue;
    }
    unsigned long long value = number(argv[at + 1], option);
    if (limit_option(option, value)) continue;
    if (strcmp(option, "--uid-base") == 0) {
      options->base = value;
    } else if (strcmp(option, "--user") == 0) {
      options->user = value;
    } else if (strcmp(option, "--close-from") == 0) {
      if (close_range((unsigned)value, ~0u, 0) != 0) fail(option);
    } else if (strcmp(option, "--total-cpu") == 0) {
      options->bounds.cpu_seconds = value;
    } else if (strcmp(option, "--total-memory") == 0) {
      options->bounds.memory_bytes = value;
    } else if (strcmp(option, "--total-processes") == 0) {
      options->bounds.processes = value;
    } else {
      fprintf(stderr, "taskforge-box: unknown option %s\n", option);
      exit(125);
    }
  }
  if (at + 1 >= argc) {
    fprintf(stderr, "taskforge-box: no command after --\n");
    exit(125);
  }
  return at + 1;
}

int main(int argc, char **argv) {
  struct options options = {0};
  pid_t starter = getppid();
  int at = read_options(argc, argv, &options);
  limit(RLIMIT_CORE, 0, 0, "core");
  char **command = argv + at;
  if (options.base != 0 && geteuid() == 0) command = with_namespace(command, argc - at, options.base);
  if (options.user != 0) become(options.user);
  if (options.report != NULL) supervise(command, starter, options.report, &options.bounds);
  /* Changing the user clears the signal, so this comes last. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("parent death signal");
  if (getppid() != starter) return 125;
  execvp(command[0], command);
  fail(command[0]);
}
