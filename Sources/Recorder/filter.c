/* The filter that announces calls to the watcher; what it does not name goes its way at no cost. */
#define _GNU_SOURCE
#include "recorder.h"
#include "calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the recorder knows no system call numbers of this architecture"
#endif

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static struct sock_filter code[128];
static unsigned short length;

static void emit(unsigned short operation, unsigned value, unsigned char yes, unsigned char no) {
  code[length++] = (struct sock_filter){.code = operation, .jt = yes, .jf = no, .k = value};
}

static void announce(unsigned number) {
  emit(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
  emit(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF, 0, 0);
}

int filter_install(bool reads) {
  emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
  emit(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0);
  emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
  for (const struct call *call = calls; call->path >= 0; call++) announce((unsigned)call->number);
  announce(__NR_exit_group);
  if (reads) {
    announce(__NR_read);
    announce(__NR_readv);
  }
  emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  struct sock_fprog program = {.len = length, .filter = code};
  /* A call that waits for the watcher ends by a handled signal only where waiting is what it is for: in a read. */
  unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  if (!reads) {
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
    if (listener >= 0 || errno != EINVAL) return (int)listener;
  }
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
