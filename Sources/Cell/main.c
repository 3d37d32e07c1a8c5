/*
 * taskforge-cell: runs cases, one after another, each behind walls of its own.
 *
 *   taskforge-cell [--refuse-memfd] [--no-code] [--edges] [--without BITS] [--sites FILE]
 *
 * It is process 1 of a sandbox made by bubblewrap, with all capabilities of that sandbox's user namespace, and talks
 * with the host over its standard input, a stream socket (protocol.h). Standard error is for what ends the cell.
 *
 *   system    the kernel without a C library        tree     the file system of a case, before and after
 *   channel   the socket                            init     the first process of a case
 *   walls     what is put up once                   watch    pipes, caps and clock of a running case
 *   filter    the system calls that are refused     run      one case from request to end
 *   clock     a program by another clock            trace    holding a program at its execution
 *   mutant    a program with other bytes            edges    what a measured run reached
 */
#include "channel.h"
#include "mutant.h"
#include "run.h"
#include "walls.h"

#include <signal.h>

static int equal(const char *left, const char *right) {
  return strlen(left) == strlen(right) && memcmp(left, right, strlen(left)) == 0;
}

static unsigned number(const char *text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (unsigned)(*text - '0');
  return value;
}

int cell_main(int argc, char **argv) {
  static struct walls walls;
  for (int at = 1; at < argc; at++) {
    if (equal(argv[at], "--refuse-memfd")) {
      walls.refuse_memfd = 1;
    } else if (equal(argv[at], "--no-code")) {
      walls.no_code = walls.refuse_memfd = 1;
    } else if (equal(argv[at], "--edges")) {
      walls.measures_edges = 1;
    } else if (equal(argv[at], "--without") && at + 1 < argc) {
      walls.without = number(argv[++at]);
    } else if (equal(argv[at], "--sites") && at + 1 < argc) {
      mutant_load_sites(argv[++at]);
    } else {
      die(argv[at], 0);
    }
  }
  walls_raise(&walls);
  struct ready ready = {
      .magic = PROTOCOL_MAGIC,
      .abilities = walls.abilities,
      .cpus = walls.cpus,
      .clock_error = (int32_t)-walls.clock_error,
  };
  channel_put(READY, &ready, sizeof ready, 0, 0);
  channel_flush();
  for (;;) run_next(&walls);
}
