/* The first process of a case: builds what the case sees, starts the program, gathers the dead. */
#ifndef CELL_INIT_H
#define CELL_INIT_H

#include "protocol.h"
#include "system.h"
#include "tree.h"
#include "walls.h"

/* One case, shared by the cell, its init and, until it executes, the program's process. */
struct run {
  const struct request *request;
  const struct request_patch *patch; /* read where the request has one */
  const struct walls *walls;
  char **arguments;
  char **variables;
  const char *host_name;
  struct tree tree;
  int input, output, error; /* the program's ends of the pipes */

  const char *failed_step; /* set where the case could not be built */
  result failure;
  result exec_error; /* why the kernel would not start the executable */
  int ended;         /* the program is dead, and the rest holds */
  int status;        /* as wait(2) gives it */
  uint64_t cpu_us;
  uint64_t peak_kib;
};

struct rusage;

/* Makes the calling process the program; comes back only with an error. */
result program_execute(struct run *run);

/* Adds what a dead process used. */
void init_note_usage(struct run *run, const struct rusage *usage);

/* Waits for the program, and meanwhile for orphans: their time counts too. */
void init_gather(struct run *run, result program);

/* Starts the init in namespaces of its own; gives its process id and a descriptor that is readable when all of the
 * case is dead. */
result init_start(struct run *run, int *pidfd);

/* Gives up a step that fails, and leaves its name in `run`. */
#define TRY(call, name)          \
  do {                           \
    result done_ = (call);       \
    if (done_ < 0) {             \
      run->failed_step = (name); \
      return done_;              \
    }                            \
  } while (0)

#endif
