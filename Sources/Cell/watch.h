/* The outside of a running case: its pipes, its caps, its clock. */
#ifndef CELL_WATCH_H
#define CELL_WATCH_H

#include "init.h"

struct watch {
  int input, output, error; /* the cell's ends of the pipes */
  const char *left;         /* standard input that did not fit the pipe */
  size_t left_bytes;
  uint64_t output_left, error_left; /* of the caps */
  unsigned notes;                   /* enum end_note */
};

/* Makes the pipes, and puts as much of the input into the first as it holds. */
result watch_open(struct watch *watch, struct run *run, const char *input);

/* Moves bytes until every process of the case is dead, killing it where a cap or the wall clock says so, then reads
 * what is left in the pipes. Takes the descriptor. */
void watch_until_dead(struct watch *watch, struct run *run, int init, int pidfd, uint64_t began);

void watch_close(struct watch *watch);

#endif
