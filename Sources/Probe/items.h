/*
 * What goes over the socket between the client in a cleanroom and taskforge outside. All numbers are little-endian.
 *
 * The server begins with a greeting. Both sides then send items, each a head, a name and data; the client ENDs with
 * nothing in it, the server with how the program ended. The server never opens what an item names.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include <stdint.h>

enum { GREETING = 0x31505246 }; /* "FRP1" */

struct greeting {
  uint32_t magic;
  uint32_t entries; /* most files, directories and links of a call */
  uint64_t bytes;   /* most bytes of a call, files rounded up to pages */
};

enum item_kind {
  ARGUMENT = 1, /* data; without argv[0] */
  VARIABLE = 2, /* data NAME=VALUE */
  INPUT = 3,    /* data: the next bytes of standard input */
  FILE_ITEM = 4,
  DIRECTORY = 5,
  LINK = 6, /* data: its target */
  REMOVED = 7,
  OUTPUT = 8,
  ERROR = 9,
  END = 10,
};

struct item {
  uint32_t kind;
  uint32_t mode; /* permission bits of FILE and DIRECTORY; of the server's END a kind of ending */
  uint32_t name_bytes;
  int32_t code; /* of the server's END */
  uint64_t data_bytes;
};

/* Kinds of endings: exit with a status, death by a signal, a message (data) that the call did not work, and status. */
enum ending { EXITED = 0, SIGNALLED = 1, FAILED = 2 };

enum { PAGE = 4096, PATH_LIMIT = 3900, DEPTH_LIMIT = 64 };

#endif
