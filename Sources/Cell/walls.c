#include "walls.h"

#include "clock.h"
#include "edges.h"
#include "filter.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void must(result done, const char *step) {
  if (done < 0) die(step, done);
}

static void reset_signals(void) {
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
  } action = {0};
  for (int signal = 1; signal <= 64; signal++) sys(__NR_rt_sigaction, signal, &action, 0, 8);
  unsigned long none = 0;
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
}

/* bubblewrap covers parts of /proc against a root that a case never is; each cover is a mount that each case copies. */
static void uncover_proc(void) {
  static const char *const covers[] = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"};
  for (size_t at = 0; at < sizeof covers / sizeof *covers; at++) {
    guarded(__NR_umount2, covers[at], MNT_DETACH);
  }
}

/*
 * A connection in TIME_WAIT outlives its case and could be felt by the next. Namespaces below this one are forbidden
 * a second time, and by another mechanism than the filter's.
 */
static void set_kernel_values(void) {
  write_file("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0");
  write_file("/proc/sys/user/max_user_namespaces", "0");
}

static void drop_inheritance(void) {
  for (int capability = 0; capability <= 63; capability++) {
    if (sys(__NR_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0) == -EINVAL) break;
  }
  sys(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  must(
      sys(__NR_prctl, PR_SET_SECUREBITS,
          SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
              SECBIT_KEEP_CAPS_LOCKED,
          0, 0, 0),
      "lock the secure bits");
}

static void learn_abilities(struct walls *walls) {
  cpu_set_t set;
  memset(&set, 0, sizeof set);
  result bytes = sys(__NR_sched_getaffinity, 0, sizeof set, &set);
  for (result at = 0; at < bytes; at++) walls->cpus += (unsigned)__builtin_popcount(((unsigned char *)&set)[at]);
  walls->abilities = ABLE_HOST_NAME | ABLE_LAYOUT;
  if (walls->cpus > 1) walls->abilities |= ABLE_CPUS;
  if (sys(__NR_faccessat, AT_FDCWD, "/proc/sys/kernel/ns_last_pid", 0) >= 0) walls->abilities |= ABLE_FIRST_PID;
  /* Where one id is mapped, no other can be taken. */
  walls->single_user = sys(__NR_setfsuid, USER + 1) < 0 || sys(__NR_setfsuid, -1) != USER + 1;
  if (!walls->single_user) walls->abilities |= ABLE_USER;
}

void walls_make_files_as(struct walls *walls, unsigned user) {
  if (walls->file_user == user) return;
  sys(__NR_setfsuid, user);
  sys(__NR_setfsgid, user);
  /* A change of user takes back what bubblewrap asked for: that the cell dies with it. */
  sys(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  walls->file_user = user;
}

void walls_raise(struct walls *walls) {
  must(sys(__NR_close_range, 3, ~0u, 0), "close inherited descriptors");
  must(sys(__NR_fcntl, 0, F_SETFD, FD_CLOEXEC), "protect the socket");
  must(sys(__NR_fcntl, 1, F_SETFD, FD_CLOEXEC), "protect standard output");
  must(sys(__NR_fcntl, 2, F_SETFD, FD_CLOEXEC), "protect standard error");
  reset_signals();
  if (walls->measures_edges) must(edges_make(), "make the counters of measured runs");
  sys(__NR_umask, 0);
  struct rlimit none = {0, 0};
  sys(__NR_prlimit64, 0, RLIMIT_CORE, &none, 0);
  must(guarded(__NR_mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0), "make the mounts private");
  uncover_proc();
  set_kernel_values();
  /* When memory is short, what runs here goes before anything of the host, and the largest of it first. */
  write_file("/proc/self/oom_score_adj", "1000");
  drop_inheritance();
  learn_abilities(walls);
  walls->file_user = ~0u;
  walls_make_files_as(walls, USER);
  must(sys(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
  must(sys(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0), "become undumpable");
  walls->clock_error = clock_probe();
  if (walls->clock_error == 0) walls->abilities |= ABLE_CLOCK;
  if (!(walls->without & WALL_FILTER)) must(filter_install(walls->refuse_memfd), "install the seccomp filter");
}
