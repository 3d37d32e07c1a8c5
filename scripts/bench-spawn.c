/*
 * What scripts/bench compares the cell with: the same program started again and again in other ways.
 *
 *   bench-spawn bare CASES WORKERS DIRECTORY PROG ARG...     vfork and exec in DIRECTORY, output thrown away: no wall
 *   bench-spawn bwrap CASES WORKERS DIRECTORY PROG ARG...    one bubblewrap per case, with a fresh copy of DIRECTORY as
 *                                                            /workspace and the output collected, as a careful harness
 *                                                            would
 *
 * WORKERS processes share the cases.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(1);
}

static void bare(const char *directory, char **command) {
  pid_t child = vfork();
  if (child == 0) {
    if (chdir(directory) != 0) _exit(127);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    execv(command[0], command);
    _exit(127);
  }
  int status;
  waitpid(child, &status, 0);
  must(status == 0, command[0]);
}

static void copy_all(const char *from, const char *to) {
  DIR *listing = opendir(from);
  must(listing != NULL, from);
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    if (entry->d_type != DT_REG) continue;
    char source[4096], target[4096], bytes[65536];
    snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
    snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
    int in = open(source, O_RDONLY), out = open(target, O_WRONLY | O_CREAT | O_EXCL, 0644);
    for (ssize_t count; (count = read(in, bytes, sizeof bytes)) > 0;) must(write(out, bytes, count) == count, target);
    close(in);
    close(out);
  }
  closedir(listing);
}

static void remove_all(const char *directory) {
  DIR *listing = opendir(directory);
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
    if (entry->d_type == DT_REG) unlink(path);
  }
  closedir(listing);
  rmdir(directory);
}

static void bubblewrap(const char *directory, char **command) {
  char work[] = "/dev/shm/bench-XXXXXX";
  must(mkdtemp(work) != NULL, work);
  copy_all(directory, work);
  int ends[2];
  must(pipe(ends) == 0, "pipe");
  char *line[64] = {"bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--ro-bind", "/usr",
                    "/usr", "--ro-bind", "/etc", "/etc", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib",
                    "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
                    "--bind", work, "/workspace", "--chdir", "/workspace"};
  int count = 0;
  while (line[count] != NULL) count++;
  for (int at = 0; command[at] != NULL && count < 63; at++) line[count++] = command[at];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  pid_t child;
  must(posix_spawnp(&child, "bwrap", &actions, NULL, line, environ) == 0, "bwrap");
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  char bytes[65536];
  while (read(ends[0], bytes, sizeof bytes) > 0) {
  }
  close(ends[0]);
  int status;
  waitpid(child, &status, 0);
  must(status == 0, "a case in bubblewrap");
  remove_all(work);
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  int wrapped = strcmp(argv[1], "bwrap") == 0, cases = atoi(argv[2]), workers = atoi(argv[3]);
  atomic_int *taken = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int worker = 0; worker < workers; worker++) {
    if (fork() != 0) continue;
    while (atomic_fetch_add(taken, 1) < cases) {
      if (wrapped) bubblewrap(argv[4], argv + 5);
      else bare(argv[4], argv + 5);
    }
    exit(0);
  }
  int failed = 0, status;
  while (wait(&status) > 0) failed |= status != 0;
  return failed;
}
