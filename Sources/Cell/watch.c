#include "watch.h"

#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/time_types.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static void shut(int *descriptor) {
  if (*descriptor >= 0) sys(__NR_close, *descriptor);
  *descriptor = -1;
}

/* The cell's end does not wait; the program's end is as any program expects it. */
static result make_pipe(int *ours, int *theirs, int ours_reads) {
  int ends[2];
  result done = sys(__NR_pipe2, ends, O_CLOEXEC);
  if (done < 0) return done;
  *ours = ends[ours_reads ? 0 : 1];
  *theirs = ends[ours_reads ? 1 : 0];
  return sys(__NR_fcntl, *ours, F_SETFL, O_NONBLOCK);
}

static void feed(struct watch *watch) {
  while (watch->left_bytes > 0) {
    result count = sys(__NR_write, watch->input, watch->left, watch->left_bytes);
    if (count == -EINTR) continue;
    if (count == -EAGAIN) return;
    if (count < 0) break;
    watch->left += count;
    watch->left_bytes -= (size_t)count;
  }
  watch->left_bytes = 0;
  shut(&watch->input);
}

result watch_open(struct watch *watch, struct run *run, const char *input) {
  *watch = (struct watch){.input = -1, .output = -1, .error = -1};
  run->input = run->output = run->error = -1;
  result done = make_pipe(&watch->input, &run->input, 0);
  if (done >= 0) done = make_pipe(&watch->output, &run->output, 1);
  if (done >= 0) done = make_pipe(&watch->error, &run->error, 1);
  if (done < 0) {
    watch_close(watch);
    shut(&run->input);
    shut(&run->output);
    shut(&run->error);
    return done;
  }
  watch->left = input;
  watch->left_bytes = run->request->input_bytes;
  watch->output_left = watch->error_left = run->request->output_bytes;
  feed(watch);
  return 0;
}

/* Reads what is there. At the end of the stream or past the cap the pipe is shut; the latter gives 1. */
static int drain(int *pipe, uint32_t kind, uint64_t *left) {
  for (;;) {
    enum { PIECE = 16384 };
    char *room = channel_reserve(PIECE);
    result count = sys(__NR_read, *pipe, room, PIECE);
    if (count == -EINTR) continue;
    if (count == -EAGAIN) return 0;
    if (count <= 0) {
      shut(pipe);
      return 0;
    }
    int over = (uint64_t)count > *left;
    if (over) count = (result)*left;
    *left -= (uint64_t)count;
    if (count > 0) channel_commit(kind, (size_t)count);
    if (over) {
      shut(pipe);
      return 1;
    }
  }
}

static void drain_both(struct watch *watch) {
  if (watch->output >= 0 && drain(&watch->output, STDOUT, &watch->output_left)) watch->notes |= NOTE_STDOUT;
  if (watch->error >= 0 && drain(&watch->error, STDERR, &watch->error_left)) watch->notes |= NOTE_STDERR;
}

static void kill_case(int pidfd) { sys(__NR_pidfd_send_signal, pidfd, SIGKILL, 0, 0); }

void watch_until_dead(struct watch *watch, struct run *run, int init, int pidfd, uint64_t began) {
  /* Closed here only: the init has descriptors of its own, but reads their numbers from this very memory. */
  sys(__NR_close, run->input);
  sys(__NR_close, run->output);
  sys(__NR_close, run->error);
  uint64_t stop = began + run->request->wall_ms * 1000;
  for (;;) {
    struct pollfd polled[] = {
        {.fd = pidfd, .events = POLLIN},
        {.fd = watch->output, .events = POLLIN},
        {.fd = watch->error, .events = POLLIN},
        {.fd = watch->input, .events = POLLOUT},
        {.fd = HOST, .events = 0},
    };
    uint64_t now = now_us(), rest = now < stop ? stop - now : 0;
    /* What is killed dies soon, but not before the kernel is done with it. */
    if (watch->notes != 0) rest = 3600ull * 1000000;
    struct __kernel_timespec wait = {.tv_sec = (long long)(rest / 1000000), .tv_nsec = (long long)(rest % 1000000 * 1000)};
    result ready = sys(__NR_ppoll, polled, sizeof polled / sizeof *polled, &wait, 0, 8);
    if (ready == -EINTR) continue;
    if (ready < 0) die("wait for a case", ready);
    if (ready == 0) {
      watch->notes |= NOTE_WALL;
      kill_case(pidfd);
      continue;
    }
    /* A host that is gone wants no result; with the cell, its namespaces die. */
    if (polled[4].revents & (POLLHUP | POLLERR)) sys(__NR_exit_group, 0);
    if (polled[0].revents) break;
    unsigned before = watch->notes;
    if (polled[1].revents || polled[2].revents) drain_both(watch);
    if (polled[3].revents) feed(watch);
    if (watch->notes != before) kill_case(pidfd);
  }
  while (sys(__NR_wait4, init, 0, __WALL, 0) == -EINTR) {
  }
  sys(__NR_close, pidfd);
  drain_both(watch);
}

void watch_close(struct watch *watch) {
  shut(&watch->input);
  shut(&watch->output);
  shut(&watch->error);
}
