#pragma once

#include <git2.h>
#include <git2/sys/repository.h>
#include <git2/sys/stream.h>
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif

// git_libgit2_opts is variadic, which Swift cannot call.
static inline int forge_git_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}
static inline int forge_git_set_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}
static inline int forge_git_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}
static inline int forge_git_set_certificates(const char *file, const char *directory) {
  return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, directory);
}
static inline int forge_git_set_user_agent(const char *agent) {
  return git_libgit2_opts(GIT_OPT_SET_USER_AGENT, agent);
}

// Begins like libgit2's own socket stream, because its SSH transport reads the socket out of that.
typedef struct {
  git_stream parent;
  char *host;
  char *port;
  int socket;
  void *operation;
} forge_git_stream;
