/*
 * What a measured run reached: counters that the program's own edges write, in memory that it shares with the cell for
 * one run. For searching alone; no case is recorded or graded so.
 */
#ifndef CELL_EDGES_H
#define CELL_EDGES_H

#include "system.h"

/*
 * The program's runtime (ForgeCompile's EdgeRuntime) finds the memory as this descriptor, maps it and closes it before
 * anything of the program runs: nothing that the program can print differs.
 */
enum { EDGE_DESCRIPTOR = 198, EDGE_COUNTERS = 1 << 18 };

/* Makes the memory; its size is sealed, for a program that cut it short would end the cell. */
result edges_make(void);

/* The memory's descriptor, or -1 where it was not made. */
int edges_descriptor(void);

/* Puts the counters on the channel and clears them all, so that the next run finds nothing of this one. */
void edges_take(void);

#endif
