#pragma once
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The wrapper of glibc is no part of Swift's module of it. 2 is RENAME_EXCHANGE of renameat2(2).
static inline int forge_rename_exchange(const char *one, const char *other) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2u);
}

// Most descriptors that one message carries here.
enum { FORGE_MOST_DESCRIPTORS = 4 };

// Sends one message with descriptors (unix(7), SCM_RIGHTS), which macros of C alone can lay out.
static inline int forge_send_descriptors(
    int socket, const void *bytes, size_t count, const int *descriptors, int number) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(FORGE_MOST_DESCRIPTORS * sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {(void *)bytes, count};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (number > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE((size_t)number * sizeof(int));
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN((size_t)number * sizeof(int));
    memcpy(CMSG_DATA(rights), descriptors, (size_t)number * sizeof(int));
  }
  ssize_t sent;
  while ((sent = sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  return sent == (ssize_t)count ? 0 : -1;
}

// Receives one message and the descriptor that came with it, -1 where none did.
static inline ssize_t forge_receive_descriptor(int socket, void *bytes, size_t count, int *descriptor) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {bytes, count};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  ssize_t received;
  // 0x40000000 is MSG_CMSG_CLOEXEC, which asks for _GNU_SOURCE.
  while ((received = recvmsg(socket, &message, 0x40000000)) < 0 && errno == EINTR) {
  }
  *descriptor = -1;
  struct cmsghdr *rights = received < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (rights != NULL && rights->cmsg_type == SCM_RIGHTS && rights->cmsg_len == CMSG_LEN(sizeof(int)))
    memcpy(descriptor, CMSG_DATA(rights), sizeof(int));
  return received;
}

// The user at the other end of a socket (SO_PEERCRED, 17); -1 where it is not known.
static inline long forge_peer_user(int socket) {
  struct {
    int pid;
    unsigned user, group;
  } peer;
  socklen_t length = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, 17, &peer, &length) == 0 ? (long)peer.user : -1;
}
