#include <stdio.h>

#include "greeting.h"

int main(void) { return puts(GREETING) < 0; }
