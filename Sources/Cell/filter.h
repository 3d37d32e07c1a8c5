/* The system calls a case may not make. */
#ifndef CELL_FILTER_H
#define CELL_FILTER_H

#include "system.h"

/* Makes the token and puts the filter on the cell and all that it starts, for good. */
result filter_install(int refuse_memfd);

#endif
