/*
 * taskforge-line: runs one line of shell in a cleanroom and ends with its status. It is what $TASKFORGE_EXEC starts.
 *
 *   taskforge-line SOCKET LINE
 *
 * It sends two 32-bit numbers (1 where standard output and standard error are one file, else 0; the length of the
 * line) and the line, then its standard input as it comes; the end of that is the end of its half of the stream. Back
 * come records of two 32-bit numbers, kind and count: bytes for standard output (1) or standard error (2), and last
 * the status (3) in place of the count.
 *
 * Its own failures end with status 125.
 */
#define _GNU_SOURCE
#include "transfer.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { OUTPUT = 1, ERROR = 2, STATUS = 3, PIECE = 64 << 10 };

static int server;
static char input[PIECE];
static size_t input_begin, input_end;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "taskforge: %s\n", what);
  exit(125);
}

static uint32_t streams_are_one(void) {
  struct stat output, error;
  return fstat(1, &output) == 0 && fstat(2, &error) == 0 && output.st_dev == error.st_dev &&
         output.st_ino == error.st_ino;
}

/* Takes one record; standard output may be closed, as `| head` does it, and then this process is too. */
static void receive(void) {
  static char bytes[PIECE];
  uint32_t head[2];
  if (!read_whole(server, head, sizeof head)) fail("the cleanroom is gone: the run has ended");
  if (head[0] == STATUS) exit((int)(head[1] & 255));
  if ((head[0] != OUTPUT && head[0] != ERROR) || head[1] > sizeof bytes || !read_whole(server, bytes, head[1]))
    fail("the cleanroom's answer was cut short");
  if (!write_whole(head[0] == OUTPUT ? 1 : 2, bytes, head[1])) exit(125);
}

static void end_input(struct pollfd *source) {
  source->fd = -1;
  shutdown(server, SHUT_WR);
}

/* Never waits for the server to take something: it may be waiting for us. */
static void forward(struct pollfd *source) {
  if (input_begin == input_end) {
    ssize_t count = read(0, input, sizeof input);
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return end_input(source);
    input_begin = 0;
    input_end = (size_t)count;
  }
  ssize_t sent = send(server, input + input_begin, input_end - input_begin, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) input_begin += (size_t)sent;
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    input_begin = input_end;
    end_input(source);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) fail("give one line of shell as one argument, as in: \"$TASKFORGE_EXEC\" 'ls -l'");
  server = connect_to(argv[1]);
  if (server < 0) fail("the cleanroom is gone: the run has ended");
  uint32_t head[2] = {streams_are_one(), (uint32_t)strlen(argv[2])};
  /* A server that ends early has still said why. */
  signal(SIGPIPE, SIG_IGN);
  if (write_whole(server, head, sizeof head)) write_whole(server, argv[2], head[1]);
  signal(SIGPIPE, SIG_DFL);
  /* Nobody sits at a terminal: the line would wait for keys for ever. */
  struct pollfd polled[] = {{.fd = server, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  if (isatty(0)) end_input(&polled[1]);
  for (;;) {
    bool pending = input_begin != input_end;
    polled[0].events = (short)(pending ? POLLIN | POLLOUT : POLLIN);
    polled[1].events = pending ? 0 : POLLIN;
    if (poll(polled, 2, -1) < 0) {
      if (errno == EINTR) continue;
      fail(strerror(errno));
    }
    if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) receive();
    else if (pending ? polled[0].revents & POLLOUT : polled[1].fd >= 0 && polled[1].revents != 0)
      forward(&polled[1]);
  }
}
