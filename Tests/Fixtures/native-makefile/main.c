#include <stdio.h>
#include <string.h>

int sum_fast(const int *values, int count);

static int sum_plain(const int *values, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) sum += values[i];
  return sum;
}

static int never_called(int x) { return x * 3; }

int main(int argc, char **argv) {
  int values[19];
  for (int i = 0; i < 19; i++) values[i] = i * i;
#ifdef __AVX2__
  puts("built for a newer machine");
#endif
#ifdef __clang__
  puts("clang");
#else
  puts("gcc");
#endif
#ifdef __OPTIMIZE__
  puts("optimised");
#endif
  if (argc > 5) return never_called(argc);
  if (argc > 1 && strcmp(argv[1], "fast") == 0 && __builtin_cpu_supports("avx2")) {
    printf("%d\n", sum_fast(values, 19));
  } else {
    printf("%d\n", sum_plain(values, 19));
  }
  return 0;
}
