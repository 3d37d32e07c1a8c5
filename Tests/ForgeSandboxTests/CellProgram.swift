import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport

/// A small C program compiled for one test, static so that it runs in any root.
final class CellProgram: Sendable {
  let directory: FilePath
  let path: FilePath

  /// Compiles a source text, with the usual headers before it.
  init(_ source: String, mode: mode_t = 0o755, flags: [String] = ["-static"]) throws {
    directory = try TinyRoot.scratch("cell")
    path = directory.appending("program")
    let file = directory.appending("program.c")
    try (Self.headers + source).write(toFile: file.string, atomically: true, encoding: .utf8)
    // Not Foundation's Process: waiting for it runs a loop that can hold a cooperative thread for ever.
    let arguments = ["cc", "-O1", "-w"] + flags + ["-pthread", "-o", path.string, file.string]
    let argv = arguments.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var compiler = pid_t()
    var status: Int32 = -1
    guard posix_spawnp(&compiler, "cc", nil, nil, argv, environ) == 0, waitpid(compiler, &status, 0) == compiler,
      status == 0
    else { throw ForgeError(.system, "the test program does not compile", path: file.string) }
    chmod(path.string, mode)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.string) }

  private static let headers =
    [
      "arpa/inet.h", "dirent.h", "errno.h", "fcntl.h", "linux/audit.h", "linux/filter.h", "linux/io_uring.h",
      "linux/seccomp.h", "netinet/in.h", "pthread.h", "sched.h", "signal.h", "stddef.h", "stdint.h", "stdio.h",
      "stdlib.h", "string.h", "sys/ipc.h", "sys/mman.h", "sys/mount.h", "sys/prctl.h", "sys/ptrace.h",
      "sys/resource.h", "sys/shm.h", "sys/socket.h", "sys/stat.h", "sys/syscall.h", "sys/time.h", "sys/types.h",
      "sys/uio.h", "sys/un.h", "sys/utsname.h", "sys/wait.h", "time.h", "unistd.h",
    ]
    .reduce("#define _GNU_SOURCE\n") { $0 + "#include <\($1)>\n" }
}

/// Runs `body` with a pool over one executable, and closes the pool.
func withCells<Result>(
  _ executable: FilePath, root: FilePath? = TinyRoot.path, workers: Int = 1, mounts: [Mount] = [],
  scratch: CellConfiguration.Scratch? = nil, isolation: isolated (any Actor)? = #isolation,
  _ body: (CellPool) async throws -> Result
) async throws -> Result {
  let pool = try CellPool(
    configuration: CellConfiguration(root: root, executable: executable, mounts: mounts, scratch: scratch),
    workers: workers)
  do {
    let result = try await body(pool)
    await pool.close()
    return result
  } catch {
    await pool.close()
    throw error
  }
}

/// Runs one shell script as a case, in a root that has a few programs.
func runScript(
  _ script: String, stdin: ByteString = "", files: [TreeEntry] = [], environment: [String: String] = [:],
  limits: CaseLimits = .init(), perturbation: Perturbation = .none
) async throws -> Observation {
  try await withCells("/bin/sh") { pool in
    try await pool.run(
      Invocation(argv: ["-c", ByteString(script)], stdin: stdin, files: files, environment: environment),
      limits: limits, perturbation: perturbation)
  }
}

/// Compiles and runs one C program as a case.
func runProgram(
  _ source: String, _ arguments: [ByteString] = [], stdin: ByteString = "", files: [TreeEntry] = [],
  limits: CaseLimits = .init(), perturbation: Perturbation = .none
) async throws -> Observation {
  let program = try CellProgram(source)
  return try await withCells(program.path) { pool in
    try await pool.run(
      Invocation(argv: arguments, stdin: stdin, files: files), limits: limits, perturbation: perturbation)
  }
}
