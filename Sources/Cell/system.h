/*
 * The few things the cell needs of the kernel and of C, without a C library: the root file system inside has none to
 * offer, and every page the cell does not have is one that a case's first process does not inherit.
 *
 * A system call gives its result, or the negated error number. There is no errno: the cell and the init it makes for
 * a case share their memory, and would share that too.
 */
#ifndef CELL_SYSTEM_H
#define CELL_SYSTEM_H

#ifndef __x86_64__
#error "taskforge-cell is written for x86-64"
#endif

#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

typedef long result;

static inline result syscall6(long number, long a, long b, long c, long d, long e, long f) {
  long value;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(value)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return value;
}

#define SYS_N(number, a, b, c, d, e, f, ...) \
  syscall6((number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* sys(NUMBER, up to six arguments…) */
#define sys(number, ...) SYS_N(number, __VA_ARGS__ __VA_OPT__(, ) 0, 0, 0, 0, 0, 0)

/*
 * The seccomp filter of the cell is also that of its cases, for making one costs as much as a namespace. What the
 * cell may do and a case may not is let through only with this number as sixth argument, which none of those calls
 * has: 64 random bits that exist in the cell's memory alone (see filter.c).
 */
extern uint64_t cell_token;
#define SYS_T(number, a, b, c, d, e, ...) \
  syscall6((number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)cell_token)
#define guarded(number, ...) SYS_T(number, __VA_ARGS__ __VA_OPT__(, ) 0, 0, 0, 0, 0)

/*
 * clone(2) with a stack and a function of the child's own; the function's result is the exit status. The raw call is
 * used since clone3 hides its flags from the filter.
 */
result spawn(unsigned long flags, void *stack_top, int *pidfd, int (*body)(void *), void *argument);

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *left, const void *right, size_t count);
size_t strlen(const char *text);

/* Writes a decimal number and a NUL, and gives the place of the NUL. */
char *decimal(char *to, uint64_t value);

/* Writes a whole text to a file that exists. */
result write_file(const char *path, const char *text);

/* Microseconds of a clock that only goes forward. */
uint64_t now_us(void);

/* Says on standard error which step failed and ends the cell: the host then starts another. */
_Noreturn void die(const char *step, result error);

#endif
