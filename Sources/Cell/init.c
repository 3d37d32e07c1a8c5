#include "init.h"

#include "clock.h"
#include "edges.h"
#include "mutant.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

/*
 * The init shares the cell's memory, which saves copying it, and the program's process both until it executes. So
 * each has a stack of its own, and none may use anything the others change meanwhile.
 */
static char init_stack[16384] __attribute__((aligned(16)));
static char program_stack[8192] __attribute__((aligned(16)));

static result bind_trees(struct run *run) {
  const struct tree *tree = &run->tree;
  if (tree->work >= 0) {
    TRY(guarded(__NR_move_mount, tree->work, "", AT_FDCWD, "/workspace", MOVE_MOUNT_F_EMPTY_PATH),
        "mount the working directory");
    if (run->walls->without & WALL_TEMPORARY) return 0;
    TRY(guarded(__NR_move_mount, tree->temporary, "", AT_FDCWD, "/tmp", MOVE_MOUNT_F_EMPTY_PATH), "mount /tmp");
    return 0;
  }
  /* An older kernel cannot clone what is not attached: the whole tmpfs lies below the second mount of /tmp. */
  TRY(guarded(__NR_move_mount, tree->top, "", AT_FDCWD, "/tmp", MOVE_MOUNT_F_EMPTY_PATH), "mount the tmpfs");
  TRY(guarded(__NR_mount, "/tmp/w", "/workspace", 0, MS_BIND, 0), "mount the working directory");
  TRY(guarded(__NR_mount, "/tmp/t", "/tmp", 0, MS_BIND, 0), "mount /tmp");
  return 0;
}

static result build_mounts(struct run *run) {
  unsigned without = run->walls->without;
  if (without & WALL_MOUNT) return 0;
  result executable = guarded(__NR_open_tree, AT_FDCWD, "/workspace/executable", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  TRY(executable, "find the executable");
  TRY(bind_trees(run), run->failed_step);
  if (!(without & WALL_EXECUTABLE)) {
    TRY(guarded(__NR_move_mount, executable, "", AT_FDCWD, "/workspace/executable", MOVE_MOUNT_F_EMPTY_PATH),
        "mount the executable");
  }
  if (!(without & (WALL_PROC | WALL_PID))) {
    TRY(guarded(__NR_mount, "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0), "mount /proc");
  }
  return 0;
}

static result perturb(struct run *run) {
  const struct request *request = run->request;
  if (request->flags & HOST_NAME) {
    TRY(sys(__NR_sethostname, run->host_name, strlen(run->host_name)), "set the host name");
  }
  if (request->first_pid > 0) {
    char text[24];
    decimal(text, request->first_pid);
    TRY(write_file("/proc/sys/kernel/ns_last_pid", text), "set the first process id");
  }
  if (request->cpus > 0) {
    cpu_set_t all, some;
    memset(&all, 0, sizeof all);
    memset(&some, 0, sizeof some);
    TRY(sys(__NR_sched_getaffinity, 0, sizeof all, &all), "read the CPUs");
    unsigned wanted = request->cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE && wanted > 0; cpu++) {
      if (!CPU_ISSET(cpu, &all)) continue;
      CPU_SET(cpu, &some);
      wanted--;
    }
    TRY(sys(__NR_sched_setaffinity, 0, sizeof some, &some), "limit the CPUs");
  }
  return 0;
}

static result limit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit old, new;
  result done = sys(__NR_prlimit64, 0, resource, 0, &old);
  if (done < 0) return done;
  if (hard > old.rlim_max) hard = old.rlim_max;
  new.rlim_cur = soft > hard ? hard : soft;
  new.rlim_max = hard;
  return sys(__NR_prlimit64, 0, resource, &new, 0);
}

static result set_limits(struct run *run) {
  if (run->walls->without & WALL_LIMITS) return 0;
  const struct request *request = run->request;
  uint64_t seconds = (request->cpu_ms + 999) / 1000;
  /* The init counts where it is the same user as the program, and the cell where only one id is mapped. */
  uint64_t processes = request->processes + 1 + (run->walls->single_user ? 1 : 0);
  TRY(limit(RLIMIT_CPU, seconds, seconds + 1), "limit CPU time");
  TRY(limit(RLIMIT_AS, request->memory_bytes, request->memory_bytes), "limit memory");
  TRY(limit(RLIMIT_FSIZE, request->disk_bytes, request->disk_bytes), "limit file sizes");
  uint64_t files = request->flags & MORE_FILES ? 512 : 256;
  TRY(limit(RLIMIT_NOFILE, files, files), "limit open files");
  /* Not a wall: how deep a program may recurse should not depend on the host. */
  TRY(limit(RLIMIT_STACK, 8 << 20, 64 << 20), "limit the stack");
  TRY(limit(RLIMIT_NPROC, processes, processes), "limit processes");
  return 0;
}

static result drop_rights(struct run *run) {
  if (run->walls->without & WALL_IDS) return 0;
  unsigned user = USER + run->request->user_offset;
  if (!run->walls->single_user) {
    TRY(sys(__NR_setgroups, 0, 0), "drop the groups");
    TRY(sys(__NR_setresgid, user, user, user), "take the group id");
    TRY(sys(__NR_setresuid, user, user, user), "take the user id");
  }
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct left[2] = {{0}};
  /* The program's process drops this one too (trace.c). */
  if (run->request->flags & (MOVED_CLOCK | PATCHED | SITES)) left[0].effective = left[0].permitted = 1u << CAP_SYS_PTRACE;
  TRY(sys(__NR_capset, &header, left), "drop the capabilities");
  return 0;
}

static result take_streams(struct run *run) {
  TRY(sys(__NR_dup2, run->input, 0), "set standard input");
  TRY(sys(__NR_dup2, run->output, 1), "set standard output");
  TRY(sys(__NR_dup2, run->error, 2), "set standard error");
  unsigned from = 3;
  if (run->request->flags & MEASURED) {
    TRY(sys(__NR_dup3, edges_descriptor(), EDGE_DESCRIPTOR, 0), "hand over the counters");
    TRY(sys(__NR_close_range, from, EDGE_DESCRIPTOR - 1, 0), "close descriptors");
    from = EDGE_DESCRIPTOR + 1;
  }
  TRY(sys(__NR_close_range, from, ~0u, 0), "close descriptors");
  return 0;
}

result program_execute(struct run *run) {
  sys(__NR_setsid);
  sys(__NR_umask, 022);
  if (run->request->flags & FIXED_LAYOUT) sys(__NR_personality, ADDR_NO_RANDOMIZE);
  return sys(__NR_execve, "./executable", run->arguments, run->variables);
}

static int program_main(void *argument) {
  struct run *run = argument;
  run->exec_error = program_execute(run);
  return 127;
}

void init_note_usage(struct run *run, const struct rusage *usage) {
  run->cpu_us += (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000;
  run->cpu_us += (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
  if ((uint64_t)usage->ru_maxrss > run->peak_kib) run->peak_kib = (uint64_t)usage->ru_maxrss;
}

void init_gather(struct run *run, result program) {
  for (;;) {
    int status;
    struct rusage usage;
    result dead = sys(__NR_wait4, -1, &status, __WALL, &usage);
    if (dead == -EINTR) continue;
    if (dead < 0) return;
    init_note_usage(run, &usage);
    if (dead == program) {
      run->status = status;
      run->ended = 1;
      return;
    }
  }
}

static result prepare(struct run *run) {
  TRY(build_mounts(run), run->failed_step);
  TRY(take_streams(run), run->failed_step);
  TRY(perturb(run), run->failed_step);
  if (run->request->flags & MOVED_CLOCK) TRY(clock_enter(run), run->failed_step);
  TRY(sys(__NR_chdir, "/workspace"), "enter the working directory");
  TRY(set_limits(run), run->failed_step);
  TRY(drop_rights(run), run->failed_step);
  return 0;
}

static int init_main(void *argument) {
  struct run *run = argument;
  result done = prepare(run);
  if (done < 0) {
    run->failure = done;
    return 1;
  }
  if (run->request->flags & (MOVED_CLOCK | PATCHED | SITES)) {
    done = run->request->flags & MOVED_CLOCK ? clock_run_program(run) : mutant_run_program(run);
    if (done < 0) run->failure = done;
    return done < 0;
  }
  result program =
      spawn(CLONE_VM | CLONE_VFORK | SIGCHLD, program_stack + sizeof program_stack, 0, program_main, run);
  if (program < 0) {
    run->failed_step = "start the program's process";
    run->failure = program;
    return 1;
  }
  init_gather(run, program);
  return 0;
}

result init_start(struct run *run, int *pidfd) {
  unsigned without = run->walls->without;
  unsigned long flags = CLONE_VM | CLONE_PIDFD | SIGCHLD;
  if (!(without & WALL_PID)) flags |= CLONE_NEWPID;
  if (!(without & WALL_MOUNT)) flags |= CLONE_NEWNS;
  if (!(without & WALL_IPC)) flags |= CLONE_NEWIPC;
  if (run->request->flags & HOST_NAME) flags |= CLONE_NEWUTS;
  return spawn(flags, init_stack + sizeof init_stack, pidfd, init_main, run);
}
