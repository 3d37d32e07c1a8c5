#include <stdlib.h>
#include <string.h>

#include "tally.h"

static int by_name(const void *left, const void *right) {
  return strcmp(((const struct group *)left)->name, ((const struct group *)right)->name);
}

/* Cells joined by a slash, the name that people see. */
static const char *name_of(struct row row, const size_t *columns, size_t count) {
  if (count == 1) return row.cells[columns[0]];
  size_t length = 1;
  for (size_t i = 0; i < count; i++) length += strlen(row.cells[columns[i]]) + 1;
  char *name = take(length);
  for (size_t i = 0; i < count; i++) {
    if (i > 0) strcat(name, "/");
    strcat(name, row.cells[columns[i]]);
  }
  return name;
}

static struct group *find(struct groups *groups, const char *name) {
  for (size_t i = 0; i < groups->count; i++) {
    if (strcmp(groups->items[i].name, name) == 0) return &groups->items[i];
  }
  if (groups->count == groups->room) {
    size_t room = groups->room == 0 ? 16 : groups->room * 2;
    groups->items = take_more(groups->items, groups->count * sizeof *groups->items, room * sizeof *groups->items);
    groups->room = room;
  }
  struct group *group = &groups->items[groups->count++];
  *group = (struct group){.name = name};
  return group;
}

struct groups groups_make(const struct table *table, const size_t *columns, size_t column_count) {
  struct groups groups = {0};
  for (size_t i = 0; i < table->count; i++) {
    struct group *group = find(&groups, name_of(table->rows[i], columns, column_count));
    if (group->count == group->room) {
      size_t room = group->room == 0 ? 8 : group->room * 2;
      group->rows = take_more(group->rows, group->count * sizeof *group->rows, room * sizeof *group->rows);
      group->room = room;
    }
    group->rows[group->count++] = i;
  }
  if (groups.count > 1) qsort(groups.items, groups.count, sizeof *groups.items, by_name);
  return groups;
}
