import ForgeArchive
import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport

@testable import ForgeRun

/// A task around a small program, over the host's own system, and agents that are shell scripts.
struct Workshop {
  let directory: FilePath
  let cleanroom: Cleanroom

  /// Makes the task; `source` is a C program, or nil for ``mirror``.
  init(in directory: FilePath, executable: FilePath? = nil, limits: CaseLimits = .init()) throws {
    self.directory = directory
    let documents = directory.appending("cleanroom")
    try documents.appending("docs").makeDirectory(parents: true)
    try FileDescriptor.writeNew(documents.appending("TASK.md"), "# Rebuild it\n\nAll that `./executable` does.\n".utf8)
    try FileDescriptor.writeNew(documents.appending("docs/manual.txt"), "It shows what it is given.\n".utf8)
    let program = directory.appending("executable")
    if let executable {
      try FileDescriptor.writeNew(program, FileDescriptor.readAll(executable))
    } else {
      try Self.compile(Self.mirror, to: program)
    }
    chmod(program.string, 0o111)
    try program.date()
    cleanroom = Cleanroom(
      id: "a__task.1234567", suite: Digest(of: "suite"), documents: documents, executable: program, solveRoot: nil,
      runRoot: nil, limits: limits, environment: SolverEnvironment.variables, assets: [])
  }

  /// Compiles a C program, static so that it runs anywhere.
  static func compile(_ source: String, to program: FilePath, flags: [String] = ["-static"]) throws {
    let file = FilePath(program.string + ".c")
    try FileDescriptor.writeNew(file, source.utf8)
    try shell("cc -O1 -w \(flags.joined(separator: " ")) -o '\(program)' '\(file)'")
  }

  /// Runs a command of the test's own.
  static func shell(_ line: String) throws {
    let words = ["/bin/sh", "-c", line]
    let argv = words.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var child = pid_t()
    var status: Int32 = -1
    guard posix_spawn(&child, "/bin/sh", nil, nil, argv, environ) == 0, waitpid(child, &status, 0) == child,
      status == 0
    else { throw ForgeError(.system, "a test's command failed: \(line)") }
  }

  /// What an agent's run left.
  struct Left {
    var record: RunRecord
    var place: RunPlace
    var log: String
    var steps: [JSONValue]
    var probes: [JSONValue]
  }

  /// Runs an agent, a script of sh in which `x LINE` runs a line in the cleanroom.
  func run(_ script: String, _ change: (inout AgentSettings) -> Void = { _ in }) async throws -> Left {
    let file = directory.appending("agent-\(UInt32.random(in: 0 ... .max)).sh")
    // Through one pipe, so that the log has things in their order.
    try FileDescriptor.writeNew(file, "exec 2>&1\nx() { \"$TASKFORGE_EXEC\" \"$@\"; }\n\(script)\n".utf8)
    var settings = AgentSettings(command: "sh '\(file)'")
    settings.seconds = 120
    change(&settings)
    let place = try await RunPlace(cleanroom.id, in: directory.appending("out"))
    defer { place.release() }
    let work = directory.appending("work-\(UInt32.random(in: 0 ... .max))")
    try work.makeDirectory()
    let record = try await AgentRun(cleanroom, settings, in: place).run(work: work)
    return Left(
      record: record, place: place, log: try Self.text(place.log), steps: try Self.lines(place.steps),
      probes: place.probes.exists ? try Self.lines(place.probes) : [])
  }

  static func text(_ file: FilePath) throws -> String {
    file.exists ? String(decoding: try FileDescriptor.readAll(file), as: UTF8.self) : ""
  }

  private static func lines(_ file: FilePath) throws -> [JSONValue] {
    try text(file).split(separator: "\n").map { try JSONValue(parsing: $0.utf8) }
  }

  /// The names in a submission.
  static func names(_ left: Left) throws -> [String] { try Archive.names(in: left.place.submission) }

  /// Shows its arguments, variables, standard input and files, changes files, and ends as it is told.
  static let mirror = """
    #define _GNU_SOURCE
    #include <dirent.h>
    #include <errno.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/stat.h>
    #include <unistd.h>
    extern char **environ;
    static int compare(const void *one, const void *other) { return strcmp(*(char **)one, *(char **)other); }
    static void list(const char *path) {
      struct dirent **names;
      int count = scandir(path, &names, NULL, alphasort);
      for (int i = 0; i < count; i++) {
        char name[4096];
        if (!strcmp(names[i]->d_name, ".") || !strcmp(names[i]->d_name, "..")) continue;
        snprintf(name, sizeof name, "%s/%s", path, names[i]->d_name);
        struct stat status;
        lstat(name, &status);
        printf("%s %o %ld %ld\\n", name, status.st_mode, S_ISDIR(status.st_mode) ? 0L : (long)status.st_size,
               (long)status.st_mtime);
        if (S_ISDIR(status.st_mode)) list(name);
      }
    }
    int main(int argc, char **argv) {
      int status = 0;
      for (int i = 0; i < argc; i++) printf("[%s]\\n", argv[i]);
      int variables = 0;
      while (environ[variables]) variables++;
      qsort(environ, variables, sizeof *environ, compare);
      for (int i = 0; i < variables; i++) printf("%s\\n", environ[i]);
      char directory[4096];
      printf("in %s as %d\\n", getcwd(directory, sizeof directory), (int)getuid());
      for (int c; (c = getchar()) != EOF;) putchar(c);
      list(".");
      fflush(stdout);
      for (int i = 1; i < argc; i++) {
        if (!strncmp(argv[i], "exit=", 5)) status = atoi(argv[i] + 5);
        if (!strncmp(argv[i], "say=", 4)) fprintf(stderr, "%s\\n", argv[i] + 4);
        if (!strncmp(argv[i], "remove=", 7)) remove(argv[i] + 7);
        if (!strncmp(argv[i], "directory=", 10)) mkdir(argv[i] + 10, 0750);
        if (!strncmp(argv[i], "link=", 5)) symlink("in/side", argv[i] + 5);
        if (!strncmp(argv[i], "write=", 6)) {
          FILE *file = fopen(argv[i] + 6, "w");
          if (file == NULL) { perror(argv[i] + 6); continue; }
          fprintf(file, "written\\n");
          fclose(file);
          chmod(argv[i] + 6, 0640);
        }
        if (!strncmp(argv[i], "signal=", 7)) raise(atoi(argv[i] + 7));
        if (!strcmp(argv[i], "spin")) for (;;) {}
        if (!strcmp(argv[i], "flood")) for (;;) putchar('x');
      }
      return status;
    }
    """
}
