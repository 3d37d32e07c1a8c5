/* What the parts of the client share: main.c speaks for the caller, send.c sends its files, apply.c brings changes back. */
#ifndef PROBE_H
#define PROBE_H

#include "items.h"

#include <stdbool.h>
#include <stddef.h>

/* The connection to taskforge. */
extern int server;
/* What the call may still hold. */
extern uint64_t bytes_left;
extern uint32_t entries_left;

/* Says why the call did not work and exits with status 125. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sends bytes. Where the server has hung up, its answer is read instead and tells why: this does not return then. */
void send_bytes(const void *bytes, size_t count);

/* Sends one item; its data may follow by itself. */
void send_item(struct item item, const char *name, const void *data);

/* Counts bytes against the bound of a call. */
void count_bytes(uint64_t bytes);

/* Sends all below the current directory but the executable itself. */
void send_tree(void);

/* Makes what the program changed; name and data are read from the server. */
void apply(const struct item *item, const char *name);

/* Reads the data of an item in pieces and writes it to a descriptor; false where that takes no more. */
bool pass_data(int fd, uint64_t count);

#endif
