import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Runs of a program with other bytes, and what a cell tells of the places that a run comes to.
@Suite struct CellMutantTests {
  /// Functions with names that the symbol table gives back, and that no compiler melts into each other.
  private static let three = #"""
    #define KEEP __attribute__((noinline, used, noclone))
    KEEP int first(int x) { __asm__ volatile(""); return x + 1; }
    KEEP int second(int x) { __asm__ volatile(""); return x + 2; }
    KEEP int third(int x) { __asm__ volatile(""); return x + 3; }
    """#
  private static let names = ["first", "second", "third"]

  /// Runs the program and gives which of the functions it came to.
  private func reached(
    _ program: MarkedProgram, _ arguments: [ByteString] = []
  ) async throws -> (names: [String], outcome: Outcome) {
    try await program.withCells { pool in
      let (seen, sites) = try await pool.reach(
        Invocation(argv: arguments), entry: program.entry, limits: CaseLimits())
      return (sites.map { program.names[$0] }, seen.outcome)
    }
  }

  @Test(arguments: [["-static"], ["-pie", "-fPIE"], ["-static-pie", "-fPIE"]])
  func reachedFunctions(_ flags: [String]) async throws {
    let program = try MarkedProgram(
      Self.three + "int main(int c, char **v) { printf(\"%d\", c > 1 ? first(c) : third(c)); return 7; }",
      names: Self.names, flags: flags, mode: 0o111)
    let none = try await reached(program)
    #expect(none.names == ["third"])
    #expect(none.outcome.stdout == "4" && none.outcome.termination == .exit(7))
    #expect(try await reached(program, ["x"]).names == ["first"])
  }

  @Test func threadsThatMeetAtOnePlace() async throws {
    let program = try MarkedProgram(
      Self.three + #"""
        static pthread_barrier_t gate;
        static void *work(void *p) {
          pthread_barrier_wait(&gate);
          long sum = 0;
          for (int i = 0; i < 1000; i++) sum += first(i) + second(i);
          return (void *)sum;
        }
        int main(void) {
          pthread_t t[8];
          long sum = 0;
          pthread_barrier_init(&gate, 0, 8);
          for (int i = 0; i < 8; i++) pthread_create(t + i, 0, work, 0);
          for (int i = 0; i < 8; i++) { void *r; pthread_join(t[i], &r); sum += (long)r; }
          printf("%ld", sum);
        }
        """#, names: Self.names)
    for _ in 0..<20 {
      let found = try await reached(program)
      #expect(found.names == ["first", "second"])
      #expect(found.outcome.stdout == "8016000" && found.outcome.termination == .exit(0))
    }
  }

  @Test func childrenThatForkExecuteAndDie() async throws {
    let program = try MarkedProgram(
      Self.three + #"""
        int main(int c, char **v) {
          if (c > 1) return second(40);
          int a, b, d;
          if (fork() == 0) { if (fork() == 0) _exit(third(1)); wait(&d); _exit(first(WEXITSTATUS(d))); }
          wait(&a);
          pid_t p = vfork();
          if (p == 0) { execl("./executable", "executable", "again", (char *)0); _exit(99); }
          wait(&b);
          printf("%d %d", WEXITSTATUS(a), WEXITSTATUS(b));
        }
        """#, names: Self.names)
    let found = try await reached(program)
    // What is executed again is not watched.
    #expect(found.names == ["first", "third"])
    #expect(found.outcome.stdout == "5 42")
  }

  /// A program's own signals, its own int3 among them, come to it as without.
  @Test func signals() async throws {
    let program = try MarkedProgram(
      Self.three + #"""
        static volatile int traps, usr;
        static void on(int s) { if (s == SIGTRAP) traps++; else usr++; }
        int main(void) {
          signal(SIGTRAP, on); signal(SIGUSR1, on);
          __asm__ volatile("int3");
          raise(SIGTRAP); raise(SIGUSR1);
          printf("%d %d %d", traps, usr, first(1));
          fflush(stdout);
          raise(SIGSEGV);
        }
        """#, names: Self.names)
    let found = try await reached(program)
    #expect(found.names == ["first"])
    #expect(found.outcome.stdout == "2 1 2" && found.outcome.termination == .signal(SIGSEGV))
  }

  @Test(arguments: [["-static"], ["-pie", "-fPIE"]])
  func patchesLastForOneRun(_ flags: [String]) async throws {
    let program = try MarkedProgram(
      Self.three + "int main(void) { printf(\"%d\", first(1)); return 0; }", names: Self.names, flags: flags,
      mode: 0o111
    )
    let first = program.addresses[program.names.firstIndex(of: "first")!]
    // push $42; pop %rax; ret: no longer than what it stands for.
    let patch = Patch(address: first, bytes: [0x6A, 42, 0x58, 0xC3])
    try await program.withCells { pool in
      #expect(try await pool.run(Invocation()).outcome.stdout == "2")
      let changed = try await pool.run(Invocation(), patched: patch, entry: program.entry, limits: CaseLimits())
      #expect(changed.outcome.stdout == "42" && changed.outcome.termination == .exit(0))
      #expect(try await pool.run(Invocation()).outcome.stdout == "2")
      let both = try await pool.reach(Invocation(), patched: patch, entry: program.entry, limits: CaseLimits())
      #expect(both.observation.outcome.stdout == "42" && both.sites.map { program.names[$0] } == ["first"])
    }
  }

  @Test func aChangedProgramKeepsToItsLimits() async throws {
    let program = try MarkedProgram(
      Self.three + "int main(void) { printf(\"%d\", first(1)); return 0; }", names: Self.names)
    let first = program.addresses[program.names.firstIndex(of: "first")!]
    var limits = CaseLimits()
    limits.cpuMilliseconds = 1000
    try await program.withCells { pool in
      let forever = Patch(address: first, bytes: [0xEB, 0xFE])
      let stuck = try await pool.run(Invocation(), patched: forever, entry: program.entry, limits: limits)
      #expect(stuck.outcome.termination == .timeout)
      let trap = Patch(address: first, bytes: [0x0F, 0x0B])
      let dead = try await pool.run(Invocation(), patched: trap, entry: program.entry, limits: limits)
      #expect(dead.outcome.termination == .signal(SIGILL))
      let wrong = Patch(address: 0x10, bytes: [0x90])
      await #expect(throws: ForgeError.self) {
        _ = try await pool.run(Invocation(), patched: wrong, entry: program.entry, limits: limits)
      }
      #expect(try await pool.run(Invocation()).outcome.stdout == "2")
    }
  }

  /// A changed program has no more rights than any other.
  @Test func rights() async throws {
    let program = try MarkedProgram(
      Self.three + #"""
        int main(void) {
          char line[256];
          FILE *f = fopen("/proc/self/status", "r");
          while (fgets(line, sizeof line, f))
            if (!strncmp(line, "Cap", 3) || !strncmp(line, "NoNewPrivs", 10) || !strncmp(line, "TracerPid", 9))
              fputs(line, stdout);
          printf("%d", first(1));
        }
        """#, names: Self.names)
    let first = program.addresses[program.names.firstIndex(of: "first")!]
    try await program.withCells { pool in
      let plain = try await pool.run(Invocation()).outcome.stdout.lossyText
      let patch = Patch(address: first, bytes: [0x6A, 2, 0x58, 0xC3])
      let changed = try await pool.run(Invocation(), patched: patch, entry: program.entry, limits: CaseLimits())
      #expect(plain.contains("CapEff:\t0000000000000000"))
      #expect(changed.outcome.stdout.lossyText == plain)
    }
  }
}

/// A C program compiled with functions whose addresses are watched.
private final class MarkedProgram: Sendable {
  let program: CellProgram
  let names: [String]
  let addresses: [UInt64]
  let entry: UInt64
  private let list: SiteList

  init(_ source: String, names wanted: [String], flags: [String] = ["-static"], mode: mode_t = 0o755) throws {
    program = try CellProgram(source, flags: flags)
    let symbols = try Self.output(of: "nm", program.path).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 3 && wanted.contains(String(words[2]))
        ? (String(words[2]), UInt64(words[0], radix: 16)!) : nil
    }.sorted { $0.1 < $1.1 }
    guard symbols.count == wanted.count else { throw ForgeError(.system, "a function is not in the test program") }
    names = symbols.map(\.0)
    addresses = symbols.map(\.1)
    let header = try FileDescriptor.readAll(program.path)[24..<32]
    entry = header.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    list = try SiteList(addresses, entry: entry, to: program.directory.appending("sites"))
    chmod(program.path.string, mode)
  }

  func withCells<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (CellPool) async throws -> Result
  ) async throws -> Result {
    let pool = try CellPool(
      configuration: CellConfiguration(root: TinyRoot.path, executable: program.path, sites: list), workers: 2)
    do {
      let result = try await body(pool)
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }

  private static func output(of tool: String, _ file: FilePath) throws -> String {
    let out = file.string + "." + tool
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let words: [String] = [tool, file.string]
    let argv = words.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var child = pid_t()
    var status: Int32 = -1
    guard posix_spawnp(&child, tool, &actions, nil, argv, environ) == 0, waitpid(child, &status, 0) == child,
      status == 0
    else { throw ForgeError(.system, "\(tool) fails", path: file.string) }
    return String(decoding: try FileDescriptor.readAll(FilePath(out)), as: UTF8.self)
  }
}
