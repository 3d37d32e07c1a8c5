/* What is put up once, when the cell starts, and holds for every case in it. */
#ifndef CELL_WALLS_H
#define CELL_WALLS_H

#include "system.h"

enum { USER = 1000 }; /* of a case that is not perturbed, and its group */

/*
 * Walls that a benchmark takes down one at a time to weigh them; nothing else may. Bits of the cell's --without.
 */
enum wall {
  WALL_PID = 1,
  WALL_MOUNT = 2,
  WALL_IPC = 4,
  WALL_PROC = 8,
  WALL_FILTER = 16,
  WALL_LIMITS = 32,
  WALL_IDS = 64,
  WALL_TEMPORARY = 128,
  WALL_EXECUTABLE = 256,
};

struct walls {
  unsigned without;     /* enum wall */
  int refuse_memfd;     /* no memory group bounds the worker, or no code may come in */
  int no_code;          /* files of a case cannot be executed or loaded */
  int measures_edges;   /* cases may be measured (edges.h) */
  unsigned abilities;   /* enum ability, found out here */
  unsigned cpus;
  result clock_error;   /* why the clock cannot be moved */
  int single_user;      /* only one user id is mapped */
  unsigned file_user;   /* whose the files are that the cell makes */
};

/* Puts up all that lasts; any failure ends the cell. */
void walls_raise(struct walls *walls);

/* Whose the next files are that the cell makes. */
void walls_make_files_as(struct walls *walls, unsigned user);

#endif
