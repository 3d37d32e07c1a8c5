/* Runs a program by another clock. */
#ifndef CELL_CLOCK_H
#define CELL_CLOCK_H

#include "init.h"

/* Whether this can be done here: 0, or the error of what was refused. Asked once, by trying. */
result clock_probe(void);

/* Moves the clocks that count from the start of the system; in the init, while it has its rights. */
result clock_enter(struct run *run);

/* Starts the program and stays with it to its end, answering what it asks; 0, or an error with the step that failed. */
result clock_run_program(struct run *run);

#endif
