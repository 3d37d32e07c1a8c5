/* Holding a program at its execution and reading and writing its memory, by ptrace alone. */
#ifndef CELL_TRACE_H
#define CELL_TRACE_H

#include "init.h"

/*
 * Starts the program's process, traced with these PTRACE_O options from before it executes; `prepare`, where there is
 * one, runs in that process without any right. Gives its id, or an error with the step that failed.
 */
result trace_start(struct run *run, unsigned long options, result (*prepare)(void));

/* Lets a stopped process go on, with the signal it was about to be given. */
void trace_go_on(result process, int status);

/* A word of the program's memory, whatever protects it; /proc/PID/mem of a file that may not be read is closed. */
result trace_read(result process, uint64_t at, uint64_t *word);
result trace_write(result process, uint64_t at, uint64_t word);

/*
 * The auxiliary entry with this tag, of a program that has just executed: the address of the tag, the value behind it.
 * 0 where there is none.
 */
result trace_auxiliary(result process, uint64_t tag, uint64_t *at);

#endif
