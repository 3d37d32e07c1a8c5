/*
 * The supervisor: parent of the command and, as a subreaper, of every orphan it leaves. It ends with the command, on
 * SIGTERM, when its own starter dies, or when all processes together pass a bound; in each case it first kills every
 * descendant and waits for it. A pid namespace's init is reaped only after its last process, so nothing can be left.
 *
 * The report is a text file of "key value" lines: exit or signal, cpu_us, peak_bytes, and limit where a bound ended
 * the command.
 */
#define _GNU_SOURCE
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <dirent.h>
#include <unistd.h>

struct sample {
  unsigned long long ticks, resident, processes;
  bool exact_memory;
  int kill_signal;
};

static void visit(pid_t pid, struct sample *sample);

/* A shared page counts for each process in a resident set, but once in all proportional sets together. */
static unsigned long long proportional_set(pid_t pid, unsigned long long resident) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) return resident;
  unsigned long long kilobytes, found = resident;
  while (fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "Pss: %llu", &kilobytes) == 1) {
      found = kilobytes * 1024;
      break;
    }
  fclose(file);
  return found;
}

static void measure(pid_t pid, struct sample *sample) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return;
  text[length] = '\0';
  /* The name in parentheses may hold anything, parentheses too. */
  const char *rest = strrchr(text, ')');
  unsigned long long user, system, child_user, child_system;
  long long pages;
  if (rest == NULL ||
      sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu %*d %*d %*d %*d %*u %*u %lld",
             &user, &system, &child_user, &child_system, &pages) != 5)
    return;
  unsigned long long resident = (unsigned long long)pages * (unsigned long long)sysconf(_SC_PAGESIZE);
  sample->ticks += user + system + child_user + child_system;
  sample->resident += sample->exact_memory && resident > 0 ? proportional_set(pid, resident) : resident;
  sample->processes++;
}

static void visit_children(const char *path, struct sample *sample) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return;
  int child;
  while (fscanf(file, "%d", &child) == 1) visit(child, sample);
  fclose(file);
}

static void walk(pid_t pid, struct sample *sample) {
  char path[320];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = opendir(path);
  if (tasks == NULL) return;
  for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%d/task/%s/children", pid, entry->d_name);
    visit_children(path, sample);
  }
  closedir(tasks);
}

static void visit(pid_t pid, struct sample *sample) {
  if (sample->kill_signal != 0) {
    /* First the children: once a process is dead its children are no longer listed under it. */
    kill(pid, SIGSTOP);
    walk(pid, sample);
    kill(pid, sample->kill_signal);
  } else {
    walk(pid, sample);
    measure(pid, sample);
  }
}

static void kill_everything(void) {
  for (;;) {
    struct sample ending = {.kill_signal = SIGKILL};
    walk(getpid(), &ending);
    pid_t gone = waitpid(-1, NULL, WNOHANG);
    if (gone < 0 && errno == ECHILD) return;
    if (gone == 0) {
      struct timespec pause = {.tv_nsec = 2000000};
      nanosleep(&pause, NULL);
    }
  }
}

static const char *passed(const struct bounds *bounds, unsigned long long *peak) {
  struct sample sample = {0};
  walk(getpid(), &sample);
  if (bounds->memory_bytes != 0 && sample.resident > bounds->memory_bytes) {
    sample = (struct sample){.exact_memory = true};
    walk(getpid(), &sample);
  }
  if (sample.resident > *peak) *peak = sample.resident;
  if (bounds->memory_bytes != 0 && sample.resident > bounds->memory_bytes) return "memory";
  if (bounds->cpu_seconds != 0 &&
      sample.ticks > bounds->cpu_seconds * (unsigned long long)sysconf(_SC_CLK_TCK))
    return "cpu";
  if (bounds->processes != 0 && sample.processes > bounds->processes) return "processes";
  return NULL;
}

/* Waits for the command; returns the name of a bound it passed, "stop" when asked to end it, or NULL. */
static const char *wait_for(pid_t child, int *status, const struct bounds *bounds, unsigned long long *peak) {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  sigaddset(&awaited, SIGHUP);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (;;) {
    pid_t gone;
    int ended;
    while ((gone = waitpid(-1, &ended, WNOHANG)) > 0)
      if (gone == child) {
        *status = ended;
        return NULL;
      }
    struct timespec now, period = {.tv_nsec = 100000000};
    int signal = sigtimedwait(&awaited, NULL, &period);
    if (signal > 0 && signal != SIGCHLD) return "stop";
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long since = (now.tv_sec - next.tv_sec) * 1000 + (now.tv_nsec - next.tv_nsec) / 1000000;
    if (since < 100) continue;
    next = now;
    const char *bound = passed(bounds, peak);
    if (bound != NULL) return bound;
  }
}

static void write_report(const char *path, int status, const char *why, unsigned long long peak) {
  if (path == NULL) return;
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) fail(path);
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  unsigned long long largest = (unsigned long long)usage.ru_maxrss * 1024;
  dprintf(fd, "%s %d\n", WIFEXITED(status) ? "exit" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  dprintf(fd, "cpu_us %lld\n",
          (long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
              usage.ru_stime.tv_usec);
  dprintf(fd, "peak_bytes %llu\n", peak > largest ? peak : largest);
  if (why != NULL) dprintf(fd, "limit %s\n", why);
  close(fd);
}

void supervise(char **command, int starter, const char *report, const struct bounds *bounds) {
  sigset_t all, old;
  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, &old) != 0) fail("signal mask");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail("subreaper");
  /* SIGTERM instead of SIGKILL, so that the descendants are ended too when the starter dies. */
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) fail("parent death signal");
  if (getppid() != starter) _exit(125);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("parent death signal");
    sigemptyset(&old);
    sigprocmask(SIG_SETMASK, &old, NULL);
    execvp(command[0], command);
    fail(command[0]);
  }
  close(0);
  close(1);
  int status = SIGKILL;
  unsigned long long peak = 0;
  const char *why = wait_for(child, &status, bounds, &peak);
  kill_everything();
  write_report(report, status, why, peak);
  if (WIFEXITED(status)) exit(WEXITSTATUS(status));
  signal(WTERMSIG(status), SIG_DFL);
  sigemptyset(&old);
  raise(WTERMSIG(status));
  sigprocmask(SIG_SETMASK, &old, NULL);
  _exit(128 + WTERMSIG(status));
}
