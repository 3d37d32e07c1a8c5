import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import Testing

/// What a perturbation changes is changed, and nothing else.
@Suite struct CellPerturbationTests {
  private static let report = #"""
    int main(void) {
      struct utsname names;
      uname(&names);
      cpu_set_t cpus;
      sched_getaffinity(0, sizeof cpus, &cpus);
      int count = 0;
      for (int i = 0; i < CPU_SETSIZE; i++) count += CPU_ISSET(i, &cpus) ? 1 : 0;
      int local;
      printf("%s %d %d %d %d %p", names.nodename, getpid(), getuid(), getgid(), count, &local);
    }
    """#

  private func run(_ perturbation: Perturbation) async throws -> [String]? {
    let program = try CellProgram(Self.report)
    return try await withCells(program.path) { pool in
      guard try await pool.abilities.missing(for: perturbation).isEmpty else { return nil }
      let observation = try await pool.run(Invocation(), perturbation: perturbation)
      return observation.outcome.stdout.lossyText.split(separator: " ").map(String.init)
    }
  }

  @Test func plainSurroundings() async throws {
    let words = try #require(try await run(.none))
    #expect(Array(words[0...3]) == ["taskforge", "2", "1000", "1000"])
  }

  @Test func hostName() async throws {
    #expect(try #require(try await run(Perturbation(hostName: "elsewhere")))[0] == "elsewhere")
  }

  @Test func wideLimits() async throws {
    let program = try CellProgram(
      #"""
      #include <sys/resource.h>
      #include <sys/vfs.h>
      int main(void) {
        struct rlimit files, memory;
        getrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_AS, &memory);
        struct statfs disk;
        statfs(".", &disk);
        printf("%lu %lu %lu %lu", files.rlim_cur, memory.rlim_cur >> 20, disk.f_blocks * disk.f_bsize >> 20, disk.f_files);
      }
      """#)
    try await withCells(program.path) { pool in
      func words(_ perturbation: Perturbation) async throws -> [Int] {
        let limits = CaseLimits(memoryBytes: 1 << 30, diskBytes: 16 << 20, inodes: 100)
        let outcome = try await pool.run(Invocation(), limits: limits, perturbation: perturbation).outcome
        return outcome.stdout.lossyText.split(separator: " ").compactMap { Int($0) }
      }
      let plain = try await words(.none)
      let wide = try await words(Perturbation(wideLimits: true))
      // The file system has five entries of the cell's own.
      #expect(plain == [256, 1024, 16, 105])
      #expect(wide == [512, 2048, 32, 205])
    }
  }

  @Test func processIds() async throws {
    guard let words = try await run(Perturbation(firstPid: 4711)) else { return }
    #expect(words[1] == "4712")
  }

  /// A case that shows inode numbers is about the file system it was recorded on.
  @Test func inodeNumbers() async throws {
    let program = try CellProgram(
      #"""
      int main(void) {
        struct stat s;
        if (lstat("a", &s) != 0) return 1;
        printf("%lu", (unsigned long)s.st_ino);
      }
      """#)
    let input = Invocation(files: [TreeEntry(path: "a", content: .file("", mode: 0o644))])
    try await withCells(program.path) { pool in
      guard try await pool.abilities.missing(for: Perturbation(firstPid: 100)).isEmpty else { return }
      let plain = try await pool.run(input).outcome
      #expect(try await pool.run(input).outcome == plain)
      #expect(try await pool.run(input, perturbation: Perturbation(firstPid: 100)).outcome.stdout != plain.stdout)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "one id alone is mapped for an ordinary user"))
  func userAndGroup() async throws {
    let words = try #require(try await run(Perturbation(userOffset: 23)))
    #expect(Array(words[2...3]) == ["1023", "1023"])
  }

  @Test func processors() async throws {
    guard let words = try await run(Perturbation(cpus: 1)) else { return }
    #expect(words[4] == "1")
  }

  @Test func addressLayout() async throws {
    let program = try CellProgram(Self.report)
    let places = try await withCells(program.path) { pool in
      var places: [Set<String>] = [[], []]
      for _ in 0..<4 {
        for random in [false, true] {
          let observation = try await pool.run(Invocation(), perturbation: Perturbation(randomLayout: random))
          let words = observation.outcome.stdout.lossyText.split(separator: " ")
          places[random ? 1 : 0].insert(String(words.last ?? ""))
        }
      }
      return places
    }
    #expect(places[0].count == 1)
    #expect(places[1].count > 1)
  }

  @Test func directoryOrder() async throws {
    let files = (0..<20).map { TreeEntry(path: "d/\($0)", content: .file("", mode: 0o644)) }
    let program = try CellProgram(
      #"int main(void) { DIR *d = opendir("d"); for (struct dirent *e; (e = readdir(d));) printf("%s ", e->d_name); }"#)
    try await withCells(program.path) { pool in
      var orders: Set<String> = []
      for seed in [nil, 1, 2, 3] as [UInt64?] {
        let first = try await pool.run(Invocation(files: files), perturbation: Perturbation(directorySeed: seed))
        let again = try await pool.run(Invocation(files: files), perturbation: Perturbation(directorySeed: seed))
        #expect(first.outcome == again.outcome)
        #expect(first.outcome.files.isEmpty)
        orders.insert(first.outcome.stdout.lossyText)
      }
      #expect(orders.count == 4)
    }
  }

  private static let clocks = #"""
    int main(int c, char **v) {
      struct timespec a, b, m;
      struct timeval t;
      clock_gettime(CLOCK_REALTIME, &a);
      clock_gettime(CLOCK_REALTIME_COARSE, &b);
      gettimeofday(&t, 0);
      clock_gettime(CLOCK_MONOTONIC, &m);
      printf("%ld %ld %ld %ld %ld", a.tv_sec, b.tv_sec, t.tv_sec, time(0), m.tv_sec);
      fflush(stdout);
      if (c > 1) { v[1] = 0; if (fork() == 0) execv(v[0], v); int s; wait(&s); return WEXITSTATUS(s); }
    }
    """#

  /// Executables that may not be read are not dumpable: the cell's init has fewer rights over them.
  @Test(arguments: [400, -400], [mode_t(0o755), 0o111]) func clocks(days: Int, mode: mode_t) async throws {
    let program = try CellProgram(Self.clocks, mode: mode)
    let offset = Int64(days) * 86_400
    try await withCells(program.path) { pool in
      let abilities = try await pool.abilities
      guard abilities.clock else {
        #expect(abilities.clockReason != nil)
        return
      }
      let before = Int64(time(nil))
      // The second argument makes it run itself again: a child sees the same clock.
      let moved = try await pool.run(Invocation(argv: ["again"]), perturbation: Perturbation(clockOffset: offset))
      let after = Int64(time(nil))
      #expect(moved.outcome.termination == .exit(0), "\(moved.outcome)")
      let plain = try await pool.run(Invocation(argv: ["again"]))
      for (observation, by) in [(moved, offset), (plain, 0)] {
        let numbers = observation.outcome.stdout.lossyText.split(separator: " ").flatMap { $0.split(separator: " ") }
        // Five numbers, twice; the fifth and the sixth run together where one print follows the other.
        #expect(numbers.count == 9)
        for index in [0, 1, 2, 3, 5, 6, 7] {
          let seconds = try #require(Int64(numbers[index]))
          #expect(seconds >= before + by - 1 && seconds <= after + by + 60)
        }
      }
    }
  }

  @Test func aMovedClockLeavesTheRestAsItIs() async throws {
    let program = try CellProgram(
      #"""
      int main(int c, char **v) {
        if (fork() == 0) { if (fork() == 0) abort(); int s; wait(&s); _exit(WTERMSIG(s)); }
        int s;
        wait(&s);
        pthread_t t;
        pthread_create(&t, 0, (void *)pause, 0);
        struct timespec second = {0, 1000000};
        nanosleep(&second, 0);
        char text[8] = {0};
        read(0, text, 7);
        printf("%s %d", text, WEXITSTATUS(s));
        fflush(stdout);
        raise(SIGUSR1);
      }
      """#, mode: 0o111)
    try await withCells(program.path) { pool in
      guard try await pool.abilities.clock else { return }
      let input = Invocation(stdin: "in", files: [TreeEntry(path: "f", content: .file("x", mode: 0o600))])
      let plain = try await pool.run(input)
      let moved = try await pool.run(input, perturbation: Perturbation(clockOffset: 86_400))
      #expect(plain.outcome == moved.outcome)
      #expect(moved.outcome == Outcome(termination: .signal(SIGUSR1), stdout: "in 6", stderr: "", files: []))
    }
  }

  @Test func whatCannotBeDoneIsAnErrorAndNoVerdict() async throws {
    try await withCells("/bin/true") { pool in
      let error = await #expect(throws: ForgeError.self) {
        try await pool.run(Invocation(), perturbation: Perturbation(cpus: 100_000))
      }
      #expect(error?.code == .cannotPerturb)
    }
  }
}
