#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void copy(FILE *from, FILE *to, int limit) {
  for (int letter; limit != 0 && (letter = getc(from)) != EOF;) {
    putc(getenv("LOUD_LOW") ? tolower(letter) : toupper(letter), to);
    if (letter == '\n') limit--;
  }
}

int main(int argc, char **argv) {
  const char *directory = NULL, *output = NULL;
  int limit = -1, at = 1;
  for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
    if (strncmp(argv[at], "--lines=", 8) == 0) limit = atoi(argv[at] + 8);
    else if (strncmp(argv[at], "--from=", 7) == 0) directory = argv[at] + 7;
    else if (strcmp(argv[at], "-o") == 0 && at + 1 < argc) output = argv[++at];
    else if (strcmp(argv[at], "--version") == 0) return puts("loud 1.0") == EOF;
    else return fprintf(stderr, "loud: unknown option %s\n", argv[at]), 2;
  }
  FILE *to = output ? fopen(output, "w") : stdout;
  if (to == NULL) return perror(output), 1;
  if (at == argc) copy(stdin, to, limit);
  for (; at < argc; at++) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", directory ? directory : "", directory ? "/" : "", argv[at]);
    FILE *from = fopen(path, "r");
    if (from == NULL) return perror(argv[at]), 1;
    copy(from, to, limit);
    fclose(from);
  }
  return fclose(to) != 0;
}
