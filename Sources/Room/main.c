/*
 * taskforge-room: the first process of a cleanroom. It runs lines of shell for whoever holds the other end of
 * descriptor 0, a SOCK_SEQPACKET socket, and ends, with everything inside, when that is closed.
 *
 *   taskforge-room DIRECTORY
 *
 * At once it sends READY with a descriptor of the directory, in which lines start. Then it takes
 *
 *   RUN id, line             with three descriptors: standard input, standard output, standard error, and a fourth
 *                            to which it writes the status of waitpid(2) as four bytes when the line's shell has ended
 *   STOP id                  kills the process group of that line
 *   CLEAR                    kills everything else inside
 *
 * Every message begins with two 32-bit numbers: kind and id. What a line starts in the background lives on. As the
 * first process of its namespace it cannot be killed from inside, and it is not dumpable, so that nobody inside can
 * trace it or take its descriptors.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY = 1, RUN = 2, STOP = 3, CLEAR = 4 };
enum { CONTROL = 0, DESCRIPTORS = 4, LONGEST = 192 << 10 };

struct head {
  uint32_t kind, id;
};

struct line {
  struct line *next;
  uint32_t id;
  pid_t pid;
  int status;
};

static struct line *lines;
static sigset_t unblocked;

static _Noreturn void fail(const char *step) {
  fprintf(stderr, "taskforge-room: %s: %s\n", step, strerror(errno));
  exit(125);
}

static void send_ready(int directory) {
  struct head head = {.kind = READY};
  struct iovec part = {.iov_base = &head, .iov_len = sizeof head};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(rights), &directory, sizeof directory);
  if (sendmsg(CONTROL, &message, MSG_NOSIGNAL) < 0) fail("ready");
}

/* Should the memory run out, a line's processes go before this one. */
static void offer_to_the_oom_killer(void) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t ignored = write(fd, "500", 3);
  (void)ignored;
  close(fd);
}

static _Noreturn void become_line(const char *text, const int *streams) {
  setsid();
  for (int target = 0; target < 3; target++)
    if (dup2(streams[target], target) < 0) _exit(125);
  close_range(3, ~0u, 0);
  /* Nothing of ours is open any more, and nothing secret is in memory. */
  prctl(PR_SET_DUMPABLE, 1);
  offer_to_the_oom_killer();
  sigprocmask(SIG_SETMASK, &unblocked, NULL);
  execl("/bin/bash", "bash", "-c", text, (char *)NULL);
  dprintf(2, "taskforge: /bin/bash: %s\n", strerror(errno));
  _exit(127);
}

static void finish(pid_t pid, int status) {
  for (struct line **at = &lines; *at != NULL; at = &(*at)->next) {
    struct line *line = *at;
    if (line->pid != pid) continue;
    ssize_t ignored = write(line->status, &status, sizeof status);
    (void)ignored;
    close(line->status);
    *at = line->next;
    free(line);
    return;
  }
}

static void reap(void) {
  pid_t gone;
  int status;
  while ((gone = waitpid(-1, &status, WNOHANG)) > 0) finish(gone, status);
}

/* Where the namespace is full of processes nothing could be run ever again, so all of them are ended. */
static pid_t fork_or_make_room(int error) {
  pid_t pid = fork();
  if (pid >= 0 || errno != EAGAIN) return pid;
  dprintf(error, "taskforge: no process could be started, so all that ran here were ended\n");
  for (int round = 0; round < 100; round++) {
    kill(-1, SIGKILL);
    usleep(10000);
    reap();
    pid = fork();
    if (pid >= 0) return pid;
  }
  return -1;
}

static void run(uint32_t id, const char *text, int *descriptors) {
  pid_t pid = fork_or_make_room(descriptors[2]);
  if (pid == 0) become_line(text, descriptors);
  struct line *line = pid < 0 ? NULL : malloc(sizeof *line);
  if (line == NULL) {
    dprintf(descriptors[2], "taskforge: the line could not be started: %s\n", strerror(errno));
    int status = 125 << 8;
    ssize_t ignored = write(descriptors[3], &status, sizeof status);
    (void)ignored;
    if (pid > 0) kill(pid, SIGKILL);
    close(descriptors[3]);
  } else {
    *line = (struct line){.next = lines, .id = id, .pid = pid, .status = descriptors[3]};
    lines = line;
  }
  for (int index = 0; index < 3; index++) close(descriptors[index]);
}

static void stop(uint32_t id) {
  for (struct line *line = lines; line != NULL; line = line->next)
    if (line->id == id) {
      /* Before the child has made its session there is no such group yet. */
      kill(-line->pid, SIGKILL);
      kill(line->pid, SIGKILL);
    }
}

static void take_message(void) {
  static char bytes[sizeof(struct head) + LONGEST + 1];
  struct iovec part = {.iov_base = bytes, .iov_len = sizeof bytes - 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t count = recvmsg(CONTROL, &message, MSG_CMSG_CLOEXEC);
  if (count < 0 && errno == EINTR) return;
  /* The end of this process is the end of its namespace. */
  if (count < (ssize_t)sizeof(struct head)) exit(0);
  struct head head;
  memcpy(&head, bytes, sizeof head);
  bytes[count] = '\0';
  int descriptors[DESCRIPTORS];
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  bool complete = rights != NULL && rights->cmsg_len == CMSG_LEN(sizeof descriptors);
  if (complete) memcpy(descriptors, CMSG_DATA(rights), sizeof descriptors);
  if (head.kind == RUN && complete)
    run(head.id, bytes + sizeof head, descriptors);
  else if (head.kind == STOP)
    stop(head.id);
  else if (head.kind == CLEAR)
    kill(-1, SIGKILL);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "taskforge-room: takes one directory\n");
    return 125;
  }
  if (prctl(PR_SET_DUMPABLE, 0) != 0) fail("dumpable");
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &children, &unblocked) != 0) fail("signal mask");
  sigemptyset(&unblocked);
  int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fail("signalfd");
  if (chdir(argv[1]) != 0) fail(argv[1]);
  int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail(argv[1]);
  if (fcntl(CONTROL, F_SETFD, FD_CLOEXEC) != 0) fail("control");
  send_ready(directory);
  close(directory);
  struct pollfd polled[] = {{.fd = CONTROL, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
  for (;;) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR) fail("poll");
    if (polled[1].revents != 0) {
      struct signalfd_siginfo ignored;
      while (read(signals, &ignored, sizeof ignored) > 0) {
      }
      reap();
    }
    if (polled[0].revents != 0) take_message();
  }
}
