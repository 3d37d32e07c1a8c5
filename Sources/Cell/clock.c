/*
 * The wall clock is moved where it is asked: each clock_gettime of a real-time clock, gettimeofday and time becomes a
 * seccomp notification, which the init answers. For these calls to come to the kernel at all the program must not
 * find the vDSO, so at each execution its entry in the auxiliary vector is turned into one to be ignored, which takes
 * a tracer: the init, which keeps CAP_SYS_PTRACE for it, follows the program's children too.
 *
 * The clocks that count from boot are moved by a time namespace, so that waiting until a moment still works; they
 * cannot go below zero and go forward whatever the sign of the offset. Not moved: rdtsc, times of files, and waiting
 * for a moment of the real-time clock.
 */
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/auxvec.h>
#include <linux/capability.h>
#include <linux/elf.h>
#include <linux/filter.h>
#include <linux/ioctl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

enum {
  FOLLOW = PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL
};

#define TRY(call, name)          \
  do {                           \
    result done_ = (call);       \
    if (done_ < 0) {             \
      run->failed_step = (name); \
      return done_;              \
    }                            \
  } while (0)

static int probe_child(void *argument) {
  (void)argument;
  result done = guarded(__NR_unshare, CLONE_NEWTIME);
  return done < 0 ? (int)-done : 0;
}

static int probe_tracee(void *argument) {
  (void)argument;
  for (;;) sys(__NR_pause);
}

result clock_probe(void) {
  static char stack[4096] __attribute__((aligned(16)));
  uint32_t action = SECCOMP_RET_USER_NOTIF;
  result done = sys(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
  if (done < 0) return done;
  int status = 0;
  result child = spawn(SIGCHLD, stack + sizeof stack, 0, probe_child, 0);
  if (child < 0) return child;
  sys(__NR_wait4, child, &status, 0, 0);
  if (status != 0) return WIFEXITED(status) ? -WEXITSTATUS(status) : -ENOSYS;
  child = spawn(SIGCHLD, stack + sizeof stack, 0, probe_tracee, 0);
  if (child < 0) return child;
  done = guarded(__NR_ptrace, PTRACE_SEIZE, child, 0, FOLLOW);
  sys(__NR_kill, child, SIGKILL);
  sys(__NR_wait4, child, &status, __WALL, 0);
  return done < 0 ? done : 0;
}

result clock_enter(struct run *run) {
  int64_t offset = run->request->clock_offset;
  uint64_t forward = (uint64_t)(offset < 0 ? -offset : offset);
  TRY(guarded(__NR_unshare, CLONE_NEWTIME), "make a time namespace");
  char text[96], *at = text;
  static const char *const names[] = {"monotonic ", "boottime "};
  for (int clock = 0; clock < 2; clock++) {
    memcpy(at, names[clock], strlen(names[clock]));
    at = decimal(at + strlen(names[clock]), forward);
    memcpy(at, " 0\n", 4);
    at += 3;
  }
  /* What is not dumpable has files in /proc that belong to the host's root. No program runs yet. */
  sys(__NR_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  result done = write_file("/proc/self/timens_offsets", text);
  sys(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  TRY(done, "move the clocks that count from boot");
  return 0;
}

/* The filter of the program alone: three calls become questions. */
static result listen_to_clocks(void) {
  static const struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_gettimeofday, 7, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_time, 6, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clock_gettime, 0, 6),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME_COARSE, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME_ALARM, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_TAI, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = (struct sock_filter *)code};
  return sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

struct start {
  struct run *run;
  int report[2]; /* the program's process tells its listener, or a negated error */
  int go[2];     /* and is told to go on when it is traced */
};

/* A copy of the init, since a tracer cannot wait for itself: what it finds out goes through a pipe or its status. */
static int program_main(void *argument) {
  struct start *start = argument;
  struct run *run = start->run;
  unsigned long none = 0;
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct nothing[2] = {{0}};
  int64_t told = sys(__NR_capset, &header, nothing);
  if (told >= 0) told = listen_to_clocks();
  sys(__NR_write, start->report[1], &told, sizeof told);
  char byte;
  if (told < 0 || sys(__NR_read, start->go[0], &byte, 1) != 1) return 1;
  return (int)-program_execute(run);
}

static result peek(result process, uint64_t at, uint64_t *value) {
  return guarded(__NR_ptrace, PTRACE_PEEKDATA, process, at, value);
}

/* Above the first stack pointer: argc, argv, 0, envp, 0, then pairs up to AT_NULL (System V ABI, x86-64). */
static result hide_vdso(result process) {
  struct user_regs_struct registers;
  result done = guarded(__NR_ptrace, PTRACE_GETREGS, process, 0, &registers);
  if (done < 0) return done;
  uint64_t at = registers.rsp, value;
  done = peek(process, at, &value);
  if (done < 0) return done;
  at += 8 * (value + 2);
  do {
    done = peek(process, at, &value);
    if (done < 0) return done;
    at += 8;
  } while (value != 0);
  for (;; at += 16) {
    done = peek(process, at, &value);
    if (done < 0) return done;
    if (value == AT_NULL) return 0;
    if (value == AT_SYSINFO_EHDR) return guarded(__NR_ptrace, PTRACE_POKEDATA, process, at, AT_IGNORE);
  }
}

static result write_memory(uint32_t process, uint64_t at, const void *bytes, size_t count) {
  char path[32] = "/proc/", *end = decimal(path + 6, process);
  memcpy(end, "/mem", 5);
  result memory = sys(__NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
  if (memory < 0) return memory;
  result wrote = sys(__NR_pwrite64, memory, bytes, count, at);
  sys(__NR_close, memory);
  return wrote == (result)count ? 0 : -EFAULT;
}

static result answer_value(const struct seccomp_notif *asked, int64_t offset, int64_t *value) {
  const uint64_t *arguments = (const uint64_t *)asked->data.args;
  struct timespec now;
  int clock = asked->data.nr == __NR_clock_gettime ? (int)arguments[0] : CLOCK_REALTIME;
  result done = sys(__NR_clock_gettime, clock, &now);
  if (done < 0) return done;
  now.tv_sec += offset;
  *value = 0;
  switch (asked->data.nr) {
    case __NR_clock_gettime:
      return write_memory(asked->pid, arguments[1], &now, sizeof now);
    case __NR_gettimeofday: {
      struct timeval time = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
      struct timezone zone = {0};
      if (arguments[0] != 0) done = write_memory(asked->pid, arguments[0], &time, sizeof time);
      if (done >= 0 && arguments[1] != 0) done = write_memory(asked->pid, arguments[1], &zone, sizeof zone);
      return done;
    }
    default:
      *value = now.tv_sec;
      return arguments[0] == 0 ? 0 : write_memory(asked->pid, arguments[0], &now.tv_sec, sizeof now.tv_sec);
  }
}

static void answer(int listener, int64_t offset) {
  struct seccomp_notif asked;
  memset(&asked, 0, sizeof asked);
  if (sys(__NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) return;
  struct seccomp_notif_resp response = {.id = asked.id};
  int64_t value = 0;
  result done = answer_value(&asked, offset, &value);
  response.error = done < 0 ? (int32_t)done : 0;
  response.val = done < 0 ? 0 : value;
  sys(__NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

struct traced {
  struct run *run;
  result program;
  int executed;
};

/* Lets a stopped process go on, with the signal it was about to be given. */
static result go_on(struct traced *traced, result process, int status) {
  int signal = WSTOPSIG(status), event = status >> 16;
  struct run *run = traced->run;
  if (event == PTRACE_EVENT_EXEC) {
    if (process == traced->program) traced->executed = 1;
    result done = hide_vdso(process);
    if (done < 0 && done != -ESRCH) {
      run->failed_step = "hide the vDSO from the program";
      return done;
    }
  }
  if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
    guarded(__NR_ptrace, PTRACE_LISTEN, process, 0, 0);
    return 0;
  }
  guarded(__NR_ptrace, PTRACE_CONT, process, 0, event != 0 ? 0 : signal);
  return 0;
}

/* Takes in all that happened to the traced; 1 when the program is dead. */
static result take_in(struct traced *traced) {
  struct run *run = traced->run;
  for (;;) {
    int status;
    struct rusage usage;
    result process = sys(__NR_wait4, -1, &status, __WALL | WNOHANG, &usage);
    if (process == -EINTR) continue;
    if (process <= 0) return 0;
    if (WIFSTOPPED(status)) {
      result done = go_on(traced, process, status);
      if (done < 0) return done;
    } else if (process == traced->program) {
      init_note_usage(run, &usage);
      run->status = status;
      run->ended = 1;
      if (!traced->executed && WIFEXITED(status)) run->exec_error = -WEXITSTATUS(status);
      return 1;
    }
  }
}

static result follow(struct traced *traced, int listener, int events) {
  struct run *run = traced->run;
  struct pollfd polled[] = {{.fd = listener, .events = POLLIN}, {.fd = events, .events = POLLIN}};
  for (;;) {
    result ready = sys(__NR_ppoll, polled, 2, 0, 0, 8);
    if (ready == -EINTR) continue;
    TRY(ready, "wait for the program");
    if (polled[0].revents & POLLIN) answer(listener, run->request->clock_offset);
    /* Nobody is left who could ask. */
    if (polled[0].revents & (POLLHUP | POLLERR)) polled[0].fd = -1;
    if (polled[1].revents & POLLIN) {
      char signals[128];
      sys(__NR_read, events, signals, sizeof signals);
      result done = take_in(traced);
      if (done != 0) return done < 0 ? done : 0;
    }
  }
}

result clock_run_program(struct run *run) {
  static char stack[8192] __attribute__((aligned(16)));
  struct start start = {.run = run};
  unsigned long children = 1ul << (SIGCHLD - 1);
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &children, 0, 8);
  result events = sys(__NR_signalfd4, -1, &children, 8, O_CLOEXEC | O_NONBLOCK);
  TRY(events, "watch the program");
  TRY(sys(__NR_pipe2, start.report, O_CLOEXEC), "make a pipe");
  TRY(sys(__NR_pipe2, start.go, O_CLOEXEC), "make a pipe");
  /* With one table of descriptors, what the program's process opens is the init's as well, until it executes. */
  result program = spawn(CLONE_FILES | SIGCHLD, stack + sizeof stack, 0, program_main, &start);
  TRY(program, "start the program's process");
  int64_t listener = -EIO;
  TRY(sys(__NR_read, start.report[0], &listener, sizeof listener), "listen to the program's clocks");
  TRY(listener, "listen to the program's clocks");
  TRY(guarded(__NR_ptrace, PTRACE_SEIZE, program, 0, FOLLOW), "trace the program");
  TRY(sys(__NR_write, start.go[1], "", 1), "let the program go");
  struct traced traced = {.run = run, .program = program};
  return follow(&traced, (int)listener, (int)events);
}
