/*
 * taskforge-recorder: stand in for a program while its test suite runs, and note what the program is given.
 *
 * It is put where the program was, with a setup behind its own bytes (see setup.c), and the program stands beside it
 * under another name. It becomes the program by exec: process id, parent, signals, exit status and every descriptor are
 * the program's own. Before that it forks off a watcher, in a session of its own and no child of anybody who waits, and
 * puts a seccomp filter on itself that announces to the watcher the calls by which files are found. The watcher notes
 * what stands there when a path is first touched, lets every call go on, and writes the record before it lets the
 * program's exit go on. Where standard input is a pipe it is the watcher that reads, exactly what the program asks for
 * and when it asks, so that what the program leaves is left.
 *
 * A record is a file in the records directory, complete when it has its name. Its fields are "name length\nbytes\n":
 *
 *   argument         argv, the zeroth too
 *   variable         NAME=VALUE
 *   directory        the working directory
 *   input            the digest of what was read, or could be, from standard input
 *   input-cut        there was more
 *   input-unseen     it was read, and of a kind that cannot be looked at, such as a terminal
 *   file             "MODE SIZE DIGEST PATH": a regular file when it was first touched, the digest of its first bytes
 *   folder           "PATH": a directory that was touched, or holds what was not there
 *   absent           "PATH": nothing was there, or the program emptied it
 *   unwatched        files could not be watched
 *   end              the last field
 *
 * Exit status 127 with a message is a failure of this program itself.
 */
#define _GNU_SOURCE
#include "recorder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static struct setup setup;

static _Noreturn void become(char **argv) {
  execve(setup.program, argv, environ);
  dprintf(2, "taskforge-recorder: %s: %s\n", setup.program, strerror(errno));
  _exit(127);
}

static void send_descriptor(int socket, int descriptor) {
  char byte = descriptor >= 0;
  struct iovec part = {&byte, 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (descriptor >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.space;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

static int receive_descriptor(int socket) {
  char byte = 0;
  struct iovec part = {&byte, 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space};
  ssize_t count;
  while ((count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  struct cmsghdr *header = count == 1 ? CMSG_FIRSTHDR(&message) : NULL;
  if (header == NULL || header->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
  return descriptor;
}

static void record_invocation(char **argv) {
  record_begin(&setup);
  for (char **word = argv; *word != NULL; word++) record_text("argument", *word);
  for (char **variable = environ; *variable != NULL; variable++)
    if (strlen(*variable) < PATH_BYTES) record_text("variable", *variable);
  char directory[PATH_BYTES];
  if (getcwd(directory, sizeof directory) == NULL) directory[0] = '\0';
  record_text("directory", directory);
  files_begin(directory);
}

/* Closes every descriptor but three, of which some may be -1. */
static void close_others(int one, int two, int three) {
  int from = 0;
  for (;;) {
    int next = -1;
    const int kept[3] = {one, two, three};
    for (int place = 0; place < 3; place++)
      if (kept[place] >= from && (next < 0 || kept[place] < next)) next = kept[place];
    if (next < 0) break;
    if (next > from) close_range((unsigned)from, (unsigned)next - 1, 0);
    from = next + 1;
  }
  close_range((unsigned)from, ~0u, 0);
}

/* The watcher: no signal of the program's group reaches it, and it holds nothing that somebody waits to see closed. */
static _Noreturn void attend(char **argv, pid_t program, int socket) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  setsid();
  record_invocation(argv);
  int input = input_begin(&setup);
  struct {
    pid_t watcher;
    bool reads;
  } hello = {getpid(), input >= 0};
  while (send(socket, &hello, sizeof hello, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
  int listener = receive_descriptor(socket);
  if (listener < 0) {
    record_text("unwatched", "");
    record_finish();
  }
  close_others(socket, listener, input);
  if (chdir("/") != 0) errno = 0;
  char byte = 1;
  send(socket, &byte, 1, MSG_NOSIGNAL);
  close(socket);
  if (listener < 0) _exit(0);
  watch(&setup, program, listener, input);
}

int main(int argc, char **argv) {
  (void)argc;
  if (!setup_read(&setup)) {
    dprintf(2, "taskforge-recorder: there is no setup behind this executable\n");
    return 127;
  }
  int ends[2];
  if (!books_admit(&setup) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) become(argv);
  pid_t program = getpid();
  pid_t between = fork();
  if (between < 0) become(argv);
  if (between == 0) {
    close(ends[0]);
    if (fork() == 0) attend(argv, program, ends[1]);
    _exit(0);
  }
  close(ends[1]);
  while (waitpid(between, NULL, 0) < 0 && errno == EINTR) {
  }
  struct {
    pid_t watcher;
    bool reads;
  } hello;
  if (recv(ends[0], &hello, sizeof hello, MSG_WAITALL) == sizeof hello) {
    /* Where ptrace is for ancestors only, this is what lets the watcher read the paths. */
    prctl(PR_SET_PTRACER, (unsigned long)hello.watcher, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int listener = filter_install(hello.reads);
    send_descriptor(ends[0], listener);
    char byte;
    while (recv(ends[0], &byte, 1, 0) < 0 && errno == EINTR) {
    }
    if (listener >= 0) close(listener);
  }
  close(ends[0]);
  become(argv);
}
