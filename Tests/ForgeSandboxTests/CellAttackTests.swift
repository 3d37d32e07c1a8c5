import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import Testing

/// Programs that try to get out, to stay, or to be seen by the next case.
@Suite struct CellAttackTests {
  /// Runs two programs one after another in the same cell and gives the second's outcome.
  private func after(_ first: String, _ second: String) async throws -> Outcome {
    let program = try CellProgram(
      """
      void first(void) { \(first) }
      void second(void) { \(second) }
      int main(int c, char **v) { v[1][0] == '1' ? first() : second(); return 0; }
      """)
    return try await withCells(program.path) { pool in
      // What never ends by itself need not wait for the usual stop.
      _ = try await pool.run(Invocation(argv: ["1"]), limits: CaseLimits(wallMilliseconds: 10_000))
      return try await pool.run(Invocation(argv: ["2"])).outcome
    }
  }

  private func output(_ source: String, _ arguments: [ByteString] = []) async throws -> String {
    let outcome = try await runProgram(source, arguments).outcome
    #expect(outcome.termination == .exit(0), "\(outcome.stderr.lossyText)")
    return outcome.stdout.lossyText
  }

  @Test func aDaemonDiesWithItsCase() async throws {
    let marker = "daemon-\(UInt64.random(in: 0 ... .max))"
    let program = try CellProgram(
      """
      int main(int c, char **v) {
        if (fork() == 0) {
          setsid();
          if (fork() == 0) {
            for (int s = 1; s < 64; s++) signal(s, SIG_IGN);
            for (;;) pause();
          }
          _exit(0);
        }
        wait(0);
      }
      """)
    try await withCells(program.path) { pool in
      let observation = try await pool.run(Invocation(argv: [ByteString(marker)]))
      #expect(observation.outcome.termination == .exit(0))
      #expect(observation.wallMicroseconds < 30_000_000)
      #expect(hostProcesses(with: marker).isEmpty)
    }
  }

  private func hostProcesses(with marker: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { name in
      guard Int(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
        return false
      }
      return String(decoding: data, as: UTF8.self).contains(marker)
    }
  }

  @Test func aForkBombEndsAndTheNextCaseRuns() async throws {
    let outcome = try await after(
      "for (;;) fork();", #"printf("alive");"#)
    #expect(outcome.stdout == "alive")
  }

  @Test func killingEverybodyKillsOnlyItself() async throws {
    let outcome = try await after(
      "kill(1, SIGKILL); kill(1, SIGTERM); kill(-1, SIGKILL); kill(0, SIGKILL);", #"printf("alive");"#)
    #expect(outcome == Outcome(termination: .exit(0), stdout: "alive", stderr: "", files: []))
  }

  @Test func onlyItsOwnProcessesAreSeen() async throws {
    let text = try await output(
      #"""
      int main(void) {
        DIR *d = opendir("/proc");
        for (struct dirent *e; (e = readdir(d));) if (e->d_name[0] >= '0' && e->d_name[0] <= '9') printf("%s ", e->d_name);
        const char *names[] = {"mem", "environ", "root", "cwd", "fd", "maps", "syscall", "auxv"};
        for (int i = 0; i < 8; i++) {
          char path[64], text[64];
          sprintf(path, "/proc/1/%s", names[i]);
          int f = open(path, O_RDONLY);
          if (f >= 0 && (i == 4 || read(f, text, 1) >= 0)) printf("%s is open ", names[i]);
        }
      }
      """#)
    #expect(text == "1 2 ")
  }

  static let refused: [(String, String)] = [
    ("ptrace(PTRACE_TRACEME, 0, 0, 0)", "EPERM"),
    ("ptrace(PTRACE_ATTACH, 1, 0, 0)", "EPERM"),
    ("process_vm_readv(1, (struct iovec[]){{b, 8}}, 1, (struct iovec[]){{b, 8}}, 1, 0)", "EPERM"),
    ("process_vm_writev(getpid(), (struct iovec[]){{b, 8}}, 1, (struct iovec[]){{b, 8}}, 1, 0)", "EPERM"),
    ("unshare(CLONE_NEWUSER)", "EPERM"), ("unshare(CLONE_NEWNS)", "EPERM"), ("unshare(CLONE_FILES)", "EPERM"),
    ("syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)", "EPERM"),
    ("syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0)", "EPERM"),
    ("syscall(SYS_clone3, b, 64)", "ENOSYS"), ("setns(open(\"/proc/self/ns/pid\", O_RDONLY), 0)", "EPERM"),
    ("mount(\"tmpfs\", \"/tmp\", \"tmpfs\", 0, 0)", "EPERM"), ("umount2(\"/workspace\", MNT_DETACH)", "EPERM"),
    ("syscall(SYS_fsopen, \"tmpfs\", 0)", "EPERM"), ("syscall(SYS_open_tree, -100, \"/\", 1)", "EPERM"),
    ("syscall(SYS_pivot_root, \".\", \".\")", "EPERM"), ("chroot(\".\")", "EPERM"),
    ("syscall(SYS_io_uring_setup, 1, b)", "ENOSYS"), ("syscall(SYS_keyctl, 0, -3, 1)", "EPERM"),
    ("syscall(SYS_add_key, \"user\", \"k\", \"v\", 1, -4)", "EPERM"), ("syscall(SYS_bpf, 0, b, 8)", "EPERM"),
    ("syscall(SYS_perf_event_open, b, 0, -1, -1, 0)", "EPERM"), ("syscall(SYS_userfaultfd, 0)", "EPERM"),
    ("syscall(SYS_pidfd_getfd, 0, 0, 0)", "EPERM"), ("socket(40, SOCK_STREAM, 0)", "EAFNOSUPPORT"),
    ("socket(17, SOCK_RAW, 0)", "EAFNOSUPPORT"), ("socket(AF_INET, SOCK_RAW, 1)", "EPERM"),
    ("setuid(0)", "EPERM"), ("setgid(0)", "EPERM"), ("sethostname(\"x\", 1)", "EPERM"),
    ("write(open(\"/proc/sys/kernel/ns_last_pid\", O_WRONLY), \"9\", 1)", "EPERM"),
    ("open(\"/etc/passwd\", O_WRONLY)", "EACCES"), ("open(\"/usr/x\", O_CREAT | O_WRONLY, 0600)", "EROFS"),
    ("open(\"/dev/x\", O_CREAT | O_WRONLY, 0600)", "EROFS"), ("open(\"executable\", O_WRONLY)", "EACCES"),
    ("unlink(\"executable\")", "EBUSY"), ("rename(\"executable\", \"x\")", "EBUSY"),
    ("mknod(\"n\", S_IFCHR | 0600, 0x103)", "EPERM"), ("chown(\"/tmp\", 0, 0)", "EPERM"),
  ]

  @Test func refusedCallsAreRefused() async throws {
    let lines = Self.refused.map { call, _ in
      "errno = 0; r = \(call); printf(\"%s\\n\", r >= 0 ? \"ALLOWED\" : strerrorname_np(errno)); fflush(stdout);"
    }
    let text = try await output(
      "int main(void) { long r; static char b[256]; \(lines.joined(separator: "\n")) }")
    let answers = text.split(separator: "\n").map(String.init)
    #expect(answers.count == Self.refused.count)
    for ((call, expected), answer) in zip(Self.refused, answers) {
      // Where one id alone is mapped some refusals have another name, but they are refusals.
      let held = geteuid() == 0 ? answer == expected : answer.hasPrefix("E")
      #expect(held, "\(call): \(answer), not \(expected)")
    }
  }

  @Test(arguments: [
    #"int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(20)); printf("%d", r);"#,
    "syscall(0x40000000 | 39);",
  ])
  func otherCallingConventionsAreDeadly(body: String) async throws {
    let outcome = try await runProgram("int main(void) { \(body) }").outcome
    #expect(outcome.termination == .signal(SIGSYS))
  }

  @Test func itHasNoRights() async throws {
    let observation = try await runScript("cat /proc/self/status; id -u; id -g; id -G")
    let text = observation.outcome.stdout.lossyText
    for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
      #expect(text.contains("\(name):\t0000000000000000\n"))
    }
    #expect(text.contains("NoNewPrivs:\t1\n"))
    #expect(text.contains("Seccomp:\t2\n"))
    #expect(text.hasSuffix("1000\n1000\n1000\n"))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can make a file that is set-uid root"))
  func setUserIdDoesNothing() async throws {
    let program = try CellProgram(
      #"int main(void) { printf("%d %d", geteuid(), setuid(0)); }"#, mode: 0o6755)
    let observation = try await withCells(program.path) { try await $0.run(Invocation()) }
    #expect(observation.outcome.stdout == "1000 -1")
  }

  @Test func theExecutableCannotBeReadWhereItsModeSaysSo() async throws {
    let program = try CellProgram(
      #"""
      int main(void) {
        const char *names[] = {"executable", "/proc/self/exe", "/workspace/executable"};
        for (int i = 0; i < 3; i++) printf("%d ", open(names[i], O_RDONLY) < 0 ? errno == EACCES : -1);
        printf("%d %d", chmod("executable", 0755) < 0, link("executable", "copy") < 0);
      }
      """#, mode: 0o111)
    let observation = try await withCells(program.path) { try await $0.run(Invocation()) }
    #expect(observation.outcome == Outcome(termination: .exit(0), stdout: "1 1 1 1 1", stderr: "", files: []))
  }

  @Test func theHostsNetworkIsNotThere() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        #expect(bind(listener, generic, length) == 0 && listen(listener, 1) == 0)
        getsockname(listener, generic, &length)
      }
    }
    let port = UInt16(bigEndian: address.sin_port)
    let text = try await output(
      #"""
      int main(int c, char **v) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(v[1])), .sin_addr.s_addr = htonl(0x7f000001)};
        printf("%d ", connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&a, sizeof a) < 0);
        a.sin_addr.s_addr = inet_addr("192.0.2.1");
        printf("%d", connect(socket(AF_INET, SOCK_DGRAM, 0), (void *)&a, sizeof a) < 0);
      }
      """#, [ByteString(String(port))])
    #expect(text == "1 1")
  }

  @Test func abstractSocketsOfTheHostAreNotThere() async throws {
    let name = "taskforge-\(UInt64.random(in: 0 ... .max))"
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: name.utf8) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        #expect(bind(listener, generic, length) == 0 && listen(listener, 1) == 0)
      }
    }
    let text = try await output(
      #"""
      int main(int c, char **v) {
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        strcpy(a.sun_path + 1, v[1]);
        printf("%d", connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, 3 + strlen(v[1])) < 0 ? errno == ECONNREFUSED : -1);
      }
      """#, [ByteString(name)])
    #expect(text == "1")
  }

  @Test func nothingIsLeftForTheNextCase() async throws {
    let outcome = try await after(
      #"""
      int shared = shmget(77, 4096, IPC_CREAT | 0666);
      if (shared >= 0) strcpy(shmat(shared, 0, 0), "secret");
      const char *names[] = {"/workspace/left", "/tmp/left", "/tmp/home/left", "/dev/shm/left"};
      for (int i = 0; i < 4; i++) if (open(names[i], O_CREAT | O_WRONLY, 0666) < 0) perror(names[i]);
      struct sockaddr_un a = {.sun_family = AF_UNIX};
      strcpy(a.sun_path + 1, "left");
      int s = socket(AF_UNIX, SOCK_STREAM, 0);
      bind(s, (void *)&a, 7);
      listen(s, 1);
      if (fork() == 0) { setsid(); for (;;) pause(); }
      """#,
      #"""
      printf("%d", shmget(77, 4096, 0) < 0);
      const char *names[] = {"/workspace/left", "/tmp/left", "/tmp/home/left", "/dev/shm/left"};
      for (int i = 0; i < 4; i++) printf("%d", access(names[i], F_OK) != 0);
      struct sockaddr_un a = {.sun_family = AF_UNIX};
      strcpy(a.sun_path + 1, "left");
      printf("%d", connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, 7) < 0);
      """#)
    #expect(outcome.stdout == "111111")
    #expect(outcome.files.isEmpty)
  }

  @Test func casesAtTheSameTimeDoNotSeeEachOther() async throws {
    let program = try CellProgram(
      #"""
      int main(int c, char **v) {
        char mine[64];
        sprintf(mine, "/tmp/%s", v[1]);
        close(open(mine, O_CREAT | O_WRONLY, 0666));
        close(open(v[1], O_CREAT | O_WRONLY, 0666));
        int shared = shmget(5, 4096, IPC_CREAT | IPC_EXCL | 0666);
        usleep(200000);
        int seen = 0;
        const char *places[] = {"/tmp", "/workspace", "/proc"};
        for (int i = 0; i < 3; i++) {
          DIR *d = opendir(places[i]);
          for (struct dirent *e; (e = readdir(d));) {
            if (i < 2 && strncmp(e->d_name, "case", 4) == 0) seen++;
            if (i == 2 && e->d_name[0] >= '0' && e->d_name[0] <= '9') seen++;
          }
        }
        printf("%d %d", seen, shared >= 0 || errno == ENOSYS);
      }
      """#)
    try await withCells(program.path, workers: 2) { pool in
      try await withThrowingTaskGroup(of: Observation.self) { group in
        for index in 0..<4 {
          group.addTask { try await pool.run(Invocation(argv: [ByteString("case\(index)")])) }
        }
        for try await observation in group { #expect(observation.outcome.stdout == "4 1") }
      }
    }
  }

  @Test func hostileTreesAreReadUnharmed() async throws {
    let observation = try await runProgram(
      #"""
      int main(void) {
        mkfifo("fifo", 0666);
        symlink("/", "root");
        symlink("loop", "loop");
        symlink("/proc/self/fd/0", "stdin");
        mkdir("shut", 0755);
        close(open("shut/file", O_CREAT | O_WRONLY, 0));
        chmod("shut", 0);
        struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "socket"};
        bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof a);
        chmod(".", 0);
      }
      """#)
    #expect(observation.outcome.termination == .exit(0))
    #expect(
      observation.outcome.files == [
        TreeEntry(path: "fifo", content: .other("fifo")), TreeEntry(path: "loop", content: .link("loop")),
        TreeEntry(path: "root", content: .link("/")), TreeEntry(path: "shut", content: .directory(mode: 0)),
        TreeEntry(path: "shut/file", content: .file("", mode: 0)),
        TreeEntry(path: "socket", content: .other("socket")),
        TreeEntry(path: "stdin", content: .link("/proc/self/fd/0")),
      ])
  }

  @Test func depthIsCapped() async throws {
    let observation = try await runProgram(
      "int main(void) { for (int i = 0; i < 1000; i++) { if (mkdir(\"d\", 0755) || chdir(\"d\")) return 1; } }")
    #expect(observation.outcome.termination == .excess)
    #expect(observation.outcome.files.last?.content == .other("cut"))
  }
}
