#include <no-such-library/header.h>

int main(void) { return 0; }
