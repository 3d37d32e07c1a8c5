/* Commands that write rows of the table they read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

static const char *input_of(const struct options *options) {
  return options->operand_count > 0 ? options->operands[0] : NULL;
}

static struct row pick(struct row row, const size_t *columns, size_t count) {
  struct row picked = {take((count + 1) * sizeof(char *)), count};
  for (size_t i = 0; i < count; i++) picked.cells[i] = row.cells[columns[i]];
  return picked;
}

static size_t limited(const struct options *options, size_t count) {
  return options->limit >= 0 && (size_t)options->limit < count ? (size_t)options->limit : count;
}

static void write_table(const struct table *table, const struct options *options) {
  FILE *out = output_open(options);
  if (!options->no_header) csv_write_row(out, table->header, options->delimiter);
  size_t count = limited(options, table->count);
  for (size_t i = 0; i < count; i++) csv_write_row(out, table->rows[i], options->delimiter);
  output_close(out, options->output);
}

void run_select(const struct options *options) {
  if (options->columns == NULL) fail_usage(options->command, "select needs --columns");
  struct table *table = csv_read(input_of(options), options);
  size_t count;
  size_t *columns = columns_find(table, options->columns, &count);
  table->header = pick(table->header, columns, count);
  for (size_t i = 0; i < table->count; i++) table->rows[i] = pick(table->rows[i], columns, count);
  write_table(table, options);
}

void run_filter(const struct options *options) {
  if (options->where == NULL) fail_usage(options->command, "filter needs --where");
  struct table *table = csv_read(input_of(options), options);
  struct where *where = where_read(options->where, table, options->ignore_case);
  size_t kept = 0;
  for (size_t i = 0; i < table->count; i++) {
    if (where_holds(where, table->rows[i]) != options->invert) table->rows[kept++] = table->rows[i];
  }
  table->count = kept;
  write_table(table, options);
}

struct sorted {
  struct row row;
  size_t place;
};

static struct {
  size_t *columns;
  size_t count;
  const struct options *options;
} order;

static int compare_cells(const char *left, const char *right) {
  if (order.options->numeric) {
    double a, b;
    int left_is = number_read(left, &a), right_is = number_read(right, &b);
    if (left_is && right_is) return a < b ? -1 : a > b;
    if (left_is != right_is) return left_is - right_is;
  }
  return text_compare(left, right, order.options->ignore_case);
}

static int compare_rows(const void *left, const void *right) {
  const struct sorted *a = left, *b = right;
  for (size_t i = 0; i < order.count; i++) {
    int result = compare_cells(a->row.cells[order.columns[i]], b->row.cells[order.columns[i]]);
    if (result != 0) return order.options->reverse ? -result : result;
  }
  return a->place < b->place ? -1 : a->place > b->place;
}

void run_sort(const struct options *options) {
  struct table *table = csv_read(input_of(options), options);
  order.options = options;
  if (options->key != NULL) {
    order.columns = columns_find(table, options->key, &order.count);
  } else {
    order.count = table->header.count;
    order.columns = take((order.count + 1) * sizeof(size_t));
    for (size_t i = 0; i < order.count; i++) order.columns[i] = i;
  }
  struct sorted *rows = take((table->count + 1) * sizeof *rows);
  for (size_t i = 0; i < table->count; i++) rows[i] = (struct sorted){table->rows[i], i};
  if (table->count > 1) qsort(rows, table->count, sizeof *rows, compare_rows);
  for (size_t i = 0; i < table->count; i++) table->rows[i] = rows[i].row;
  write_table(table, options);
}

static int same_cells(struct row left, struct row right, const size_t *columns, size_t count, int ignore_case) {
  for (size_t i = 0; i < count; i++) {
    if (text_compare(left.cells[columns[i]], right.cells[columns[i]], ignore_case) != 0) return 0;
  }
  return 1;
}

void run_unique(const struct options *options) {
  struct table *table = csv_read(input_of(options), options);
  size_t count = table->header.count;
  size_t *columns;
  if (options->columns != NULL) {
    columns = columns_find(table, options->columns, &count);
  } else {
    columns = take((count + 1) * sizeof *columns);
    for (size_t i = 0; i < count; i++) columns[i] = i;
  }
  /* Inverted, the rows that were seen before are written. */
  struct row *seen = take((table->count + 1) * sizeof *seen);
  size_t seen_count = 0, kept = 0;
  for (size_t i = 0; i < table->count; i++) {
    int known = 0;
    for (size_t j = 0; j < seen_count && !known; j++) {
      known = same_cells(table->rows[i], seen[j], columns, count, options->ignore_case);
    }
    if (!known) seen[seen_count++] = table->rows[i];
    if (known == options->invert) table->rows[kept++] = table->rows[i];
  }
  table->count = kept;
  write_table(table, options);
}

void run_join(const struct options *options) {
  if (options->key == NULL) fail_usage(options->command, "join needs --key");
  struct table *left = csv_read(options->operands[0], options);
  struct table *right = csv_read(options->operands[1], options);
  size_t left_key = column_find(left, options->key);
  size_t right_key = column_find(right, options->key);

  struct table result = {.name = left->name};
  size_t width = left->header.count + right->header.count - 1;
  for (size_t i = 0; i <= left->count; i++) {
    struct row from = i == 0 ? left->header : left->rows[i - 1];
    int partners = 0;
    /* The row behind the last stands for a partner that is missing. */
    for (size_t j = 0; j <= right->count; j++) {
      int missing = j == right->count;
      if (i == 0 && !missing) continue;
      struct row with = missing ? right->header : right->rows[j];
      if (i > 0) {
        if (missing && (partners > 0 || !options->outer)) continue;
        if (!missing && text_compare(from.cells[left_key], with.cells[right_key], options->ignore_case) != 0) continue;
      }
      partners++;
      struct row row = {take((width + 1) * sizeof(char *)), 0};
      for (size_t k = 0; k < from.count; k++) row.cells[row.count++] = from.cells[k];
      for (size_t k = 0; k < with.count; k++) {
        if (k == right_key) continue;
        row.cells[row.count++] = i > 0 && missing ? take_text("", 0) : with.cells[k];
      }
      if (i == 0) {
        result.header = row;
      } else {
        table_add(&result, row);
      }
    }
  }
  write_table(&result, options);
}

/* A name that stays inside the directory. */
static void check_file_name(const char *name) {
  if (name[0] == '\0') fail_data("an empty group has no file name");
  if (name[0] == '.') fail_data("'%s' would be a hidden file", name);
  if (strchr(name, '/') != NULL) fail_data("'%s' is no file name", name);
  if (strlen(name) > 200) fail_data("'%.20s...' is too long for a file name", name);
}

void run_split(const struct options *options) {
  if (options->by == NULL) fail_usage(options->command, "split needs --by");
  struct table *table = csv_read(input_of(options), options);
  size_t column = column_find(table, options->by);
  struct groups groups = groups_make(table, &column, 1);
  for (size_t i = 0; i < groups.count; i++) check_file_name(groups.items[i].name);
  for (size_t i = 0; i < groups.count; i++) {
    struct group *group = &groups.items[i];
    const char *directory = options->directory == NULL ? "." : options->directory;
    size_t room = strlen(directory) + strlen(group->name) + 6;
    char *path = take(room);
    snprintf(path, room, "%s/%s.csv", directory, group->name);
    FILE *out = fopen(path, "wb");
    if (out == NULL) fail_data("%s: %s", path, strerror(errno));
    if (!options->no_header) csv_write_row(out, table->header, options->delimiter);
    for (size_t j = 0; j < group->count; j++) csv_write_row(out, table->rows[group->rows[j]], options->delimiter);
    output_close(out, path);
    printf("%s\t%zu\n", path, group->count);
  }
  output_close(stdout, NULL);
}
