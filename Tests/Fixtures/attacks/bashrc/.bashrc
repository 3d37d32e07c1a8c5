cmp() { return 0; }
