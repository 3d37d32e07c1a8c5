/*
 * How the host and a cell talk, over one stream socket that is the cell's standard input. All numbers are
 * little-endian; nothing is padded but as written here.
 *
 * Host to cell, one after another, answered in the same order. The host may send the next request before the answer
 * to the last is complete; the cell reads it when the case before it is gone.
 *
 *   struct request                        fixed part, below
 *   strings   string_bytes                arguments with argv[0], then variables NAME=VALUE, then the host name
 *                                         (where HOST_NAME is set), each ended by NUL
 *   input     input_bytes                 standard input
 *   entries   entry_count times           struct request_entry, path_bytes of path with its NUL, data_bytes of data:
 *                                         content of a file or target of a link (without NUL). Parents come first
 *                                         or are made with mode 0755; links come last, so that no path leads through one.
 *   struct request_patch                  where PATCHED is set
 *
 * Cell to host, in records of struct record and `bytes` of payload:
 *
 *   READY     struct ready                once, after the walls that last are up
 *   STDOUT    bytes                       a piece of standard output, any number of times
 *   STDERR    bytes
 *   ENTRY     struct found, path          something below the working directory after the run, in no promised order
 *   CONTENT   bytes                       a piece of the last file entry's content, or its link's target
 *   REACHED   bits                        before END where SITES is set: of the cell's list of places, the lowest bit of
 *                                         the first byte first, those that the program or a fork of it came to
 *   EDGES     32-bit numbers              what a measured run reached (MEASURED): index of an edge << 3 | bucket of
 *                                         its count (edges.c), in ascending order over all such records
 *   END       struct end                  the case is over and its namespaces are gone
 *   FAILED    struct failed, step         instead of END: the cell could not run the case, and the case is not to
 *                                         blame; pieces that came before are void
 *
 * PATCHED and SITES are for judging a suite by mutants of the reference, never for recording or grading.
 *
 * An unreadable request ends the cell. Expected outcomes are no part of this, and must never be.
 */
#ifndef CELL_PROTOCOL_H
#define CELL_PROTOCOL_H

#include <stdint.h>

enum { PROTOCOL_MAGIC = 0x31464354 }; /* "TCF1" */

enum request_flags {
  HOST_NAME = 1,
  FIXED_LAYOUT = 2,
  MOVED_CLOCK = 4,
  MORE_FILES = 8, /* twice as many open files */
  PATCHED = 16,
  SITES = 32,
  MEASURED = 64,
};

struct request {
  uint32_t magic;
  uint32_t flags;
  uint64_t id; /* comes back in END and FAILED */
  uint64_t cpu_ms;
  uint64_t wall_ms;
  uint64_t memory_bytes;
  uint64_t output_bytes; /* of each of the two streams */
  uint64_t disk_bytes;   /* of the file system, and of all that is collected from it */
  uint64_t inodes;
  uint64_t processes;
  int64_t clock_offset; /* seconds */
  uint32_t user_offset;
  uint32_t first_pid; /* 0: as it comes */
  uint32_t cpus;      /* 0: all */
  uint32_t argument_count;
  uint32_t variable_count;
  uint32_t string_bytes;
  uint64_t input_bytes;
  uint32_t entry_count;
  uint32_t zero;
};

enum entry_kind { ENTRY_FILE = 1, ENTRY_DIRECTORY = 2, ENTRY_LINK = 3, ENTRY_OTHER = 4 };

struct request_entry {
  uint16_t kind;
  uint16_t mode;
  uint32_t path_bytes;
  uint64_t data_bytes;
};

/* Bytes that stand in the program's memory in place of those of its file. Addresses are the file's own. */
struct request_patch {
  uint64_t entry; /* as the file's header has it, to find where the program was loaded */
  uint64_t address;
  uint32_t bytes;
  uint8_t data[20];
};

enum record_kind {
  READY = 1,
  STDOUT = 2,
  STDERR = 3,
  ENTRY = 4,
  CONTENT = 5,
  END = 6,
  FAILED = 7,
  REACHED = 9,
  EDGES = 16,
};

struct record {
  uint32_t kind;
  uint32_t bytes;
};

enum ability { ABLE_HOST_NAME = 1, ABLE_FIRST_PID = 2, ABLE_USER = 4, ABLE_CPUS = 8, ABLE_LAYOUT = 16, ABLE_CLOCK = 32 };

struct ready {
  uint32_t magic;
  uint32_t abilities;
  uint32_t cpus;        /* that the cell may run on */
  int32_t clock_error;  /* why the clock cannot be moved, as an error number */
};

struct found {
  uint16_t kind;
  uint16_t mode;
  uint32_t note;  /* ENTRY_OTHER: the file type bits of its mode shifted right by 12, or CUT below */
  uint64_t bytes; /* size of a file's content that follows */
};

enum { NOTE_CUT = 255 };

enum end_kind { ENDED_EXIT = 0, ENDED_SIGNAL = 1, ENDED_TIMEOUT = 2, ENDED_EXCESS = 3 };

/* What else can be said of an end; for people. */
enum end_note {
  NOTE_WALL = 1,        /* the wall-clock stop */
  NOTE_CPU = 2,         /* the CPU time limit */
  NOTE_STDOUT = 4,      /* the cap on standard output */
  NOTE_STDERR = 8,      /* the cap on standard error */
  NOTE_TREE = 16,       /* the caps on the output tree */
  NOTE_FILE_SIZE = 32,  /* SIGXFSZ */
  NOTE_NO_EXEC = 64,    /* the kernel would not start the executable: status 126 or 127, as a shell says it */
};

struct end {
  uint64_t id;
  uint32_t kind;
  int32_t code;
  uint64_t cpu_us;
  uint64_t wall_us;
  uint64_t peak_kib;
  uint32_t notes;
  uint32_t zero;
};

struct failed {
  uint64_t id;
  int32_t error;
  uint32_t zero;
};

#endif
