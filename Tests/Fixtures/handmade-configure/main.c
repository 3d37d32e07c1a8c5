#include <stdio.h>

#include "config.h"

int main(void) {
#ifdef HAVE_OURS
  puts("ours");
#endif
#ifdef HAVE_FLAG
  puts("flag");
#endif
#ifdef HAVE_DEAF_COMPILER
  puts("deaf");
#endif
#ifdef HAVE_LIBM
  puts("libm");
#endif
  return 0;
}
