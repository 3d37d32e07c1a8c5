/* What the parts of taskforge-recorder share; main.c says what the program is for. */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PATH_BYTES = 4096, MOST_TREES = 8, HASH_TEXT = 65 };

/* What stands behind the program's own bytes; setup.c reads it. */
struct setup {
  char program[PATH_BYTES]; /* the real program */
  char records[PATH_BYTES]; /* where records and blobs/ go */
  char trees[MOST_TREES][PATH_BYTES];
  size_t tree_count;
  size_t input_bytes; /* kept of standard input, and of each file */
  uint64_t most_records, most_bytes;
};

/* Reads the setup behind this executable; false where there is none. */
bool setup_read(struct setup *setup);

/* Counts this invocation in the directory's books; false when they are full and nothing more is to be recorded. */
bool books_admit(const struct setup *setup);
/* Counts bytes that are about to be kept; false when they would be too many. */
bool books_take(size_t bytes);

/* A record in memory: fields of the form "name length\nbytes\n". */
void record_begin(const struct setup *setup);
void record_field(const char *name, const void *bytes, size_t length);
void record_text(const char *name, const char *text);
/* Keeps bytes under their digest; false where they cannot be kept. */
bool record_blob(const void *bytes, size_t length, char digest[HASH_TEXT]);
/* Writes the record and renames it into place; later calls do nothing. */
void record_finish(void);

/* Makes an absolute path without ".", ".." and empty components; false where it is too long. */
bool path_normal(const char *base, const char *path, char out[PATH_BYTES]);
/* Whether a path is a directory or lies below it. */
bool path_within(const char *path, const char *directory);

/* Notes what stands at a path when it is first touched; `writes` where the call makes the file empty. */
void files_touch(const struct setup *setup, const char *path, bool writes);
/* Everything below it counts as part of the trees. */
void files_begin(const char *working_directory);

/* Puts the filter on this process; gives the descriptor that its calls are announced on, or -1. */
int filter_install(bool reads);
/* Answers the calls of every process under the filter until there is none. */
_Noreturn void watch(const struct setup *setup, pid_t program, int listener, int input);
/* Opens a stream for the reads of the program's standard input; -1 where those need no watching. */
int input_begin(const struct setup *setup);

void sha256_text(const void *bytes, size_t length, char text[HASH_TEXT]);

#endif
