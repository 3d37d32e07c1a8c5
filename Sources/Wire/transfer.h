/* Whole reads and writes on a blocking descriptor, for the programs that speak to taskforge over a socket. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Writes all of it; false with errno where the descriptor takes no more. */
static inline bool write_whole(int fd, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    ssize_t done = write(fd, at, count);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    at += done;
    count -= (size_t)done;
  }
  return true;
}

/* Reads exactly that much; false where the other side ended before. */
static inline bool read_whole(int fd, void *bytes, size_t count) {
  char *at = bytes;
  while (count > 0) {
    ssize_t done = read(fd, at, count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    count -= (size_t)done;
  }
  return true;
}

/* A stream to the socket at an absolute path, which may be longer than an address; -1 with errno. */
static inline int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *name = strrchr(path, '/');
  char directory[4096];
  if (name == NULL || (size_t)(name - path) >= sizeof directory) {
    errno = ENAMETOOLONG;
    return -1;
  }
  snprintf(directory, sizeof directory, "%.*s/", (int)(name - path), path);
  int parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return -1;
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d%s", parent, name);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    close(parent);
    return -1;
  }
  while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    if (errno != EINTR) {
      int error = errno;
      close(fd);
      close(parent);
      errno = error;
      return -1;
    }
  close(parent);
  return fd;
}

#endif
