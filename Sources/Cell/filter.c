/*
 * One filter for cell and cases. Calls on neither list are always allowed, which the kernel remembers per number, so
 * that they cost next to nothing.
 *
 *   another architecture, x32        the process is killed: numbers mean something else there
 *   guarded                          EPERM without the token (see system.h)
 *   refused                          EPERM
 *   absent                           ENOSYS, so that a program takes its older way: clone3 and io_uring do their work
 *                                    where a filter cannot see it
 *   clone with namespace flags       EPERM without the token
 *   socket, socketpair               only unix, inet, inet6 and netlink, which a network namespace holds; vsock it
 *                                    does not
 */
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/socket.h>

static const uint16_t guarded_calls[] = {
    __NR_ptrace,     __NR_setns,    __NR_unshare,   __NR_mount,        __NR_umount2,
    __NR_pivot_root, __NR_chroot,   __NR_open_tree, __NR_move_mount,   __NR_fsopen,
    __NR_fsconfig,   __NR_fsmount,  __NR_fspick,    __NR_mount_setattr,
};

static const uint16_t refused_calls[] = {
    __NR_process_vm_readv, __NR_process_vm_writev, __NR_process_madvise,  __NR_kcmp,
    __NR_pidfd_getfd,      __NR_bpf,               __NR_perf_event_open,  __NR_userfaultfd,
    __NR_keyctl,           __NR_add_key,           __NR_request_key,      __NR_open_by_handle_at,
    __NR_fanotify_init,    __NR_kexec_load,        __NR_kexec_file_load,  __NR_init_module,
    __NR_finit_module,     __NR_delete_module,     __NR_reboot,           __NR_swapon,
    __NR_swapoff,          __NR_quotactl,          __NR_quotactl_fd,      __NR_acct,
    __NR_syslog,           __NR_iopl,              __NR_ioperm,           __NR_vhangup,
    __NR_settimeofday,     __NR_clock_settime,     __NR_clock_adjtime,    __NR_adjtimex,
    __NR_lookup_dcookie,   __NR_move_pages,        __NR_migrate_pages,
};

static const uint16_t absent_calls[] = {
    __NR_clone3, __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register, __NR_memfd_secret,
};

enum {
  NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET,
  ALL = 256
};

static struct sock_filter code[ALL];
static unsigned count;

static void emit(uint16_t operation, uint32_t value, uint8_t yes, uint8_t no) {
  if (count == ALL) die("seccomp filter too long", 0);
  code[count++] = (struct sock_filter){.code = operation, .jt = yes, .jf = no, .k = value};
}

static void load(size_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }
static void answer(uint32_t action) { emit(BPF_RET | BPF_K, action, 0, 0); }
/* Skips the next `skip` instructions unless the loaded value is this one. */
static void unless(uint32_t value, uint8_t skip) { emit(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip); }

static void refuse(const uint16_t *calls, size_t bytes, uint32_t error) {
  for (size_t at = 0; at < bytes / sizeof *calls; at++) {
    unless(calls[at], 1);
    answer(SECCOMP_RET_ERRNO | error);
  }
}

/* Ends the program: ALLOW with the token as sixth argument, EPERM without. */
static void demand_token(void) {
  load(offsetof(struct seccomp_data, args) + 5 * 8);
  unless((uint32_t)cell_token, 3);
  load(offsetof(struct seccomp_data, args) + 5 * 8 + 4);
  unless((uint32_t)(cell_token >> 32), 1);
  answer(SECCOMP_RET_ALLOW);
  answer(SECCOMP_RET_ERRNO | EPERM);
}

static void sockets(uint32_t call) {
  static const uint32_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
  unless(call, 1 + 2 * sizeof families / sizeof *families + 1);
  load(offsetof(struct seccomp_data, args));
  for (size_t at = 0; at < sizeof families / sizeof *families; at++) {
    unless(families[at], 1);
    answer(SECCOMP_RET_ALLOW);
  }
  answer(SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

result filter_install(int refuse_memfd) {
  result got = sys(__NR_getrandom, &cell_token, sizeof cell_token, 0);
  if (got != (result)sizeof cell_token) return got < 0 ? got : -EIO;

  load(offsetof(struct seccomp_data, arch));
  emit(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
  answer(SECCOMP_RET_KILL_PROCESS);
  load(offsetof(struct seccomp_data, nr));
  emit(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  answer(SECCOMP_RET_KILL_PROCESS);

  refuse(refused_calls, sizeof refused_calls, EPERM);
  refuse(absent_calls, sizeof absent_calls, ENOSYS);
  if (refuse_memfd) {
    /* Memory that no limit of a process counts, and no group either. */
    static const uint16_t uncounted[] = {__NR_memfd_create, __NR_shmget};
    refuse(uncounted, sizeof uncounted, ENOSYS);
  }
  sockets(__NR_socket);
  sockets(__NR_socketpair);

  for (size_t at = 0; at < sizeof guarded_calls / sizeof *guarded_calls; at++) {
    unless(guarded_calls[at], 6);
    demand_token();
  }
  unless(__NR_clone, 8);
  load(offsetof(struct seccomp_data, args));
  emit(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 6);
  demand_token();
  answer(SECCOMP_RET_ALLOW);

  struct sock_fprog program = {.len = (unsigned short)count, .filter = code};
  return sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
