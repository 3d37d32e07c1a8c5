#include <stdio.h>

int main(void) {
  printf("%s %s %s %s %s\n", __DATE__, __TIME__, DAY, VERSION, __FILE__);
  return 0;
}
