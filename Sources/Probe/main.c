/*
 * taskforge-probe: stands in for the program in a cleanroom. It sends its arguments, the variables that were set, its
 * standard input to the end, and the files below the current directory to taskforge, which runs the program somewhere
 * else as a case is run; then it brings back what the program changed, prints what it printed, and ends as it ended.
 *
 * Its own failures end with status 125 and a message on standard error that begins with "executable: ".
 */
#define _GNU_SOURCE
#include "probe.h"
#include "transfer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define SOCKET "/run/taskforge/socket"

/* More than any greeting allows. */
enum { INPUT_LIMIT = 1 << 28 };

extern char **environ;

int server;
uint64_t bytes_left;
uint32_t entries_left;

static char *input;
static size_t input_bytes;

/* What the caller wants to happen where nobody reads what the program prints. */
static void (*on_closed_pipe)(int);

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("executable: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(125);
}

void count_bytes(uint64_t bytes) {
  if (bytes > bytes_left)
    fail("arguments, standard input and the files below this directory hold too many bytes for one call; "
         "call it from a directory with only the files it needs");
  bytes_left -= bytes;
}

bool pass_data(int fd, uint64_t count) {
  static char piece[64 << 10];
  bool taken = true;
  while (count > 0) {
    size_t most = count < sizeof piece ? (size_t)count : sizeof piece;
    if (!read_whole(server, piece, most)) fail("the answer was cut short; the run may have ended");
    /* The rest is still read, so that what follows can be. */
    if (taken) taken = write_whole(fd, piece, most);
    count -= most;
  }
  return taken;
}

static char *read_name(const struct item *item) {
  static char name[PATH_LIMIT + 1];
  if (item->name_bytes > PATH_LIMIT || !read_whole(server, name, item->name_bytes))
    fail("the answer was cut short; the run may have ended");
  name[item->name_bytes] = '\0';
  return name;
}

/* Ends as the program ended, or with what taskforge says of a call that did not work. */
static _Noreturn void end(const struct item *item) {
  if (item->mode == FAILED) {
    fflush(stderr);
    fputs("executable: ", stderr);
    pass_data(2, item->data_bytes);
    fputc('\n', stderr);
  }
  if (item->mode == SIGNALLED) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(item->code, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    raise(item->code);
    exit(128 + item->code);
  }
  exit(item->code & 255);
}

static _Noreturn void play_back(void) {
  signal(SIGPIPE, on_closed_pipe);
  struct item item;
  while (read_whole(server, &item, sizeof item)) {
    char *name = read_name(&item);
    switch (item.kind) {
      case OUTPUT:
        /* A reader that went away ends this process as it would have ended the program. */
        if (!pass_data(1, item.data_bytes)) fail("standard output takes no more: %s", strerror(errno));
        break;
      case ERROR: pass_data(2, item.data_bytes); break;
      case END: end(&item);
      default: apply(&item, name);
    }
  }
  fail("taskforge does not answer; the run may have ended");
}

void send_bytes(const void *bytes, size_t count) {
  if (!write_whole(server, bytes, count)) play_back();
}

void send_item(struct item item, const char *name, const void *data) {
  item.name_bytes = name == NULL ? 0 : (uint32_t)strlen(name);
  send_bytes(&item, sizeof item);
  send_bytes(name, item.name_bytes);
  if (data != NULL) send_bytes(data, item.data_bytes);
}

/* Variables that a shell sets by itself say nothing about the call. */
static bool is_the_shells(const char *variable) {
  static const char *const names[] = {"PWD=", "OLDPWD=", "SHLVL=", "_="};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++)
    if (strncmp(variable, names[index], strlen(names[index])) == 0) return true;
  return false;
}

static void send_text(uint32_t kind, const char *text) {
  size_t count = strlen(text);
  count_bytes(count + 1);
  send_item((struct item){.kind = kind, .data_bytes = count}, NULL, text);
}

/*
 * Reads all of standard input, before there is a connection: the server takes so many at once, and calls that wait for
 * each other in a pipeline must not hold them. Of a file the position stays where it is: a loop that reads its lines from
 * there goes on, as it would around a program that reads nothing.
 */
static void read_input(void) {
  off_t position = lseek(0, 0, SEEK_CUR);
  size_t room = 0;
  for (;;) {
    if (input_bytes == room) {
      room = room == 0 ? 64 << 10 : 2 * room;
      if (room > INPUT_LIMIT || (input = realloc(input, room)) == NULL)
        fail("standard input holds too many bytes for one call");
    }
    char *end = input + input_bytes;
    ssize_t count = position < 0 ? read(0, end, room - input_bytes) : pread(0, end, room - input_bytes, position);
    if (count < 0 && errno == EINTR) continue;
    /* Without standard input there is none, as for any program that then reads. */
    if (count <= 0) return;
    if (position >= 0) position += count;
    input_bytes += (size_t)count;
  }
}

static void send_input(void) {
  count_bytes(input_bytes);
  if (input_bytes > 0) send_item((struct item){.kind = INPUT, .data_bytes = input_bytes}, NULL, input);
}

int main(int argc, char **argv) {
  /* A descriptor that is closed would be taken by the socket. */
  while ((server = open("/dev/null", O_RDWR)) >= 0 && server < 3) {
  }
  if (server >= 3) close(server);
  read_input();
  server = connect_to(SOCKET);
  if (server < 0) fail("taskforge cannot be reached: %s; the run may have ended", strerror(errno));
  struct greeting greeting;
  if (!read_whole(server, &greeting, sizeof greeting) || greeting.magic != GREETING)
    fail("taskforge does not answer; the run may have ended");
  bytes_left = greeting.bytes;
  entries_left = greeting.entries;
  umask(0);
  on_closed_pipe = signal(SIGPIPE, SIG_IGN);
  for (int index = 1; index < argc; index++) send_text(ARGUMENT, argv[index]);
  for (char **variable = environ; *variable != NULL; variable++)
    if (!is_the_shells(*variable)) send_text(VARIABLE, *variable);
  send_input();
  send_tree();
  send_item((struct item){.kind = END}, NULL, NULL);
  play_back();
}
