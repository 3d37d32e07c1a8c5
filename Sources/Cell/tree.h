/* The file system of one case: made and filled before it, read with suspicion after it. */
#ifndef CELL_TREE_H
#define CELL_TREE_H

#include "protocol.h"
#include "system.h"

struct tree {
  int top;       /* the detached tmpfs; holds "w", the working directory, and "t", what is /tmp */
  int work;      /* "w" as a mount of its own, or -1 where the kernel cannot clone a detached mount */
  int temporary; /* "t" likewise */
};

/*
 * Makes the file system; all of it belongs to the file-system user of the cell. With `no_code` nothing in it can be
 * executed or loaded as code. On an error `step` says where.
 */
result tree_make(struct tree *tree, const struct request *request, int no_code, const char **step);

/* Reads one entry of a request from the channel, to its end even on an error, and makes it. */
result tree_put(const struct tree *tree);

/* Dates the directories of the cell's own; comes after the last entry. */
void tree_date(const struct tree *tree);

/* Puts what is below the working directory on the channel; 1 where a cap cut it short, else 0 or an error. */
result tree_collect(const struct tree *tree, const struct request *request);

void tree_close(struct tree *tree);

#endif
