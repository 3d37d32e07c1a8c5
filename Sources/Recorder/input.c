#define _GNU_SOURCE
#include "input.h"
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST_WAITING = 64, PIECE = 65536 };

/* What was read, up to a bound. */
static char *kept;
static size_t length, most;
static bool cut, unseen, recorded;
/* Of a kind that is not read for the program, such as a terminal: that it is read at all is all that is told. */
static bool foreign;
static struct stat identity;
static int stream = -1;

/* Reads that wait, in the order of their coming. */
static struct waiting {
  uint64_t id, address;
  size_t size;
  pid_t process;
} waiting[MOST_WAITING];
static size_t count;

/* What was taken from the stream for a read that a signal then interrupted. */
static char back[PIECE];
static size_t back_size;

static void keep(const char *bytes, size_t size) {
  if (size > most - length) {
    cut = true;
    size = most - length;
  }
  memcpy(kept + length, bytes, size);
  length += size;
}

int input_begin(const struct setup *setup) {
  most = setup->input_bytes;
  kept = malloc(most);
  if (kept == NULL || fstat(0, &identity) != 0) return -1;
  if (S_ISFIFO(identity.st_mode) || S_ISSOCK(identity.st_mode)) return fcntl(0, F_DUPFD_CLOEXEC, 3);
  if (!S_ISREG(identity.st_mode)) {
    struct stat null;
    if (stat("/dev/null", &null) == 0 && null.st_rdev == identity.st_rdev) return -1;
    foreign = true;
    return fcntl(0, F_DUPFD_CLOEXEC, 3);
  }
  /* A file can be looked at without moving on in it. */
  off_t from = lseek(0, 0, SEEK_CUR);
  ssize_t got;
  while (length < most && (got = pread(0, kept + length, most - length, from + (off_t)length)) > 0) length += (size_t)got;
  cut = identity.st_size > from + (off_t)length;
  return -1;
}

void input_watch(int from) { stream = from; }

int input_wanted(void) { return count > 0 ? stream : -1; }

void input_record(void) {
  if (recorded) return;
  recorded = true;
  char digest[HASH_TEXT];
  if (record_blob(kept, length, digest)) record_text("input", digest);
  if (cut) record_text("input-cut", "");
  if (unseen) record_text("input-unseen", "");
  /* Who writes to the program is to see that nobody reads. */
  if (stream >= 0) close(stream);
  stream = -1;
}

static bool is_input(const struct seccomp_notif *notice) {
  char path[64];
  struct stat status;
  snprintf(path, sizeof path, "/proc/%d/fd/%d", notice->pid, (int)notice->data.args[0]);
  return stat(path, &status) == 0 && status.st_dev == identity.st_dev && status.st_ino == identity.st_ino;
}

/* Where a read wants its bytes; false where that cannot be told. */
static bool place(const struct seccomp_notif *notice, struct waiting *request) {
  request->id = notice->id;
  request->process = (pid_t)notice->pid;
  request->address = notice->data.args[1];
  request->size = notice->data.args[2];
  if (notice->data.nr == __NR_readv) {
    struct iovec parts[16], there = {(void *)(uintptr_t)notice->data.args[1], 0};
    size_t number = notice->data.args[2] < 16 ? notice->data.args[2] : 16;
    there.iov_len = number * sizeof *parts;
    struct iovec here = {parts, there.iov_len};
    if (process_vm_readv(request->process, &here, 1, &there, 1, 0) != (ssize_t)there.iov_len) return false;
    request->size = 0;
    /* A read may give less than was asked for, so the first place is enough. */
    for (size_t part = 0; part < number && request->size == 0; part++) {
      request->address = (uint64_t)(uintptr_t)parts[part].iov_base;
      request->size = parts[part].iov_len;
    }
  }
  if (request->size == 0) return false;
  if (request->size > PIECE) request->size = PIECE;
  /* What cannot be written to later must not be read for. */
  char byte;
  struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)request->address, 1};
  return process_vm_readv(request->process, &here, 1, &there, 1, 0) == 1;
}

/* Hands bytes over; what nobody took goes to the next read. */
static void deliver(const struct waiting *request, size_t size) {
  struct iovec here = {back, size}, there = {(void *)(uintptr_t)request->address, size};
  ssize_t done = process_vm_writev(request->process, &here, 1, &there, 1, 0);
  if (done <= 0) {
    answer(request->id, -EFAULT, 0, false);
    return;
  }
  if (!answer(request->id, 0, done, false)) return;
  keep(back, (size_t)done);
  back_size -= (size_t)done;
  memmove(back, back + done, back_size);
}

bool input_asked(const struct seccomp_notif *notice) {
  struct waiting request;
  if (stream < 0 || !is_input(notice)) return false;
  if (foreign) {
    unseen = true;
    return false;
  }
  /* All that is wanted is known: the rest is the program's own affair. */
  if (cut && back_size == 0) return false;
  if (!place(notice, &request) || count == MOST_WAITING) {
    unseen = true;
    return false;
  }
  if (back_size > 0) {
    deliver(&request, back_size < request.size ? back_size : request.size);
    return true;
  }
  waiting[count++] = request;
  int flags = fcntl(stream, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) input_ready();
  return true;
}

void input_ready(void) {
  struct waiting request = waiting[0];
  memmove(waiting, waiting + 1, --count * sizeof *waiting);
  if (stream < 0 || !is_waiting(request.id)) return;
  struct iovec part = {back, request.size};
  ssize_t got = preadv2(stream, &part, 1, -1, RWF_NOWAIT);
  if (got < 0 && errno == EOPNOTSUPP) got = read(stream, back, request.size);
  if (got < 0 && errno == EAGAIN) {
    int flags = fcntl(stream, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) {
      /* Somebody else was faster: wait on. */
      memmove(waiting + 1, waiting, count++ * sizeof *waiting);
      waiting[0] = request;
      return;
    }
  }
  if (got <= 0) {
    answer(request.id, got < 0 ? -errno : 0, 0, false);
    return;
  }
  back_size = (size_t)got;
  deliver(&request, back_size);
}
