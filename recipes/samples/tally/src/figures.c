/* Commands that write figures about the table they read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

static const char *input_of(const struct options *options) {
  return options->operand_count > 0 ? options->operands[0] : NULL;
}

static void write_cells(FILE *out, char delimiter, size_t count, char **cells) {
  csv_write_row(out, (struct row){cells, count}, delimiter);
}

static void drop_unwanted(struct table *table, const struct options *options) {
  if (options->where == NULL) return;
  struct where *where = where_read(options->where, table, options->ignore_case);
  size_t kept = 0;
  for (size_t i = 0; i < table->count; i++) {
    if (where_holds(where, table->rows[i])) table->rows[kept++] = table->rows[i];
  }
  table->count = kept;
}

void run_count(const struct options *options) {
  struct table *table = csv_read(input_of(options), options);
  drop_unwanted(table, options);
  size_t count = 0;
  size_t *columns = options->by == NULL ? NULL : columns_find(table, options->by, &count);
  FILE *out = output_open(options);
  if (columns == NULL) {
    fprintf(out, "%zu\n", table->count);
    output_close(out, options->output);
    return;
  }
  struct groups groups = groups_make(table, columns, count);
  write_cells(out, options->delimiter, 2, (char *[]){"group", "count"});
  size_t total = groups.count;
  if (options->limit >= 0 && (size_t)options->limit < total) total = (size_t)options->limit;
  for (size_t i = 0; i < total; i++) {
    struct group *group = &groups.items[options->reverse ? groups.count - 1 - i : i];
    char number[32];
    snprintf(number, sizeof number, "%zu", group->count);
    write_cells(out, options->delimiter, 2, (char *[]){(char *)group->name, number});
  }
  output_close(out, options->output);
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

/* Writes one row of figures; a column without numbers gets empty cells behind its count. */
static void write_figures(FILE *out, const struct options *options, const char *name, double *values, size_t count,
                          size_t missing) {
  char texts[9][64];
  char *cells[10] = {(char *)name};
  for (size_t i = 0; i < 9; i++) {
    texts[i][0] = '\0';
    cells[i + 1] = texts[i];
  }
  snprintf(texts[0], sizeof texts[0], "%zu", count);
  snprintf(texts[1], sizeof texts[1], "%zu", missing);
  if (count > 0) {
    qsort(values, count, sizeof *values, by_value);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += values[i];
    double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
    double middle = values[count / 2];
    if (count % 2 == 0) middle = values[count / 2 - 1] / 2 + middle / 2;
    double figures[] = {values[0], values[count - 1], sum, mean, middle};
    for (size_t i = 0; i < 5; i++) number_write(texts[2 + i], sizeof texts[0], figures[i]);
    if (count > 1) number_write(texts[7], sizeof texts[0], sqrt(squares / (double)(count - 1)));
  }
  write_cells(out, options->delimiter, 9, cells);
}

static void figures_of(FILE *out, const struct options *options, const struct table *table, const struct group *group,
                       size_t column, const char *name) {
  size_t rows = group == NULL ? table->count : group->count;
  double *values = take((rows + 1) * sizeof *values);
  size_t count = 0, missing = 0;
  for (size_t i = 0; i < rows; i++) {
    const char *text = table->rows[group == NULL ? i : group->rows[i]].cells[column];
    if (number_read(text, &values[count])) {
      count++;
    } else {
      missing++;
    }
  }
  write_figures(out, options, name, values, count, missing);
}

/* A column that was asked for must hold numbers; it is looked at before anything is written. */
static void check_numbers(const struct table *table, const size_t *columns, size_t count) {
  for (size_t i = 0; i < table->count; i++) {
    for (size_t j = 0; j < count; j++) {
      const char *text = table->rows[i].cells[columns[j]];
      double value;
      if (text[0] != '\0' && !number_read(text, &value)) {
        fail_data("%s: '%s' in column '%s' is not a number", table->name, text, table->header.cells[columns[j]]);
      }
    }
  }
}

void run_stats(const struct options *options) {
  struct table *table = csv_read(input_of(options), options);
  drop_unwanted(table, options);
  size_t count = table->header.count;
  size_t *columns = NULL;
  if (options->columns != NULL) columns = columns_find(table, options->columns, &count);
  if (options->by != NULL && count != 1) fail_usage(options->command, "stats --by needs exactly one column in --columns");
  if (columns != NULL) check_numbers(table, columns, count);
  size_t key_count = 0;
  size_t *keys = options->by == NULL ? NULL : columns_find(table, options->by, &key_count);

  FILE *out = output_open(options);
  write_cells(out, options->delimiter, 9,
              (char *[]){options->by == NULL ? "column" : "group", "count", "missing", "min", "max", "sum", "mean",
                         "median", "deviation"});
  if (options->by != NULL) {
    struct groups groups = groups_make(table, keys, key_count);
    size_t column = columns == NULL ? 0 : columns[0];
    for (size_t i = 0; i < groups.count; i++) {
      figures_of(out, options, table, &groups.items[i], column, groups.items[i].name);
    }
  } else {
    for (size_t i = 0; i < count; i++) {
      size_t column = columns == NULL ? i : columns[i];
      figures_of(out, options, table, NULL, column, table->header.cells[column]);
    }
  }
  output_close(out, options->output);
}

void run_histogram(const struct options *options) {
  if (options->columns == NULL) fail_usage(options->command, "histogram needs --columns");
  struct table *table = csv_read(input_of(options), options);
  drop_unwanted(table, options);
  size_t column = column_find(table, options->columns);
  double low = 0, high = 0;
  size_t count = 0;
  double *bins = take((table->count + 1) * sizeof *bins);
  for (size_t i = 0; i < table->count; i++) {
    double value;
    if (!number_read(table->rows[i].cells[column], &value)) continue;
    bins[count] = floor(value / options->width);
    if (count == 0 || bins[count] < low) low = bins[count];
    if (count == 0 || bins[count] > high) high = bins[count];
    count++;
  }
  if (count == 0) fail_data("%s: no numbers in column '%s'", table->name, options->columns);
  /* Written so that bins too large for any number are refused, too. */
  if (!(high - low < 1000)) fail_data("more than 1000 bins; choose a larger --width");

  size_t bin_count = (size_t)(high - low) + 1;
  size_t *counts = take(bin_count * sizeof *counts);
  size_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    size_t bin = (size_t)(bins[i] - low);
    if (++counts[bin] > largest) largest = counts[bin];
  }
  FILE *out = output_open(options);
  for (size_t i = 0; i < bin_count; i++) {
    char from[64], to[64];
    number_write(from, sizeof from, (low + (double)i) * options->width);
    number_write(to, sizeof to, (low + (double)i + 1) * options->width);
    fprintf(out, "%10s .. %-10s %6zu", from, to, counts[i]);
    if (options->bars && counts[i] > 0) {
      size_t length = largest <= 40 ? counts[i] : (counts[i] * 40 + largest - 1) / largest;
      fputs("  ", out);
      for (size_t j = 0; j < length; j++) fputc('#', out);
    }
    fputc('\n', out);
  }
  output_close(out, options->output);
}
