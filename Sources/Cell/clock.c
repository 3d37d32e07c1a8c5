/*
 * The wall clock is moved where it is asked: at each clock_gettime of a real-time clock, gettimeofday and time a filter
 * stops the program for its tracer, the init, which answers in place of the kernel. For these calls to come to the
 * kernel at all the program must not find the vDSO, so at each execution its entry in the auxiliary vector is turned
 * into one to be ignored. The init keeps CAP_SYS_PTRACE for this and follows the program's children too. It reads and
 * writes the program by ptrace alone: /proc/PID/mem of an executable that may not be read is not the init's to open.
 *
 * The clocks that count from boot are moved by a time namespace, so that waiting until a moment still works; they
 * cannot go below zero and go forward whatever the sign of the offset. Not moved: rdtsc, times of files, and waiting
 * for a moment of the real-time clock.
 */
#include "clock.h"

#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/auxvec.h>
#include <linux/filter.h>
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
  FOLLOW = PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
           PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL
};

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
  uint32_t action = SECCOMP_RET_TRACE;
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

/* The filter of the program alone: three calls stop it for its tracer. */
static result stop_at_clocks(void) {
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
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = (struct sock_filter *)code};
  return sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static result hide_vdso(result process) {
  uint64_t at;
  result done = trace_auxiliary(process, AT_SYSINFO_EHDR, &at);
  return done < 0 || at == 0 ? done : trace_write(process, at, AT_IGNORE);
}

static result poke(result process, uint64_t at, const void *bytes, size_t count) {
  for (size_t done = 0; done < count; done += 8) {
    uint64_t word;
    memcpy(&word, (const char *)bytes + done, 8);
    if (trace_write(process, at + done, word) < 0) return -EFAULT;
  }
  return 0;
}

/* What the call returns, its results written to where its arguments point; each is a whole number of words. */
static result moved_clock(result process, const struct user_regs_struct *call, int64_t offset) {
  int clock = call->orig_rax == __NR_clock_gettime ? (int)call->rdi : CLOCK_REALTIME;
  struct timespec now;
  result done = sys(__NR_clock_gettime, clock, &now);
  if (done < 0) return done;
  now.tv_sec += offset;
  switch (call->orig_rax) {
    case __NR_clock_gettime:
      return poke(process, call->rsi, &now, sizeof now);
    case __NR_gettimeofday: {
      struct timeval time = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
      struct timezone zone = {0};
      if (call->rdi != 0) done = poke(process, call->rdi, &time, sizeof time);
      if (done >= 0 && call->rsi != 0) done = poke(process, call->rsi, &zone, sizeof zone);
      return done;
    }
    default:
      if (call->rdi != 0) done = poke(process, call->rdi, &now.tv_sec, sizeof now.tv_sec);
      return done < 0 ? done : now.tv_sec;
  }
}

/* Stands in for the kernel: without a number there is no call, and what is in rax is its result. */
static result answer(result process, int64_t offset) {
  struct user_regs_struct registers;
  result done = guarded(__NR_ptrace, PTRACE_GETREGS, process, 0, &registers);
  if (done < 0) return done;
  registers.rax = (uint64_t)moved_clock(process, &registers, offset);
  registers.orig_rax = (uint64_t)-1;
  return guarded(__NR_ptrace, PTRACE_SETREGS, process, 0, &registers);
}

struct traced {
  struct run *run;
  result program;
  int executed;
};

/* Lets a stopped process go on, with the signal it was about to be given. */
static result go_on(struct traced *traced, result process, int status) {
  int event = status >> 16;
  struct run *run = traced->run;
  if (event == PTRACE_EVENT_EXEC) {
    if (process == traced->program) traced->executed = 1;
    result done = hide_vdso(process);
    if (done < 0 && done != -ESRCH) {
      run->failed_step = "hide the vDSO from the program";
      return done;
    }
  }
  if (event == PTRACE_EVENT_SECCOMP) {
    result done = answer(process, run->request->clock_offset);
    if (done < 0 && done != -ESRCH) {
      run->failed_step = "answer the program's question for the time";
      return done;
    }
  }
  trace_go_on(process, status);
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

static result follow(struct traced *traced, int events) {
  struct run *run = traced->run;
  struct pollfd polled = {.fd = events, .events = POLLIN};
  for (;;) {
    result ready = sys(__NR_ppoll, &polled, 1, 0, 0, 8);
    if (ready == -EINTR) continue;
    TRY(ready, "wait for the program");
    char signals[128];
    sys(__NR_read, events, signals, sizeof signals);
    result done = take_in(traced);
    if (done != 0) return done < 0 ? done : 0;
  }
}

result clock_run_program(struct run *run) {
  unsigned long children = 1ul << (SIGCHLD - 1);
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &children, 0, 8);
  result events = sys(__NR_signalfd4, -1, &children, 8, O_CLOEXEC | O_NONBLOCK);
  TRY(events, "watch the program");
  result program = trace_start(run, FOLLOW, stop_at_clocks);
  if (program < 0) return program;
  struct traced traced = {.run = run, .program = program};
  return follow(&traced, (int)events);
}
