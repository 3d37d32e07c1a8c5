/*
 * The watcher's loop: it answers each announced call, and nothing it does can fail in a way that the program sees. A
 * call goes on by itself; only reads of a piped standard input are made here and answered with what came.
 */
#define _GNU_SOURCE
#include "calls.h"
#include "input.h"
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

static const struct setup *settings;
static int listener;

bool answer(uint64_t id, int error, int64_t value, bool goes_on) {
  struct seccomp_notif_resp reply = {
      .id = id, .val = value, .error = error, .flags = goes_on ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0};
  int result;
  while ((result = ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply)) != 0 && errno == EINTR) {
  }
  return result == 0;
}

bool is_waiting(uint64_t id) { return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0; }

/* Reads a text of another process, page by page: behind its end may be nothing. */
static bool read_text(pid_t process, uint64_t address, char text[PATH_BYTES]) {
  size_t done = 0;
  while (done < PATH_BYTES) {
    size_t piece = 4096 - (address + done) % 4096;
    if (piece > PATH_BYTES - done) piece = PATH_BYTES - done;
    struct iovec here = {text + done, piece}, there = {(void *)(uintptr_t)(address + done), piece};
    ssize_t got = process_vm_readv(process, &here, 1, &there, 1, 0);
    if (got <= 0) return false;
    if (memchr(text + done, '\0', (size_t)got) != NULL) return true;
    done += (size_t)got;
  }
  return false;
}

static bool read_link(const char *name, char target[PATH_BYTES]) {
  ssize_t size = readlink(name, target, PATH_BYTES - 1);
  if (size <= 0) return false;
  target[size] = '\0';
  return target[0] == '/';
}

static void touch(const struct call *call, const struct seccomp_notif *notice) {
  pid_t process = (pid_t)notice->pid;
  char text[PATH_BYTES], base[PATH_BYTES], path[PATH_BYTES], link[64];
  if (!read_text(process, notice->data.args[call->path], text) || text[0] == '\0') return;
  base[0] = '\0';
  if (text[0] != '/') {
    int descriptor = call->directory < 0 ? AT_FDCWD : (int)notice->data.args[call->directory];
    if (descriptor == AT_FDCWD)
      snprintf(link, sizeof link, "/proc/%d/cwd", process);
    else
      snprintf(link, sizeof link, "/proc/%d/fd/%d", process, descriptor);
    if (!read_link(link, base)) return;
  }
  if (!path_normal(base, text, path)) return;
  uint64_t flags = call->flags < 0 ? 0 : notice->data.args[call->flags];
#ifdef __NR_creat
  if (call->number == __NR_creat) flags = O_WRONLY | O_TRUNC;
#endif
  files_touch(settings, path, (flags & O_TRUNC) != 0 && (flags & O_ACCMODE) != O_RDONLY);
}

/* Whether a thread is one of the program itself and not of a child. */
static bool is_program(pid_t program, pid_t thread) {
  if (thread == program) return true;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d", program, thread);
  return access(path, F_OK) == 0;
}

static void end(void) {
  input_record();
  record_finish();
}

static void handle(pid_t program, const struct seccomp_notif *notice) {
  int number = notice->data.nr;
  if (number == __NR_exit_group) {
    if (is_program(program, (pid_t)notice->pid)) end();
  } else if (number == __NR_read || number == __NR_readv) {
    if (input_asked(notice)) return;
  } else {
    for (const struct call *call = calls; call->path >= 0; call++)
      if (call->number == number) touch(call, notice);
  }
  answer(notice->id, 0, 0, true);
}

_Noreturn void watch(const struct setup *setup, pid_t program, int calls_from, int input) {
  settings = setup;
  listener = calls_from;
  input_watch(input);
  int ending = (int)syscall(SYS_pidfd_open, program, 0);
  /* Larger than the kernel's own idea of it, whatever version that is. */
  static union {
    struct seccomp_notif notice;
    char space[512];
  } next;
  for (;;) {
    struct pollfd wait[3] = {{listener, POLLIN, 0}, {ending, POLLIN, 0}, {input_wanted(), POLLIN, 0}};
    if (poll(wait, 3, -1) < 0) continue;
    if (wait[0].revents & POLLIN) {
      memset(&next, 0, sizeof next);
      /* Whoever was announced may be dead by now. */
      if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &next.notice) == 0) handle(program, &next.notice);
    }
    if (wait[1].revents != 0) {
      end();
      close(ending);
      ending = -1;
    }
    if (wait[2].revents != 0) input_ready();
    /* No process under the filter is left. */
    if (wait[0].revents & POLLHUP) break;
  }
  end();
  _exit(0);
}
