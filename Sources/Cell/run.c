#include "run.h"

#include "channel.h"
#include "edges.h"
#include "init.h"
#include "mutant.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* Strings and input of a usual request fit here; larger ones get pages of their own and give them back. */
static char usual[48 * 1024] __attribute__((aligned(16)));

struct memory {
  char *base;
  size_t bytes;
};

static struct memory memory_take(size_t bytes) {
  if (bytes <= sizeof usual) return (struct memory){usual, sizeof usual};
  result base = sys(__NR_mmap, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base < 0 && base > -4096) die("memory for a request", base);
  return (struct memory){(char *)base, bytes};
}

static void memory_give(struct memory memory) {
  if (memory.base != usual) sys(__NR_munmap, memory.base, memory.bytes);
}

/* Points to `count` strings one after another; gives the place behind them. */
static char *point(char **pointers, uint32_t count, char *at, const char *end) {
  for (uint32_t index = 0; index < count; index++) {
    if (at >= end) die("a request with too few strings", 0);
    pointers[index] = at;
    while (*at++ != '\0') {
    }
  }
  pointers[count] = 0;
  return at;
}

static void fail(const struct request *request, const char *step, result error) {
  struct failed failed = {.id = request->id, .error = (int32_t)-error};
  channel_put(FAILED, &failed, sizeof failed, step, strlen(step));
  channel_flush();
}

static struct end judge(const struct run *run, const struct watch *watch, uint64_t wall_us, int cut) {
  const struct request *request = run->request;
  struct end end = {
      .id = request->id, .cpu_us = run->cpu_us, .wall_us = wall_us, .peak_kib = run->peak_kib, .notes = watch->notes};
  int signal = run->ended && WIFSIGNALED(run->status) ? WTERMSIG(run->status) : 0;
  /* The kernel counts by ticks for the limit, exactly for the usage: on a busy machine they differ by a fifth. */
  if (run->cpu_us > request->cpu_ms * 1000 || (signal == SIGXCPU && run->cpu_us * 2 > request->cpu_ms * 1000)) {
    end.notes |= NOTE_CPU;
  }
  if (signal == SIGXFSZ) end.notes |= NOTE_FILE_SIZE;
  if (cut) end.notes |= NOTE_TREE;
  if (end.notes & (NOTE_STDOUT | NOTE_STDERR | NOTE_FILE_SIZE | NOTE_TREE)) {
    end.kind = ENDED_EXCESS;
  } else if (end.notes & (NOTE_WALL | NOTE_CPU)) {
    end.kind = ENDED_TIMEOUT;
  } else if (run->exec_error != 0) {
    end.notes |= NOTE_NO_EXEC;
    end.kind = ENDED_EXIT;
    end.code = run->exec_error == -ENOENT ? 127 : 126;
  } else if (signal != 0) {
    end.kind = ENDED_SIGNAL;
    end.code = signal;
  } else {
    end.kind = ENDED_EXIT;
    end.code = WEXITSTATUS(run->status);
  }
  return end;
}

/*
 * A file that cannot be executed is its maker's doing, in whatever way it is damaged: an interpreter beyond the end of the
 * file is EIO, segments beyond the address space are ENOMEM or EFAULT. Only these are the system being out of means.
 */
static int is_verdict(result exec_error) {
  return exec_error != -EAGAIN && exec_error != -EMFILE && exec_error != -ENFILE;
}

static void finish(struct run *run, struct watch *watch, uint64_t wall_us) {
  const struct request *request = run->request;
  if (run->failed_step != 0) {
    fail(request, run->failed_step, run->failure);
    return;
  }
  if (!is_verdict(run->exec_error)) {
    fail(request, "execute the program", run->exec_error);
    return;
  }
  if (!run->ended && watch->notes == 0) {
    fail(request, "the case's first process was killed from outside", 0);
    return;
  }
  result cut = run->walls->without & WALL_MOUNT ? 0 : tree_collect(&run->tree, request);
  if (cut < 0) {
    fail(request, "read the working directory", cut);
    return;
  }
  if (request->flags & SITES) mutant_tell_sites();
  struct end end = judge(run, watch, wall_us, (int)cut);
  channel_put(END, &end, sizeof end, 0, 0);
  channel_flush();
}

static void start(struct run *run, const char *input) {
  struct watch watch;
  result done = watch_open(&watch, run, input);
  if (done < 0) {
    fail(run->request, "make the pipes", done);
    return;
  }
  uint64_t began = now_us();
  int pidfd = -1;
  result init = init_start(run, &pidfd);
  if (init < 0) {
    watch_close(&watch);
    fail(run->request, "make the namespaces", init);
    return;
  }
  watch_until_dead(&watch, run, (int)init, pidfd, began);
  uint64_t wall_us = now_us() - began;
  watch_close(&watch);
  if (run->request->flags & MEASURED) edges_take();
  finish(run, &watch, wall_us);
}

void run_next(struct walls *walls) {
  static struct request request;
  channel_read(&request, sizeof request);
  if (request.magic != PROTOCOL_MAGIC) die("a request of another version", 0);
  if (request.argument_count > 1 << 20 || request.variable_count > 1 << 20 || request.string_bytes > 64 << 20 ||
      request.input_bytes > 1 << 30) {
    die("a request beyond all bounds", 0);
  }
  size_t pointers = (size_t)request.argument_count + request.variable_count + 2;
  size_t bytes = pointers * sizeof(char *) + request.string_bytes + request.input_bytes + 1;
  struct memory memory = memory_take(bytes);
  char **arguments = (char **)memory.base;
  char **variables = arguments + request.argument_count + 1;
  char *strings = (char *)(arguments + pointers);
  char *strings_end = strings + request.string_bytes;
  channel_read(strings, request.string_bytes + request.input_bytes);
  if (request.string_bytes > 0 && strings_end[-1] != '\0') die("a request with an open string", 0);
  char *at = point(arguments, request.argument_count, strings, strings_end);
  at = point(variables, request.variable_count, at, strings_end);

  static struct request_patch patch;
  struct run run = {.request = &request, .patch = &patch, .walls = walls, .arguments = arguments, .variables = variables,
                    .host_name = at};
  if ((request.flags & HOST_NAME) && at >= strings_end) die("a request with too few strings", 0);
  walls_make_files_as(walls, USER + (walls->single_user ? 0 : request.user_offset));
  const char *step = "make the input tree";
  result done = 0;
  if (walls->without & WALL_MOUNT) {
    run.tree = (struct tree){.top = -1, .work = -1, .temporary = -1};
  } else {
    done = tree_make(&run.tree, &request, walls->no_code, &step);
  }
  for (uint32_t entry = 0; entry < request.entry_count; entry++) {
    result put = tree_put(&run.tree);
    if (done >= 0 && put < 0) done = put;
  }
  if (request.flags & PATCHED) {
    channel_read(&patch, sizeof patch);
    if (patch.bytes > sizeof patch.data) die("a request with a bad patch", 0);
  }
  if (run.tree.top >= 0) tree_date(&run.tree);
  if (done >= 0 && (request.flags & MEASURED) && edges_descriptor() < 0) {
    step = "find the counters of a measured run";
    done = -EBADF;
  }
  if (done < 0 && !(walls->without & WALL_MOUNT)) {
    fail(&request, step, done);
  } else {
    start(&run, strings_end);
  }
  tree_close(&run.tree);
  memory_give(memory);
}
