/* One case from its request to its end. */
#ifndef CELL_RUN_H
#define CELL_RUN_H

#include "walls.h"

/* Reads the next request, runs it and puts its records on the channel, END or FAILED last, and sends them. */
void run_next(struct walls *walls);

#endif
