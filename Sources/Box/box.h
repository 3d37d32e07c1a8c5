/* What the parts of taskforge-box share: main.c reads the options, supervise.c watches over the command. */
#ifndef BOX_H
#define BOX_H

/* Bounds on all processes of a command together; 0 is none. */
struct bounds {
  unsigned long long cpu_seconds;
  unsigned long long memory_bytes;
  unsigned long long processes;
};

/* Says which step failed, with errno's text, and exits with status 125. */
_Noreturn void fail(const char *step);

/* Runs the command to its end, leaves no process behind, writes the report, and ends as the command ended. */
_Noreturn void supervise(char **command, int starter, const char *report, const struct bounds *bounds);

#endif
