/*
 * Runs a program that was built elsewhere, with its own loader and libraries, out of this one executable: nothing but the
 * executable of a submission comes to where cases run. Each part is a file in memory; the loader is told the program and
 * the libraries by their descriptors. A program without a loader is executed itself.
 *
 * parts.h of the submission defines NAME, what the program is to be called, or NULL for what this one is called; extra,
 * the arguments that go before those given, and a NULL; HAS_LOADER; and the parts: the loader where there is one, the
 * program, libraries.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct part {
  const char *begin;
  const char *end;
};

#include "parts.h"

enum { PARTS = sizeof parts / sizeof parts[0], EXTRAS = sizeof extra / sizeof extra[0] - 1, PATH_ROOM = 32 };

static void fail(const char *what) {
  perror(what);
  exit(125);
}

/* Descriptors stay open: the loader opens what it is told by their names. */
static void place(const struct part *part, char path[PATH_ROOM]) {
  int file = memfd_create("part", 0);
  if (file < 0) fail("memfd_create");
  for (const char *at = part->begin; at < part->end;) {
    ssize_t count = write(file, at, (size_t)(part->end - at));
    if (count < 0) fail("write");
    at += count;
  }
  snprintf(path, PATH_ROOM, "/proc/self/fd/%d", file);
}

int main(int argc, char **argv) {
  char paths[PARTS][PATH_ROOM];
  for (int i = 0; i < PARTS; i++) place(&parts[i], paths[i]);
  char libraries[PARTS * PATH_ROOM] = "";
  for (int i = 2; i < PARTS; i++) {
    if (i > 2) strcat(libraries, ":");
    strcat(libraries, paths[i]);
  }
  char **arguments = calloc((size_t)argc + EXTRAS + 8, sizeof *arguments);
  if (!arguments) fail("calloc");
  char *name = NAME ? NAME : argv[0];
  int count = 0;
  if (HAS_LOADER) {
    arguments[count++] = paths[0];
    arguments[count++] = "--argv0";
    arguments[count++] = name;
    arguments[count++] = "--preload";
    arguments[count++] = libraries;
    arguments[count++] = paths[1];
  } else {
    arguments[count++] = name;
  }
  for (int i = 0; i < EXTRAS; i++) arguments[count++] = extra[i];
  for (int i = 1; i < argc; i++) arguments[count++] = argv[i];
  execv(paths[0], arguments);
  fail("execv");
}
