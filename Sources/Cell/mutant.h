/* Runs a program with a few bytes of it changed, or notes which of many places in it a run reaches. */
#ifndef CELL_MUTANT_H
#define CELL_MUTANT_H

#include "init.h"

/*
 * Maps the list of places that cases may ask about, once: little-endian 64-bit numbers, first the entry point that the
 * executable's header names, then addresses in ascending order. Any failure ends the cell.
 */
void mutant_load_sites(const char *path);

/* Starts the program as the request's PATCHED and SITES want it and stays with it to its end; 0, or an error with the
 * step that failed. */
result mutant_run_program(struct run *run);

/* Puts REACHED on the channel: what the last run with SITES reached. */
void mutant_tell_sites(void);

#endif
