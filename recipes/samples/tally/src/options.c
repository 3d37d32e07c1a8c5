#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

struct option {
  char letter;
  const char *name;
  const char *value; /* NULL for a switch */
  const char *help;
};

static const struct option known[] = {
    {'b', "by", "COLUMNS", "group by these columns"},
    {'c', "columns", "COLUMNS", "use these columns; '-A,B' means all but A and B"},
    {'d', "delimiter", "CHARACTER", "cells are separated by this, or by 'tab'"},
    {'D', "directory", "DIRECTORY", "write files there, which must exist"},
    {'g', "bars", NULL, "draw a bar behind each count"},
    {'H', "no-header", NULL, "the first row is data; columns are c1, c2 and so on"},
    {'i', "ignore-case", NULL, "letters of ASCII are equal in both cases"},
    {'k', "key", "COLUMNS", "the key"},
    {'n', "numeric", NULL, "compare as numbers, other cells first"},
    {'l', "limit", "N", "write at most N rows"},
    {'o', "output", "FILE", "write there instead of to standard output"},
    {'O', "outer", NULL, "keep rows of the left table without a partner"},
    {'r', "reverse", NULL, "the other way round"},
    {'R', "ragged", NULL, "fill rows that are too short with empty cells"},
    {'t', "to", "FORMAT", "csv, tsv, json or markdown"},
    {'v', "invert", NULL, "keep what would be dropped"},
    {'w', "width", "NUMBER", "the width of a bin (default 10)"},
    {'W', "where", "CONDITION", "keep rows for which this holds"},
};

static const struct option *find_letter(char letter) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (known[i].letter == letter) return &known[i];
  }
  return NULL;
}

static const struct option *find_name(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0) return &known[i];
  }
  return NULL;
}

static long read_count(const char *command, const char *text) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || value < 0) {
    fail_usage(command, "'%s' is not a number of rows", text);
  }
  return value;
}

static void set(struct options *options, const struct option *option, const char *value) {
  const char *command = options->command;
  switch (option->letter) {
    case 'b': options->by = value; break;
    case 'c': options->columns = value; break;
    case 'd':
      if (strcmp(value, "tab") == 0) value = "\t";
      if (strlen(value) != 1 || *value == '"' || *value == '\n' || *value == '\r') {
        fail_usage(command, "'%s' cannot be a delimiter", value);
      }
      options->delimiter = *value;
      break;
    case 'D': options->directory = value; break;
    case 'g': options->bars = 1; break;
    case 'H': options->no_header = 1; break;
    case 'i': options->ignore_case = 1; break;
    case 'k': options->key = value; break;
    case 'n': options->numeric = 1; break;
    case 'l': options->limit = read_count(command, value); break;
    case 'o': options->output = value; break;
    case 'O': options->outer = 1; break;
    case 'r': options->reverse = 1; break;
    case 'R': options->ragged = 1; break;
    case 't': options->to = value; break;
    case 'v': options->invert = 1; break;
    case 'w':
      if (!number_read(value, &options->width) || options->width <= 0) {
        fail_usage(command, "'%s' is not a width", value);
      }
      break;
    case 'W': options->where = value; break;
    default: break;
  }
}

/* Reads one argument that begins with '-'; the value may be the next one. */
static void read_option(struct options *options, const struct command *command, char **argv, int argc, int *at) {
  const char *word = argv[*at];
  if (word[1] == '-') {
    size_t length = strcspn(word + 2, "=");
    const struct option *option = find_name(word + 2, length);
    if (option == NULL || strchr(command->accepts, option->letter) == NULL) {
      fail_usage(command->name, "unknown option '%s'", word);
    }
    const char *value = word[2 + length] == '=' ? word + 3 + length : NULL;
    if (option->value == NULL && value != NULL) fail_usage(command->name, "option '--%s' takes no value", option->name);
    if (option->value != NULL && value == NULL) {
      if (*at + 1 >= argc) fail_usage(command->name, "option '--%s' needs a value", option->name);
      value = argv[++*at];
    }
    set(options, option, value);
    return;
  }
  for (const char *letter = word + 1; *letter != '\0'; letter++) {
    const struct option *option = find_letter(*letter);
    if (option == NULL || strchr(command->accepts, *letter) == NULL) {
      fail_usage(command->name, "unknown option '-%c'", *letter);
    }
    if (option->value == NULL) {
      set(options, option, NULL);
      continue;
    }
    const char *value = letter + 1;
    if (*value == '\0') {
      if (*at + 1 >= argc) fail_usage(command->name, "option '-%c' needs a value", *letter);
      value = argv[++*at];
    }
    set(options, option, value);
    return;
  }
}

void options_read(struct options *options, const struct command *command, int argc, char **argv) {
  *options = (struct options){.command = command->name, .delimiter = ',', .limit = -1, .width = 10};
  options->operands = take((size_t)(argc + 1) * sizeof(char *));
  int only_operands = 0;
  for (int at = 0; at < argc; at++) {
    const char *word = argv[at];
    if (only_operands || word[0] != '-' || word[1] == '\0') {
      options->operands[options->operand_count++] = argv[at];
    } else if (strcmp(word, "--") == 0) {
      only_operands = 1;
    } else {
      read_option(options, command, argv, argc, &at);
    }
  }
  if (options->operand_count < command->min_operands) fail_usage(command->name, "%s needs %s", command->name, command->operands);
  if (options->operand_count > command->max_operands) {
    fail_usage(command->name, "too many operands: '%s'", options->operands[command->max_operands]);
  }
}

void options_help(const struct command *command, FILE *out) {
  fprintf(out, "Usage: tally %s [options] %s\n\n%s.\n\nOptions:\n", command->name, command->operands, command->summary);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const struct option *option = &known[i];
    if (strchr(command->accepts, option->letter) == NULL) continue;
    char left[64];
    snprintf(left, sizeof left, "-%c, --%s%s%s", option->letter, option->name, option->value == NULL ? "" : " ",
             option->value == NULL ? "" : option->value);
    fprintf(out, "  %-28s %s\n", left, option->help);
  }
}
