#include "system.h"

#include <fcntl.h>
#include <time.h>

uint64_t cell_token;

int cell_main(int argc, char **argv);

__asm__(
    ".text\n"
    ".globl _start\n"
    ".type _start,@function\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  mov (%rsp), %rdi\n"
    "  lea 8(%rsp), %rsi\n"
    "  and $-16, %rsp\n"
    "  call cell_main\n"
    "  mov %eax, %edi\n"
    "  mov $231, %eax\n" /* exit_group */
    "  syscall\n"
    "  hlt\n");

/* spawn_raw(flags, stack, pidfd, token): the child calls the function that lies on its stack. */
__asm__(
    ".text\n"
    ".type spawn_raw,@function\n"
    "spawn_raw:\n"
    "  mov %rcx, %r9\n" /* sixth argument: the token */
    "  xor %r10d, %r10d\n"
    "  xor %r8d, %r8d\n"
    "  mov $56, %eax\n" /* clone */
    "  syscall\n"
    "  test %rax, %rax\n"
    "  jz 1f\n"
    "  ret\n"
    "1:\n"
    "  xor %ebp, %ebp\n"
    "  pop %rax\n"
    "  pop %rdi\n"
    "  call *%rax\n"
    "  mov %eax, %edi\n"
    "  mov $231, %eax\n"
    "  syscall\n"
    "  hlt\n");
result spawn_raw(unsigned long flags, void *stack, int *pidfd, uint64_t token) __asm__("spawn_raw");

result spawn(unsigned long flags, void *stack_top, int *pidfd, int (*body)(void *), void *argument) {
  uintptr_t *stack = (uintptr_t *)((uintptr_t)stack_top & ~(uintptr_t)15);
  *--stack = (uintptr_t)argument;
  *--stack = (uintptr_t)body;
  return spawn_raw(flags, stack, pidfd, cell_token);
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return start;
}

void *memset(void *to, int value, size_t count) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return start;
}

__attribute__((optnone)) int memcmp(const void *left, const void *right, size_t count) {
  const unsigned char *a = left, *b = right;
  for (size_t at = 0; at < count; at++) {
    if (a[at] != b[at]) return a[at] < b[at] ? -1 : 1;
  }
  return 0;
}

__attribute__((optnone)) size_t strlen(const char *text) {
  size_t count = 0;
  while (text[count] != '\0') count++;
  return count;
}

char *decimal(char *to, uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) *to++ = digits[--count];
  *to = '\0';
  return to;
}

result write_file(const char *path, const char *text) {
  result file = sys(__NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return file;
  result written = sys(__NR_write, file, text, strlen(text));
  sys(__NR_close, file);
  return written < 0 ? written : 0;
}

uint64_t now_us(void) {
  struct timespec now;
  sys(__NR_clock_gettime, CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

_Noreturn void die(const char *step, result error) {
  char text[320], *at = text;
  const char *lead = "taskforge-cell: ";
  size_t length = strlen(step);
  if (length > 200) length = 200;
  memcpy(at, lead, strlen(lead));
  at += strlen(lead);
  memcpy(at, step, length);
  at += length;
  if (error < 0) {
    memcpy(at, ": error ", 8);
    at = decimal(at + 8, (uint64_t)-error);
  }
  *at++ = '\n';
  sys(__NR_write, 2, text, at - text);
  sys(__NR_exit_group, 125);
  __builtin_unreachable();
}
