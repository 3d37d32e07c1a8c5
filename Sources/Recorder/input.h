/* Standard input: what the program was given there, and the reads that the watcher makes for it. */
#ifndef INPUT_H
#define INPUT_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Takes over the stream that the program's reads come from; -1 for none. */
void input_watch(int stream);
/* Puts what was read into the record and lets go of the stream; later calls do nothing. */
void input_record(void);
/* Takes a read of the program; false where the call is to go on by itself. */
bool input_asked(const struct seccomp_notif *notice);
/* The stream to wait for, or -1 while nobody reads. */
int input_wanted(void);
/* Makes the first waiting read. */
void input_ready(void);

/* Answers a call with a value or an error, or lets it go on; false where nobody waits for the answer any more. */
bool answer(uint64_t id, int error, int64_t value, bool goes_on);
/* Whether the caller still waits: a signal may have taken it elsewhere. */
bool is_waiting(uint64_t id);

#endif
