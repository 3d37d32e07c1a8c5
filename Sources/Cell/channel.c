#include "channel.h"

#include <errno.h>
#include <sys/socket.h>

static char in[CHANNEL_BUFFER];
static size_t in_at, in_end;
static char out[CHANNEL_BUFFER];
static size_t out_end;

size_t channel_peek(const char **from, size_t most) {
  if (in_at == in_end) {
    result count;
    do count = sys(__NR_read, HOST, in, sizeof in);
    while (count == -EINTR);
    if (count <= 0) sys(__NR_exit_group, count == 0 ? 0 : 125);
    in_at = 0;
    in_end = (size_t)count;
  }
  size_t count = in_end - in_at;
  if (count > most) count = most;
  *from = in + in_at;
  in_at += count;
  return count;
}

void channel_read(void *to, size_t count) {
  while (count > 0) {
    const char *from;
    size_t part = channel_peek(&from, count);
    memcpy(to, from, part);
    to = (char *)to + part;
    count -= part;
  }
}

void channel_flush(void) {
  size_t at = 0;
  while (at < out_end) {
    result count = sys(__NR_sendto, HOST, out + at, out_end - at, MSG_NOSIGNAL);
    if (count == -EINTR) continue;
    if (count <= 0) sys(__NR_exit_group, 125);
    at += (size_t)count;
  }
  out_end = 0;
}

char *channel_reserve(size_t most) {
  if (out_end + sizeof(struct record) + most > sizeof out) channel_flush();
  return out + out_end + sizeof(struct record);
}

void channel_commit(uint32_t kind, size_t count) {
  struct record record = {.kind = kind, .bytes = (uint32_t)count};
  memcpy(out + out_end, &record, sizeof record);
  out_end += sizeof record + count;
}

void channel_put(uint32_t kind, const void *first, size_t first_count, const void *second, size_t second_count) {
  char *room = channel_reserve(first_count + second_count);
  memcpy(room, first, first_count);
  if (second_count > 0) memcpy(room + first_count, second, second_count);
  channel_commit(kind, first_count + second_count);
}
