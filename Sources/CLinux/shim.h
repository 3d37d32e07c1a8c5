#pragma once
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The wrapper of glibc is no part of Swift's module of it. 2 is RENAME_EXCHANGE of renameat2(2).
static inline int forge_rename_exchange(const char *one, const char *other) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2u);
}
