#include <math.h>
#include <stdlib.h>

#include "tally.h"

/* Decimal numbers with an optional sign, fraction and exponent; blanks around them are allowed. */
int number_read(const char *text, double *value) {
  const char *at = text;
  while (*at == ' ') at++;
  const char *start = at;
  if (*at == '+' || *at == '-') at++;
  size_t digits = 0;
  for (; *at >= '0' && *at <= '9'; at++) digits++;
  if (*at == '.') {
    for (at++; *at >= '0' && *at <= '9'; at++) digits++;
  }
  if (digits == 0) return 0;
  if (*at == 'e' || *at == 'E') {
    const char *exponent = at + 1;
    if (*exponent == '+' || *exponent == '-') exponent++;
    if (*exponent < '0' || *exponent > '9') return 0;
    while (*exponent >= '0' && *exponent <= '9') exponent++;
    at = exponent;
  }
  while (*at == ' ') at++;
  if (*at != '\0') return 0;
  *value = strtod(start, NULL);
  return isfinite(*value);
}

void number_write(char *buffer, size_t size, double value) {
  if (value == 0) value = 0; /* no negative zero */
  if (isinf(value)) {
    snprintf(buffer, size, "%s", value < 0 ? "-overflow" : "overflow");
  } else {
    snprintf(buffer, size, "%.10g", value);
  }
}
