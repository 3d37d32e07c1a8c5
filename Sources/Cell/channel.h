/* The stream socket to the host: whole requests in, batched records out. Losing the host ends the cell. */
#ifndef CELL_CHANNEL_H
#define CELL_CHANNEL_H

#include "protocol.h"
#include "system.h"

enum { HOST = 0, CHANNEL_BUFFER = 1 << 16 };

/* Reads exactly `count` bytes. A host that has gone between two requests ends the cell without a word. */
void channel_read(void *to, size_t count);

/* Gives up to `most` bytes that lie in the channel's buffer, at least one; they hold until the next call. */
size_t channel_peek(const char **from, size_t most);

/* Room for a record of up to `most` bytes of payload (at most CHANNEL_BUFFER - 8); commit says how many there are. */
char *channel_reserve(size_t most);
void channel_commit(uint32_t kind, size_t count);

/* A record whose payload is in one or two parts. */
void channel_put(uint32_t kind, const void *first, size_t first_count, const void *second, size_t second_count);

/* Sends all that was put. */
void channel_flush(void);

#endif
