/* The system calls that take a path, and where its parts are among their arguments. */
#ifndef CALLS_H
#define CALLS_H

#include <sys/syscall.h>

struct call {
  int number;
  signed char directory; /* the argument with the descriptor that a relative path begins at; -1 for none */
  signed char path;      /* the argument with the path; -1 ends the list */
  signed char flags;     /* the argument with the flags of open; -1 for none */
};

static const struct call calls[] = {
#ifdef __NR_open
    {__NR_open, -1, 0, 1},
    {__NR_creat, -1, 0, -1},
    {__NR_stat, -1, 0, -1},
    {__NR_lstat, -1, 0, -1},
    {__NR_access, -1, 0, -1},
    {__NR_readlink, -1, 0, -1},
    {__NR_unlink, -1, 0, -1},
    {__NR_rename, -1, 0, -1},
#endif
    {__NR_openat, 0, 1, 2},
#ifdef __NR_openat2
    {__NR_openat2, 0, 1, -1},
#endif
    {__NR_newfstatat, 0, 1, -1},
    {__NR_statx, 0, 1, -1},
    {__NR_faccessat, 0, 1, -1},
#ifdef __NR_faccessat2
    {__NR_faccessat2, 0, 1, -1},
#endif
    {__NR_readlinkat, 0, 1, -1},
    {__NR_unlinkat, 0, 1, -1},
#ifdef __NR_renameat
    {__NR_renameat, 0, 1, -1},
#endif
    {__NR_renameat2, 0, 1, -1},
    {__NR_execve, -1, 0, -1},
    {__NR_execveat, 0, 1, -1},
    {-1, -1, -1, -1},
};

#endif
