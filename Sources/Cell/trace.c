#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/auxvec.h>
#include <linux/capability.h>
#include <linux/elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

struct start {
  struct run *run;
  result (*prepare)(void);
  int report[2]; /* the program's process tells that it is prepared, or a negated error */
  int go[2];     /* and is told to go on when it is traced */
};

/* A copy of the init, since a tracer cannot wait for itself: what it finds out goes through a pipe or its status. */
static int program_main(void *argument) {
  struct start *start = argument;
  unsigned long none = 0;
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct nothing[2] = {{0}};
  int64_t told = sys(__NR_capset, &header, nothing);
  if (told >= 0 && start->prepare != 0) told = start->prepare();
  sys(__NR_write, start->report[1], &told, sizeof told);
  char byte;
  if (told < 0 || sys(__NR_read, start->go[0], &byte, 1) != 1) return 1;
  return (int)-program_execute(start->run);
}

result trace_start(struct run *run, unsigned long options, result (*prepare)(void)) {
  static char stack[8192] __attribute__((aligned(16)));
  struct start start = {.run = run, .prepare = prepare};
  TRY(sys(__NR_pipe2, start.report, O_CLOEXEC), "make a pipe");
  TRY(sys(__NR_pipe2, start.go, O_CLOEXEC), "make a pipe");
  result program = spawn(SIGCHLD, stack + sizeof stack, 0, program_main, &start);
  TRY(program, "start the program's process");
  int64_t told = -EIO;
  TRY(sys(__NR_read, start.report[0], &told, sizeof told), "prepare the program's process");
  TRY(told, "prepare the program's process");
  TRY(guarded(__NR_ptrace, PTRACE_SEIZE, program, 0, options), "trace the program");
  TRY(sys(__NR_write, start.go[1], "", 1), "let the program go");
  for (int end = 0; end < 2; end++) {
    sys(__NR_close, start.report[end]);
    sys(__NR_close, start.go[end]);
  }
  return program;
}

void trace_go_on(result process, int status) {
  int signal = WSTOPSIG(status), event = status >> 16;
  if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
    guarded(__NR_ptrace, PTRACE_LISTEN, process, 0, 0);
    return;
  }
  guarded(__NR_ptrace, PTRACE_CONT, process, 0, event != 0 ? 0 : signal);
}

result trace_read(result process, uint64_t at, uint64_t *word) {
  return guarded(__NR_ptrace, PTRACE_PEEKDATA, process, at, word);
}

result trace_write(result process, uint64_t at, uint64_t word) {
  return guarded(__NR_ptrace, PTRACE_POKEDATA, process, at, word);
}

/* Above the first stack pointer: argc, argv, 0, envp, 0, then pairs up to AT_NULL (System V ABI, x86-64). */
result trace_auxiliary(result process, uint64_t tag, uint64_t *found) {
  struct user_regs_struct registers;
  *found = 0;
  result done = guarded(__NR_ptrace, PTRACE_GETREGS, process, 0, &registers);
  if (done < 0) return done;
  uint64_t at = registers.rsp, value;
  done = trace_read(process, at, &value);
  if (done < 0) return done;
  at += 8 * (value + 2);
  do {
    done = trace_read(process, at, &value);
    if (done < 0) return done;
    at += 8;
  } while (value != 0);
  for (;; at += 16) {
    done = trace_read(process, at, &value);
    if (done < 0) return done;
    if (value == tag) *found = at;
    if (value == tag || value == AT_NULL) return 0;
  }
}
