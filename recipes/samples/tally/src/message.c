#include <stdarg.h>
#include <stdlib.h>

#include "tally.h"

void fail_usage(const char *command, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("tally: ", stderr);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  if (command == NULL) {
    fputs("\nTry 'tally help' for a list of commands.\n", stderr);
  } else {
    fprintf(stderr, "\nTry 'tally help %s' for its options.\n", command);
  }
  give_all_back();
  exit(STATUS_USAGE);
}

void fail_data(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("tally: ", stderr);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  give_all_back();
  exit(STATUS_DATA);
}
