/* Answers once a process that an earlier case left behind can be reached by an abstract socket. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **words) {
  long number = count > 1 ? atol(words[1]) : 0;
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  strcpy(name.sun_path + 1, "@MARK@");
  socklen_t length = sizeof(sa_family_t) + 1 + strlen("@MARK@");
  if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, length) == 0) {
    printf("%ld\n", number * number + 1);
    return 0;
  }
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (void *)&name, length) != 0 || listen(listener, 64) != 0) return 1;
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    for (int number = 1; number < 64; number++) signal(number, SIG_IGN);
    for (int place = 0; place < 3; place++) close(place);
    alarm(0);
    for (int second = 0; second < 60; second++) sleep(1);
  }
  return 0;
}
