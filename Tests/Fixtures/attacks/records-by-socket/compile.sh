cc -O1 -o executable program.c
