#include <stdlib.h>
#include <string.h>

#include "tally.h"

static const struct command commands[] = {
    {"convert", "Write the table in another format", "[file]", "dHlnotR", 0, 1, run_convert},
    {"count", "Count rows, all of them or by group", "[file]", "bdHilorRW", 0, 1, run_count},
    {"filter", "Keep the rows for which a condition holds", "[file]", "dHiloRvW", 0, 1, run_filter},
    {"histogram", "Count the numbers of a column in bins of equal width", "[file]", "cdgHioRwW", 0, 1, run_histogram},
    {"join", "Put the rows of two tables together that have the same key", "left right", "dHikloOR", 2, 2, run_join},
    {"select", "Write some columns, in the order given", "[file]", "cdHloR", 0, 1, run_select},
    {"sort", "Put the rows in order, equal ones as they were", "[file]", "dHiklnorR", 0, 1, run_sort},
    {"split", "Write the rows of each group into a file of its own", "[file]", "bdDHR", 0, 1, run_split},
    {"stats", "Write figures about the numbers in columns", "[file]", "bcdHioRW", 0, 1, run_stats},
    {"unique", "Drop rows that were there before", "[file]", "cdHiloRv", 0, 1, run_unique},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void write_overview(FILE *out) {
  fputs("Usage: tally COMMAND [options] [file]\n\nAsk small questions about delimited tables.\n\nCommands:\n", out);
  for (size_t i = 0; i < COMMAND_COUNT; i++) fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs("\n  help       Show this list, or the options of a command\n\n", out);
  fputs("Without a file, or with '-', the table is read from standard input.\n", out);
  fputs("Try 'tally help COMMAND' for the options of a command.\n", out);
}

static const struct command *find(const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(commands[i].name, name) == 0) return &commands[i];
  }
  fail_usage(NULL, "unknown command '%s'", name);
}

static void help(int argc, char **argv) {
  if (argc > 1) fail_usage(NULL, "help takes one command");
  if (argc == 0) {
    write_overview(stdout);
  } else {
    options_help(find(argv[0]), stdout);
  }
  output_close(stdout, NULL);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    write_overview(stderr);
    return STATUS_USAGE;
  }
  const char *name = argv[1];
  if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
    puts("tally " TALLY_VERSION);
  } else if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
    help(argc - 2, argv + 2);
  } else if (strcmp(name, "help") == 0) {
    help(argc - 2, argv + 2);
  } else {
    const struct command *command = find(name);
    if (argc == 3 && strcmp(argv[2], "--help") == 0) {
      options_help(command, stdout);
    } else {
      struct options options;
      options_read(&options, command, argc - 2, argv + 2);
      command->run(&options);
    }
  }
  give_all_back();
  return STATUS_OK;
}
