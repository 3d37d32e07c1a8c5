import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What a program may use, and how its end is told when it wants more.
@Suite struct CellLimitTests {
  @Test func cpuTimeIsATimeout() async throws {
    let observation = try await runProgram(
      "int main(void) { for (;;); }", limits: CaseLimits(cpuMilliseconds: 1000, wallMilliseconds: 900_000))
    #expect(observation.outcome.termination == .timeout)
    #expect(observation.cpuMicroseconds >= 500_000)
  }

  @Test func ignoringTheWarningDoesNotHelp() async throws {
    let observation = try await runProgram(
      "int main(void) { signal(SIGXCPU, SIG_IGN); for (;;); }", limits: CaseLimits(cpuMilliseconds: 1000))
    #expect(observation.outcome.termination == .timeout)
  }

  @Test func timeOfAllProcessesTogetherIsLimited() async throws {
    let observation = try await runProgram(
      """
      int main(void) {
        for (int i = 0; i < 4; i++)
          if (fork() == 0) { while (clock() < CLOCKS_PER_SEC * 6 / 10); _exit(0); }
        while (wait(0) > 0);
      }
      """, limits: CaseLimits(cpuMilliseconds: 1000))
    #expect(observation.outcome.termination == .timeout)
  }

  @Test func wallClockStops() async throws {
    let observation = try await runScript("echo early; sleep 1000", limits: CaseLimits(wallMilliseconds: 300))
    #expect(observation.outcome.termination == .timeout)
    #expect(observation.outcome.stdout == "early\n")
  }

  @Test(arguments: [1, 2]) func outputIsCutAtTheCap(stream: Int) async throws {
    let observation = try await runScript("yes >&\(stream)", limits: CaseLimits(outputBytes: 100_001))
    #expect(observation.outcome.termination == .excess)
    let text = stream == 1 ? observation.outcome.stdout : observation.outcome.stderr
    #expect(text.bytes.count == 100_001)
    #expect(text.bytes.enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? UInt8(ascii: "y") : UInt8(ascii: "\n")) })
  }

  @Test func outputOfExactlyTheCapIsAllowed() async throws {
    let observation = try await runScript("yes | head -c 100000", limits: CaseLimits(outputBytes: 100_000))
    #expect(observation.outcome.termination == .exit(0))
    #expect(observation.outcome.stdout.bytes.count == 100_000)
  }

  @Test func memoryIsLimited() async throws {
    let observation = try await runProgram(
      #"""
      int main(void) {
        size_t total = 0;
        while (mmap(0, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) total++;
        printf("%d", total > 200 && total <= 256);
      }
      """#, limits: CaseLimits(memoryBytes: 256 << 20))
    #expect(observation.outcome.stdout == "1")
  }

  @Test func memoryThatNoProcessOwnsIsBounded() async throws {
    let program = try CellProgram(
      #"""
      int main(void) {
        static char page[1 << 20];
        long total = 0;
        for (int file = 0; file < 200; file++) {
          int memory = syscall(SYS_memfd_create, "x", 0);
          if (memory < 0) { printf("refused"); return 0; }
          for (int piece = 0; piece < 60 && write(memory, page, sizeof page) == sizeof page; piece++) total++;
        }
        printf("took %ld MiB", total);
      }
      """#)
    let pool = try CellPool(
      configuration: CellConfiguration(
        root: TinyRoot.path, executable: program.path, groupMemoryBytes: 256 << 20), workers: 1)
    let text: String
    do {
      let outcome = try await pool.run(Invocation()).outcome
      text = "\(outcome.termination) \(outcome.stdout.lossyText)"
    } catch {
      text = "\(error)"
    }
    let bounded = text.contains("refused") || text.contains("signal(9)") || text.contains("lost")
    #expect(bounded, "\(text)")
    // Whatever happened to that case, the next one runs.
    let next = try CellPool(
      configuration: CellConfiguration(root: TinyRoot.path, executable: "/bin/true"), workers: 1)
    #expect(try await next.run(Invocation()).outcome.termination == .exit(0))
    await next.close()
    await pool.close()
  }

  @Test func theDiskIsLimited() async throws {
    let observation = try await runProgram(
      #"""
      int main(void) {
        static char piece[1 << 16];
        long total = 0, count;
        for (int file = 0; file < 100; file++) {
          char name[16];
          sprintf(name, "/tmp/%d", file);
          int f = open(name, O_CREAT | O_WRONLY, 0600);
          for (int i = 0; i < 16 && (count = write(f, piece, sizeof piece)) > 0; i++) total += count;
        }
        printf("%d %d", total >= 7 << 20 && total <= 8 << 20, errno == ENOSPC);
      }
      """#, limits: CaseLimits(diskBytes: 8 << 20))
    #expect(observation.outcome.stdout == "1 1")
    #expect(observation.outcome.termination == .exit(0))
  }

  @Test func entriesAreLimited() async throws {
    let observation = try await runProgram(
      #"""
      int main(void) {
        int made = 0;
        for (char name[16]; made < 5000; made++) {
          sprintf(name, "/tmp/%d", made);
          if (mkdir(name, 0700) != 0) break;
        }
        printf("%d %d", made, errno == ENOSPC);
      }
      """#, limits: CaseLimits(inodes: 100))
    #expect(observation.outcome.stdout == "100 1")
  }

  @Test func aTerabyteInOneCallIsExcess() async throws {
    let observation = try await runProgram(
      "int main(void) { return truncate(\"x\", 0) != 0 && ftruncate(open(\"x\", O_CREAT | O_RDWR, 0600), 1l << 40); }")
    #expect(observation.outcome.termination == .excess)
  }

  @Test func sparseFilesDoNotAddUp() async throws {
    let observation = try await runProgram(
      #"""
      int main(void) {
        for (int i = 0; i < 100; i++) {
          char name[16];
          sprintf(name, "%d", i);
          ftruncate(open(name, O_CREAT | O_RDWR, 0600), 1 << 20);
        }
      }
      """#, limits: CaseLimits(diskBytes: 8 << 20))
    #expect(observation.outcome.termination == .excess)
    let whole = observation.outcome.files.filter { if case .file = $0.content { true } else { false } }
    #expect(whole.count == 8)
    #expect(observation.outcome.files.count == 100)
  }

  @Test func processesAreLimited() async throws {
    let observation = try await runProgram(
      #"""
      int main(void) {
        int made = 0;
        for (; made < 500; made++) {
          pid_t child = fork();
          if (child < 0) break;
          if (child == 0) { pause(); _exit(0); }
        }
        printf("%d %d", made, errno == EAGAIN);
      }
      """#, limits: CaseLimits(processes: 20))
    #expect(observation.outcome.stdout == "19 1")
  }
}
