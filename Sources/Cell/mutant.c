/*
 * Where a program has executed and not yet run an instruction, it is stopped for its tracer, the init. A patch is then
 * written into the program's memory and the program let go for good: no file is changed, and the next case has a
 * process of its own. What that program executes again, itself included, is as it is in its file.
 *
 * To note which places are reached, the first byte of each becomes int3. Whoever comes there stops, the byte is put
 * back, and the instruction runs: each place is noted once. Threads share the memory, so one may stop where another
 * has just put the byte back, and goes on as if it had itself; other processes have it as it was when they forked, and
 * are followed until they execute. No place becomes int3 a second time, so there is nothing to step over.
 *
 * All is done by ptrace, for the file may not be readable (clock.c).
 */
#include "mutant.h"

#include "channel.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/auxvec.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>

enum {
  HOLD = PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
  FOLLOW = HOLD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE,
  INT3 = 0xCC,
  MOST_SITES = 1 << 18,
};

static const uint64_t *sites; /* relative to where the program is loaded */
static size_t site_count;
static uint64_t site_entry;
static uint8_t *originals; /* the first byte of each in the run under way */
static uint8_t *reached;   /* a bit for each */

static void *map(size_t bytes, int protection, int flags, int file) {
  result base = sys(__NR_mmap, 0, bytes, protection, flags | MAP_PRIVATE, file, 0);
  if (base < 0 && base > -4096) die("memory for the list of places", base);
  return (void *)base;
}

void mutant_load_sites(const char *path) {
  result file = sys(__NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (file < 0) die("open the list of places", file);
  result done = sys(__NR_fstat, file, &about);
  if (done < 0) die("read the list of places", done);
  size_t numbers = (size_t)about.st_size / 8;
  if (about.st_size % 8 != 0 || numbers < 2 || numbers > MOST_SITES + 1) die("a list of places of a bad size", 0);
  const uint64_t *list = map((size_t)about.st_size, PROT_READ, 0, (int)file);
  sys(__NR_close, file);
  site_entry = list[0];
  sites = list + 1;
  site_count = numbers - 1;
  for (size_t at = 1; at < site_count; at++) {
    if (sites[at] <= sites[at - 1]) die("a list of places out of order", 0);
  }
  originals = map(site_count, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, -1);
  reached = map((site_count + 7) / 8, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, -1);
}

void mutant_tell_sites(void) { channel_put(REACHED, reached, (site_count + 7) / 8, 0, 0); }

/* What has to be added to an address of the file: 0 unless it is position-independent. */
static result load_base(result program, uint64_t entry, uint64_t *base) {
  uint64_t at;
  result done = trace_auxiliary(program, AT_ENTRY, &at);
  if (done < 0) return done;
  if (at == 0) return -ENOENT;
  done = trace_read(program, at + 8, base);
  *base -= entry;
  return done;
}

static result write_patch(result program, const struct request_patch *patch, uint64_t base) {
  for (uint32_t at = 0; at < patch->bytes; at++) {
    uint64_t address = base + patch->address + at, word;
    result done = trace_read(program, address & ~7ull, &word);
    if (done < 0) return done;
    ((uint8_t *)&word)[address & 7] = patch->data[at];
    done = trace_write(program, address & ~7ull, word);
    if (done < 0) return done;
  }
  return 0;
}

static result set_sites(result program, uint64_t base) {
  memset(reached, 0, (site_count + 7) / 8);
  for (size_t at = 0; at < site_count;) {
    uint64_t place = (base + sites[at]) & ~7ull, word;
    result done = trace_read(program, place, &word);
    if (done < 0) return done;
    for (; at < site_count && ((base + sites[at]) & ~7ull) == place; at++) {
      uint8_t *byte = (uint8_t *)&word + ((base + sites[at]) & 7);
      originals[at] = *byte;
      *byte = INT3;
    }
    done = trace_write(program, place, word);
    if (done < 0) return done;
  }
  return 0;
}

static result find_site(uint64_t address) {
  size_t low = 0, high = site_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (sites[middle] < address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < site_count && sites[low] == address ? (result)low : -1;
}

/* Whether a SIGTRAP was one of our places; then the instruction is as it was and about to run. */
static int passes_site(result process, uint64_t base) {
  siginfo_t about;
  uint64_t next, word;
  const long pointer = offsetof(struct user, regs.rip);
  if (guarded(__NR_ptrace, PTRACE_GETSIGINFO, process, 0, &about) < 0 || about.si_code != SI_KERNEL) return 0;
  if (guarded(__NR_ptrace, PTRACE_PEEKUSER, process, pointer, &next) < 0) return 0;
  uint64_t address = next - 1;
  result site = find_site(address - base);
  if (site < 0 || trace_read(process, address & ~7ull, &word) < 0) return 0;
  uint8_t *byte = (uint8_t *)&word + (address & 7);
  if (*byte == INT3) {
    *byte = originals[site];
    if (trace_write(process, address & ~7ull, word) < 0) return 0;
  }
  reached[site / 8] |= (uint8_t)(1u << (site & 7));
  return guarded(__NR_ptrace, PTRACE_POKEUSER, process, pointer, address) >= 0;
}

static void stopped(result process, int status, uint64_t base) {
  int event = status >> 16;
  if (event == PTRACE_EVENT_EXEC) {
    guarded(__NR_ptrace, PTRACE_DETACH, process, 0, 0);
  } else if (event == 0 && WSTOPSIG(status) == SIGTRAP && passes_site(process, base)) {
    guarded(__NR_ptrace, PTRACE_CONT, process, 0, 0);
  } else {
    trace_go_on(process, status);
  }
}

static void note_end(struct run *run, int status, const struct rusage *usage) {
  init_note_usage(run, usage);
  run->status = status;
  run->ended = 1;
}

/* Stays with the program and all that came of it until the program is dead. */
static result follow(struct run *run, result program, uint64_t base) {
  for (;;) {
    int status;
    struct rusage usage;
    result process = sys(__NR_wait4, -1, &status, __WALL, &usage);
    if (process == -EINTR) continue;
    TRY(process, "wait for the program");
    if (WIFSTOPPED(status)) {
      stopped(process, status, base);
    } else if (process == program) {
      note_end(run, status, &usage);
      return 0;
    }
  }
}

/* Waits until the program has executed: 1, or 0 where it ended before. */
static result await_execution(struct run *run, result program) {
  for (;;) {
    int status;
    struct rusage usage;
    result process = sys(__NR_wait4, program, &status, __WALL, &usage);
    if (process == -EINTR) continue;
    TRY(process, "wait for the program");
    if (!WIFSTOPPED(status)) {
      note_end(run, status, &usage);
      if (WIFEXITED(status)) run->exec_error = -WEXITSTATUS(status);
      return 0;
    }
    if (status >> 16 == PTRACE_EVENT_EXEC) return 1;
    trace_go_on(program, status);
  }
}

result mutant_run_program(struct run *run) {
  int noting = (run->request->flags & SITES) != 0;
  const struct request_patch *patch = run->request->flags & PATCHED ? run->patch : 0;
  if (noting && site_count == 0) TRY(-EINVAL, "find the list of places");
  result program = trace_start(run, noting ? FOLLOW : HOLD, 0);
  if (program < 0) return program;
  result executed = await_execution(run, program);
  if (executed <= 0) return executed;
  uint64_t base;
  TRY(load_base(program, patch != 0 ? patch->entry : site_entry, &base), "find where the program is loaded");
  if (patch != 0) TRY(write_patch(program, patch, base), "change the program");
  if (!noting) {
    TRY(guarded(__NR_ptrace, PTRACE_DETACH, program, 0, 0), "let the changed program go");
    init_gather(run, program);
    return 0;
  }
  TRY(set_sites(program, base), "mark the places in the program");
  TRY(guarded(__NR_ptrace, PTRACE_CONT, program, 0, 0), "let the marked program go");
  return follow(run, program, base);
}
