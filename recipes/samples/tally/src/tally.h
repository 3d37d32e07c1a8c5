/* tally: small questions about delimited tables. */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdio.h>

#define TALLY_VERSION "1.4.0"

/* Exit statuses. */
enum { STATUS_OK = 0, STATUS_DATA = 1, STATUS_USAGE = 2 };

/* memory.c: everything lives until the program ends. */
void *take(size_t size);
void *take_more(void *old, size_t old_size, size_t new_size);
char *take_text(const char *text, size_t length);
void give_all_back(void);

/* message.c */
void fail_usage(const char *command, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
void fail_data(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* table.c */
struct row {
  char **cells;
  size_t count;
};

struct table {
  const char *name; /* of the file, for messages */
  struct row header;
  struct row *rows;
  size_t count;
  size_t room;
};

void table_add(struct table *table, struct row row);
size_t column_find(const struct table *table, const char *name);
size_t *columns_find(const struct table *table, const char *list, size_t *count);

/* options.c */
struct options {
  const char *command;
  const char *columns;
  const char *by;
  const char *key;
  const char *where;
  const char *output;
  const char *to;
  const char *directory;
  char delimiter;
  int no_header;
  int ragged;
  int numeric;
  int reverse;
  int ignore_case;
  int invert;
  int outer;
  int bars;
  long limit;
  double width;
  char **operands;
  int operand_count;
};

struct command {
  const char *name;
  const char *summary;
  const char *operands;
  const char *accepts; /* letters of its options */
  int min_operands;
  int max_operands;
  void (*run)(const struct options *options);
};

void options_read(struct options *options, const struct command *command, int argc, char **argv);
void options_help(const struct command *command, FILE *out);

/* csv.c */
struct table *csv_read(const char *path, const struct options *options);
void csv_write_row(FILE *out, struct row row, char delimiter);
FILE *output_open(const struct options *options);
void output_close(FILE *out, const char *name);

/* number.c */
int number_read(const char *text, double *value);
void number_write(char *buffer, size_t size, double value);

/* where.c */
struct where;
struct where *where_read(const char *text, const struct table *table, int ignore_case);
int where_holds(const struct where *where, struct row row);
int text_compare(const char *left, const char *right, int ignore_case);

/* group.c */
struct group {
  const char *name;
  size_t *rows;
  size_t count;
  size_t room;
};
struct groups {
  struct group *items;
  size_t count;
  size_t room;
};
struct groups groups_make(const struct table *table, const size_t *columns, size_t column_count);

/* commands */
void run_count(const struct options *options);
void run_stats(const struct options *options);
void run_select(const struct options *options);
void run_filter(const struct options *options);
void run_sort(const struct options *options);
void run_unique(const struct options *options);
void run_join(const struct options *options);
void run_histogram(const struct options *options);
void run_split(const struct options *options);
void run_convert(const struct options *options);

#endif
