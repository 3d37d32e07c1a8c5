import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeRun

/// A cleanroom whose processes want more than they are given.
@Suite(.serialized) struct HostileTests {
  /// Speaks to the socket as no client does.
  private static let garbage = #"""
    import os, random, socket, struct
    def connect():
        s = socket.socket(socket.AF_UNIX)
        s.connect("/run/taskforge/socket")
        return s
    def item(kind, name=b"", data=b"", size=None, mode=0o644):
        return struct.pack("<IIIiQ", kind, mode, len(name), 0, len(data) if size is None else size) + name + data
    def answer(*parts):
        s = connect()
        try:
            for part in parts: s.sendall(part)
            s.shutdown(socket.SHUT_WR)
        except OSError: pass
        got = b""
        try:
            while True:
                more = s.recv(65536)
                if not more: break
                got += more
        except OSError: pass
        return got[16:]
    END = item(10)
    random.seed(5)
    for round in range(200):
        answer(bytes(random.randrange(256) for _ in range(random.randrange(1, 200))))
    whole = item(1, data=b"one") + item(4, b"a/b", b"text") + END
    for cut in range(len(whole)): answer(whole[:cut])
    for parts in [
        [item(4, b"../out", b"x"), END], [item(4, b"/etc/passwd", b"x"), END], [item(4, b"executable", b"x"), END],
        [item(4, b"a", b"x"), item(4, b"a", b"y"), END], [item(4, b"a", b"x"), item(4, b"a/b", b"y"), END],
        [item(6, b"l", b"../../.."), item(4, b"l/x", b"y"), END], [item(4, b"a\0b", b"x"), END],
        [item(1, data=b"a\0b"), END], [item(2, data=b"=x"), END], [item(2, data=b"LD_PRELOAD\0=x"), END],
        [item(1, size=1 << 62)], [item(4, b"x" * 3900, b""), END], [struct.pack("<IIIiQ", 4, 0, 1 << 31, 0, 0)],
        [item(7, b"a"), END], [item(8, data=b"a"), END], [item(99), END], [item(1, data=b"") * 70000, END],
    ]:
        assert b"executable: " not in answer(*parts)
    reply = answer(item(4, b"../out", b"x"), END)
    print("refused", b"laid out" in reply, flush=True)
    idle = [connect() for _ in range(10)]
    for s in idle[:5]: s.sendall(item(1, data=b"one")[:20])
    print("works", answer(item(1, data=b"hello"), END).count(b"[hello]"), flush=True)
    """#

  @Test func theServerOutlivesWhatIsSentToIt() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      try FileDescriptor.writeNew(directory.appending("garbage.py"), Self.garbage.utf8)
      let left = try await workshop.run(
        """
        x 'cat > /tmp/garbage.py; python3 /tmp/garbage.py' < '\(directory)/garbage.py'
        x 'for i in $(seq 20); do ./executable spin & sleep 0.0$i; kill -9 $!; done'
        x 'mkdir t; cd t; ../executable $(head -c 1500000 /dev/zero | tr "\\0" x | fold -w 100000) | wc -c; ../executable last'
        """
      ) { $0.stepSeconds = 100 }
      #expect(left.log.contains("refused True\nworks 1\n"), "\(left.log)")
      #expect(left.log.contains("[last]"))
      #expect(left.probes.count == left.record.probes)
      #expect(left.probes.count > 300)
      // What a call may not name is not there, here or there.
      #expect(!directory.appending("out/out").exists && !directory.appending("work/out").exists)
    }
  }

  @Test func theRealExecutableIsNowhereInside() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      let digest = try Digest(ofFile: workshop.cleanroom.executable)
      let size = try workshop.cleanroom.executable.stat().size
      try Workshop.compile(
        """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        __attribute__((constructor)) static void loaded(void) { puts("preloaded"); }
        """, to: directory.appending("preload.so"), flags: ["-shared", "-fPIC"])
      try Workshop.compile(
        """
        #include <sys/ptrace.h>
        #include <sys/wait.h>
        #include <stdio.h>
        #include <unistd.h>
        int main(void) {
          pid_t child = fork();
          if (child == 0) { ptrace(PTRACE_TRACEME, 0, 0, 0); execl("./executable", "./executable", (char *)0); }
          int status;
          waitpid(child, &status, 0);
          char path[64];
          snprintf(path, sizeof path, "sha256sum /proc/%d/exe", child);
          system(path);
          return 0;
        }
        """, to: directory.appending("trace"))
      let client = try Digest(ofFile: Libexec.probe())
      let left = try await workshop.run(
        """
        x 'cat > preload.so' < '\(directory)/preload.so'
        x 'cat > trace; chmod +x trace' < '\(directory)/trace'
        x 'find / -xdev -type f -size \(size)c -exec sha256sum {} + 2>/dev/null | grep -c \(digest.hex)'
        x 'find /workspace /run /tmp /dev /proc -type f -size \(size)c 2>/dev/null -exec sha256sum {} + | grep -c \(digest.hex)'
        x 'grep -l "in %s as %d" -r /workspace /run /tmp 2>/dev/null; echo searched'
        x 'LD_PRELOAD=$PWD/preload.so ./executable | grep -c "^preloaded"'
        x './trace'
        x 'sha256sum < /run/taskforge/executable; echo x > /run/taskforge/executable; rm -f /run/taskforge/socket'
        """)
      #expect(left.log.hasPrefix("0\n0\nsearched\n"), "\(left.log)")
      #expect(left.log.contains("\(client.hex)  /proc/"), "\(left.log)")
      #expect(left.log.contains("\(client.hex)  -\n") && !left.log.contains(digest.hex))
      #expect(left.log.contains("Read-only file system"))
    }
  }

  /// Code in the program's own process could read it: nothing that the agent sends becomes any.
  @Test func noCodeOfTheAgentsRunsBesideTheProgram() async throws {
    try await withTemporaryDirectory { directory in
      try Workshop.compile(
        """
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
          printf("%s\\n", dlopen("./preload.so", RTLD_NOW) ? "loaded" : dlerror());
          printf("%s\\n", dlopen("/workspace/preload.so", RTLD_NOW) ? "loaded" : "not loaded");
          fflush(stdout);
          if (argc > 1) return system(argv[1]) != 0;
          return 0;
        }
        """, to: directory.appending("dynamic"), flags: ["-rdynamic"])
      try Workshop.compile(
        """
        #include <stdio.h>
        __attribute__((constructor)) static void loaded(void) { puts("code ran"); }
        """, to: directory.appending("preload.so"), flags: ["-shared", "-fPIC"])
      let workshop = try Workshop(in: directory, executable: directory.appending("dynamic"))
      // In the cell of a case it would run.
      let pool = try CellPool(
        configuration: CellConfiguration(root: nil, executable: workshop.cleanroom.executable), workers: 1)
      let library = TreeEntry(
        path: "preload.so",
        content: .file(ByteString(try FileDescriptor.readAll(directory.appending("preload.so"))), mode: 0o755))
      let shown = try await pool.run(
        Invocation(files: [library], environment: ["LD_PRELOAD": "/workspace/preload.so"]))
      await pool.close()
      #expect(shown.outcome.stdout.lossyText.contains("code ran"))
      let left = try await workshop.run(
        """
        x 'mkdir t; cat > t/preload.so; chmod 755 t/preload.so' < '\(directory)/preload.so'
        x 'cd t; ../executable'
        x 'cd t; LD_PRELOAD=/workspace/preload.so ../executable; echo "status $?"'
        x 'cd t; ../executable "cp preload.so /tmp/p.so; LD_PRELOAD=/tmp/p.so ./executable; echo x > s; chmod 755 s; ./s"'
        x 'cd t; ../executable "cat executable /proc/\\$PPID/mem /proc/\\$PPID/maps"'
        """)
      #expect(!left.log.contains("code ran") && !left.log.contains("\nloaded"), "\(left.log)")
      #expect(left.log.contains("failed to map segment") && left.log.contains("not loaded"), "\(left.log)")
      #expect(left.log.contains("'LD_PRELOAD' speaks to the loader") && left.log.contains("status 125"))
      #expect(left.log.contains("./s: Permission denied") && !left.log.contains("ELF"), "\(left.log)")
    }
  }

  /// Another user of the host finds no way in, even where directories are open.
  @Test func aDoorKnowsItsUsers() throws {
    try withTemporaryDirectory { directory in
      let door = try SocketDoor(in: directory, name: "socket", mode: 0o666, users: [12345], atOnce: 1)
      defer { door.close() }
      try Workshop.shell(
        """
        python3 -c 'import socket
        s = socket.socket(socket.AF_UNIX)
        s.connect("\(directory)/socket")
        assert s.recv(1) == b""'
        """)
    }
  }

  @Test func tooManyFilesEndWhatMakesThem() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      let left = try await workshop.run(
        """
        x 'mkdir many; cd many; seq 260000 | xargs touch; sleep 20; echo "not ended"'; echo "ended $?"
        x 'rm -rf many; echo lives'
        """
      ) { $0.stepSeconds = 60 }
      #expect(left.log.contains("ended 137\n") && left.log.contains("lives\n"), "\(left.log)")
      #expect(left.record.notes?.contains { $0.contains("more than 200000 files") } == true)
    }
  }

  /// Where control groups bound memory; elsewhere the room ends.
  @Test(.enabled(if: CellBounds.probe().memory, "no control group bounds memory here"))
  func memoryThatIsUsedUpEndsOneProcess() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'sleep 100 & echo $! > /tmp/pid; python3 -c "b = bytearray(1 << 30)
        for i in range(0, 1 << 30, 4096): b[i] = 1"; echo "ended $?"'
        x 'kill -0 $(cat /tmp/pid) && echo lives'
        """
      ) { ($0.memoryBytes, $0.diskBytes) = (256 << 20, 16 << 20) }
      #expect(left.log.contains("ended 137\n") && left.log.contains("lives\n"), "\(left.log)")
    }
  }

  @Test func theDiskIsBounded() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        "x 'head -c 30000000 /dev/zero > full'; x 'stat -c %s full'; x 'truncate -s 1T hole; ls hole'; x 'rm -f full hole'"
      ) { $0.diskBytes = 16 << 20 }
      #expect(left.log.contains("16777216\n") || left.log.contains("File size limit exceeded"), "\(left.log)")
    }
  }
}
