import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What a program in a cell is given and what is seen of it.
@Suite struct CellBehaviourTests {
  @Test func trueIsNothing() async throws {
    let observation = try await withCells("/bin/true", root: nil) { try await $0.run(Invocation()) }
    #expect(observation.outcome == Outcome(termination: .exit(0), stdout: "", stderr: "", files: []))
    #expect(observation.wallMicroseconds > 0)
    #expect(observation.peakKibibytes > 0)
  }

  @Test func argumentsAreBytes() async throws {
    let observation = try await runProgram(
      #"int main(int c, char **v) { for (int i = 0; i < c; i++) printf("[%s]", v[i]); }"#,
      ["", "a b", ByteString([0xFF, 0x80, 0x0A, 0x27])])
    #expect(
      observation.outcome.stdout.bytes
        == Array("[./executable][][a b][".utf8) + [0xFF, 0x80, 0x0A, 0x27] + Array("]".utf8))
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 3_000_000])
  func standardInputArrivesWholeAndEnds(count: Int) async throws {
    let input = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let limits = CaseLimits(outputBytes: 4 << 20)
    let observation = try await runScript("cat", stdin: ByteString(input), limits: limits)
    #expect(observation.outcome.termination == .exit(0))
    #expect(observation.outcome.stdout.bytes == input)
  }

  @Test func inputThatIsNotReadIsNoError() async throws {
    let observation = try await runScript(
      "exit 3", stdin: ByteString([UInt8](repeating: 65, count: 1 << 20)))
    #expect(observation.outcome.termination == .exit(3))
  }

  @Test func environmentIsTheSolversAndTheCases() async throws {
    let observation = try await runScript("env", environment: ["B": "x=y\nz", "TZ": "Asia/Tokyo"])
    let text = try #require(observation.outcome.stdout.text)
    var expected = SolverEnvironment.variables
    expected["TZ"] = "Asia/Tokyo"
    for (name, value) in expected { #expect(text.contains("\(name)=\(value)\n")) }
    #expect(text.contains("B=x=y\nz\n"))
    #expect(!text.contains("TASKFORGE"))
  }

  @Test func theInputTreeIsThereWithModesAndDates() async throws {
    let files: [TreeEntry] = [
      TreeEntry(path: "a/b/c.txt", content: .file("deep\n", mode: 0o640)),
      TreeEntry(path: "empty", content: .directory(mode: 0o700)),
      TreeEntry(path: "link", content: .link("a/b/c.txt")),
      TreeEntry(path: "run.sh", content: .file("#!/bin/sh\necho ran\n", mode: 0o755)),
    ]
    let observation = try await runProgram(
      #"""
      int main(void) {
        const char *names[] = {".", "a", "a/b/c.txt", "empty", "link", "run.sh", "executable", "/tmp", "/tmp/home"};
        for (int i = 0; i < 9; i++) {
          struct stat s;
          if (lstat(names[i], &s) != 0) { perror(names[i]); continue; }
          printf("%s %o %s", names[i], s.st_mode, i == 6 ? "-\n" : asctime(gmtime(&s.st_mtime)));
        }
        fflush(stdout);
        char text[16] = {0};
        readlink("link", text, 15);
        printf("%s %d\n", text, system("./run.sh"));
      }
      """#, files: files)
    let date = "Wed Jan  1 00:00:00 2020\n"
    #expect(
      observation.outcome.stdout.text
        == ". 40755 \(date)a 40755 \(date)a/b/c.txt 100640 \(date)empty 40700 \(date)link 120777 \(date)"
        + "run.sh 100755 \(date)executable 100755 -\n/tmp 41777 \(date)/tmp/home 40755 \(date)ran\na/b/c.txt 0\n")
    #expect(observation.outcome.files.isEmpty)
  }

  @Test func changesOfTheTreeAreToldAsADifference() async throws {
    let files: [TreeEntry] = [
      TreeEntry(path: "change", content: .file("1234", mode: 0o644)),
      TreeEntry(path: "chmod", content: .file("same", mode: 0o644)),
      TreeEntry(path: "d/gone", content: .file("", mode: 0o644)),
      TreeEntry(path: "d/kept", content: .file("kept", mode: 0o644)),
      TreeEntry(path: "e/gone", content: .file("", mode: 0o644)),
      TreeEntry(path: "link", content: .link("change")),
      TreeEntry(path: "mapped", content: .file("aaaa", mode: 0o644)),
    ]
    let observation = try await runProgram(
      #"""
      int main(void) {
        int f = open("change", O_WRONLY);
        struct stat s;
        fstat(f, &s);
        write(f, "4321", 4);
        futimens(f, (struct timespec[2]){s.st_atim, s.st_mtim});
        chmod("chmod", 0600);
        unlink("d/gone");
        unlink("e/gone");
        rmdir("e");
        int m = open("mapped", O_RDWR);
        char *p = mmap(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
        p[3] = 'b';
        mkdir("new", 0755);
        mkdir("new/empty", 0755);
        close(open("new/file\xff", O_CREAT | O_WRONLY, 0666));
        symlink("/etc/passwd", "out");
        mkfifo("pipe", 0600);
      }
      """#, files: files)
    #expect(
      observation.outcome.files == [
        TreeEntry(path: "change", content: .file("4321", mode: 0o644)),
        TreeEntry(path: "chmod", content: .file("same", mode: 0o600)),
        TreeEntry(path: "d/gone", content: .removed),
        TreeEntry(path: "e", content: .removed),
        TreeEntry(path: "e/gone", content: .removed),
        TreeEntry(path: "mapped", content: .file("aaab", mode: 0o644)),
        TreeEntry(path: "new/empty", content: .directory(mode: 0o755)),
        TreeEntry(path: #"new/file\xFF"#, content: .file("", mode: 0o644)),
        TreeEntry(path: "out", content: .link("/etc/passwd")),
        TreeEntry(path: "pipe", content: .other("fifo")),
      ])
  }

  @Test func largeFilesComeBackWhole() async throws {
    let data = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 11) }
    let observation = try await runScript(
      "cat in in >out", files: [TreeEntry(path: "in", content: .file(ByteString(data), mode: 0o644))])
    #expect(
      observation.outcome.files
        == [TreeEntry(path: "out", content: .file(ByteString(data + data), mode: 0o644))])
  }

  @Test(arguments: [0, 1, 42, 255]) func exitStatusIsKept(status: Int32) async throws {
    let observation = try await runScript("exit \(status)")
    #expect(observation.outcome.termination == .exit(status))
  }

  @Test(arguments: [
    ("abort();", SIGABRT), ("*(volatile int *)0 = 1;", SIGSEGV), ("raise(SIGTERM);", SIGTERM),
    ("kill(getpid(), SIGKILL);", SIGKILL), ("volatile int z = 0; return getpid() / z;", SIGFPE),
    ("int p[2]; pipe(p); close(p[0]); write(p[1], p, 1);", SIGPIPE),
  ])
  func deathsBySignalAreThat(body: String, signal: Int32) async throws {
    let observation = try await runProgram("int main(void) { \(body) return 0; }")
    #expect(observation.outcome.termination == .signal(signal))
  }

  @Test func streamsCanBeOpenedAgainByName() async throws {
    let observation = try await runScript(
      "echo a; echo b >/dev/stdout; echo c >/dev/stderr; cat /dev/stdin; echo d >/proc/self/fd/1", stdin: "in\n")
    #expect(observation.outcome.stdout == "a\nb\nin\nd\n")
    #expect(observation.outcome.stderr == "c\n")
  }

  @Test(arguments: [
    ("not a program at all \u{1}\n", 126 as Int32), ("#!/no/such/interpreter\n", 127), ("", 126),
  ])
  func whatIsNoProgramEndsAsAShellSaysIt(content: String, status: Int32) async throws {
    let directory = try TinyRoot.scratch("noexec")
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let file = directory.appending("executable")
    _ = FileManager.default.createFile(atPath: file.string, contents: Data(content.utf8))
    chmod(file.string, 0o755)
    let observation = try await withCells(file) { try await $0.run(Invocation()) }
    #expect(observation.outcome == Outcome(termination: .exit(status), stdout: "", stderr: "", files: []))
  }

  /// Its interpreter's name lies beyond the end of the file, which the kernel says is an input/output error.
  @Test func aDamagedProgramIsNoFailureOfTheMachine() async throws {
    let program = try CellProgram("int main(void) {}")
    var bytes = try FileDescriptor.readAll(program.path)
    let (headers, count) = (Int(bytes[32]), Int(bytes[56]))
    // The first program header becomes one of kind PT_INTERP that starts at 1 GiB.
    #expect(headers == 64 && count > 0)
    bytes.replaceSubrange(headers..<(headers + 4), with: [3, 0, 0, 0])
    bytes.replaceSubrange((headers + 8)..<(headers + 16), with: [0, 0, 0, 0x40, 0, 0, 0, 0])
    bytes.replaceSubrange((headers + 32)..<(headers + 40), with: [16, 0, 0, 0, 0, 0, 0, 0])
    try FileDescriptor.replace(program.path, with: bytes)
    chmod(program.path.string, 0o755)
    let observation = try await withCells(program.path) { try await $0.run(Invocation()) }
    #expect(observation.outcome == Outcome(termination: .exit(126), stdout: "", stderr: "", files: []))
  }

  @Test func timeOfChildrenCounts() async throws {
    let observation = try await runProgram(
      """
      int main(void) {
        if (fork() == 0) { while (clock() < CLOCKS_PER_SEC / 5); _exit(0); }
        wait(0);
      }
      """)
    #expect(observation.outcome.termination == .exit(0))
    #expect(observation.cpuMicroseconds >= 190_000)
  }

  @Test(arguments: ["../x", "/etc/x", "a/../x", "a//b", "./a", "", "executable", "executable/x", "a\0b"])
  func pathsOutOfTheTreeAreRefused(path: String) async throws {
    let files = [TreeEntry(path: path, content: .file("", mode: 0o644))]
    let error = await #expect(throws: ForgeError.self) { try await runScript("true", files: files) }
    #expect(error?.code == .badInvocation)
  }

  @Test func nothingIsMadeThroughALink() async throws {
    let files = [
      TreeEntry(path: "a", content: .link("/tmp")), TreeEntry(path: "a/b", content: .file("x", mode: 0o644)),
    ]
    let error = await #expect(throws: ForgeError.self) { try await runScript("true", files: files) }
    #expect(error?.code == .cellFailed)
  }
}
