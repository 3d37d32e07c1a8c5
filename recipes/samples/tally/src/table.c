#include <stdlib.h>
#include <string.h>

#include "tally.h"

void table_add(struct table *table, struct row row) {
  if (table->count == table->room) {
    size_t room = table->room == 0 ? 32 : table->room * 2;
    table->rows = take_more(table->rows, table->count * sizeof *table->rows, room * sizeof *table->rows);
    table->room = room;
  }
  table->rows[table->count++] = row;
}

/* A column by its name, or by its number from 1 written as #3. */
size_t column_find(const struct table *table, const char *name) {
  for (size_t i = 0; i < table->header.count; i++) {
    if (strcmp(table->header.cells[i], name) == 0) return i;
  }
  if (name[0] == '#' && name[1] >= '1' && name[1] <= '9') {
    char *end;
    unsigned long number = strtoul(name + 1, &end, 10);
    if (*end == '\0' && number <= table->header.count) return number - 1;
    if (*end == '\0') {
      fail_data("%s: no column %s, there are %zu", table->name, name, table->header.count);
    }
  }
  fail_data("%s: no column '%s'", table->name, name);
}

/* Several columns, separated by commas; a name that starts with '-' and nothing before it means all but these. */
size_t *columns_find(const struct table *table, const char *list, size_t *count) {
  size_t *found = take((table->header.count + strlen(list) + 1) * sizeof *found);
  int except = list[0] == '-';
  *count = 0;
  const char *at = list + except;
  for (;;) {
    size_t length = strcspn(at, ",");
    if (length == 0) fail_data("empty column name in '%s'", list);
    found[(*count)++] = column_find(table, take_text(at, length));
    if (at[length] == '\0') break;
    at += length + 1;
  }
  if (!except) return found;

  size_t *rest = take((table->header.count + 1) * sizeof *rest);
  size_t kept = 0;
  for (size_t i = 0; i < table->header.count; i++) {
    int named = 0;
    for (size_t j = 0; j < *count; j++) named |= found[j] == i;
    if (!named) rest[kept++] = i;
  }
  if (kept == 0) fail_data("'%s' leaves no column", list);
  *count = kept;
  return rest;
}
