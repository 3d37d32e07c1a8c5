import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeSandbox
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The recorder in the place of a small program, linked dynamically and statically, called by shell scripts.
@Suite struct RecorderTests {
  static let program = """
    #include <fcntl.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/wait.h>
    #include <unistd.h>
    static void copy(int from) {
      char buffer[512];
      for (ssize_t count; (count = read(from, buffer, sizeof buffer)) > 0;) write(1, buffer, count);
    }
    int main(int argc, char **argv) {
      if (argc > 2 && !strcmp(argv[1], "exit")) return atoi(argv[2]);
      if (argc > 2 && !strcmp(argv[1], "kill")) kill(getpid(), atoi(argv[2])), pause();
      if (argc > 1 && !strcmp(argv[1], "name")) return puts(argv[0]) < 0;
      if (argc > 1 && !strcmp(argv[1], "line")) {
        for (char letter; read(0, &letter, 1) == 1 && letter != '\\n';) write(1, &letter, 1);
        return 0;
      }
      if (argc > 2 && !strcmp(argv[1], "change")) {
        copy(open(argv[2], O_RDONLY));
        if (fork() == 0) {
          int file = open(argv[2], O_WRONLY | O_TRUNC);
          write(file, "after", 5);
          _exit(0);
        }
        wait(NULL);
        copy(open(argv[2], O_RDONLY));
        return 0;
      }
      if (argc < 2) copy(0);
      for (int at = 1; at < argc; at++) copy(open(argv[at], O_RDONLY));
      return 0;
    }
    """

  /// Runs a script in `/build/src`, where `./prog` is the program behind the recorder and `plain` the program itself.
  static func record(
    _ script: String, link: String = "", inputBytes: Int = 16 << 10, most: Int = 20_000
  ) async throws -> (output: String, runs: [RecordedRun], calls: Int) {
    try await withTemporaryDirectory { directory in
      let source = directory.appending("src")
      try source.appending("sub").makeDirectory(parents: true)
      try FileDescriptor.writeNew(source.appending("prog.c"), program.utf8)
      for (name, text) in [("sub/a", "in sub\\n"), ("b", "beside\\n"), ("../src/sub/c", "other\\n")] {
        try FileDescriptor.writeNew(
          source.appending(name).lexicallyNormalized(), text.replacing("\\n", with: "\n").utf8)
      }
      try Sandbox.adopt(directory)
      let sandbox = Sandbox(root: nil, mounts: [.readWrite(directory, "/build")], limits: Limits(wallSeconds: 120))
      let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
      let compiled = try await sandbox.run(
        ["/bin/sh", "-c", "gcc -w \(link) -o prog prog.c && cp prog plain"], environment: environment,
        workingDirectory: "/build/src")
      #expect(compiled.succeeded, "\(compiled.errorText)")
      try Sandbox.reclaim(directory)
      var setup = RecorderSetup(
        records: (directory.appending("records"), "/build/records"), trees: ["/build/src", "/tmp"],
        inputBytes: inputBytes)
      setup.mostRecords = most
      _ = try setup.replace(source.appending("prog"), inside: "/build/src/prog")
      try Sandbox.adopt(directory)
      let result = try await sandbox.run(
        ["/bin/sh", "-c", script], environment: environment, workingDirectory: "/build/src")
      try Sandbox.reclaim(directory)
      let folder = RecordFolder(directory.appending("records"))
      let (runs, damaged) = try folder.runs()
      #expect(damaged == 0)
      return (result.outputText + result.errorText, runs, folder.calls ?? 0)
    }
  }

  private static func words(_ run: RecordedRun) -> [String] { run.arguments.map(\.lossyText) }

  @Test(arguments: ["", "-static"]) func filesAreThoseThatWereOpened(link: String) async throws {
    let (output, runs, _) = try await Self.record(
      "echo far >/tmp/far; ./prog sub/a b; cd sub; ../prog ../b c /tmp/far /etc/hostname nothing >/dev/null", link: link
    )
    #expect(output == "in sub\nbeside\n")
    let first = try #require(runs.first { Self.words($0) == ["sub/a", "b"] })
    #expect(first.directory == "/build/src")
    #expect(
      first.files.map(\.path) == ["/build/src/sub/a", "/build/src/b"] && first.files[0].head == ByteString("in sub\n"))
    let second = try #require(runs.first { $0.directory == "/build/src/sub" })
    #expect(Set(second.files.map(\.path)) == ["/build/src/b", "/build/src/sub/c", "/tmp/far"])
    #expect(second.absent == ["/build/src/sub/nothing"])
    #expect(!second.isUnwatched && second.files.allSatisfy { $0.mode & 0o777 == 0o644 })
  }

  @Test(arguments: ["", "-static"]) func standardInputIsWhatWasRead(link: String) async throws {
    let (output, runs, _) = try await Self.record(
      """
      echo piped | ./prog; ./prog <b; ./prog </dev/null; ./prog <&-
      printf 'one\\ntwo\\nthree\\n' | { ./prog line; echo; ./plain; }
      { read skipped; ./prog line; } <prog.c >/dev/null
      """, link: link)
    #expect(output == "piped\nbeside\none\ntwo\nthree\n")
    let inputs = runs.map { $0.input.lossyText }
    #expect(inputs.contains("piped\n") && inputs.contains("beside\n") && inputs.count { $0.isEmpty } == 2)
    // Byte by byte to the end of the first line, and what follows was there for the next.
    #expect(inputs.contains("one\n"))
    #expect(!runs.contains { $0.inputIsUnseen || $0.inputIsCut })
  }

  /// `script` gives the program a terminal, which matters only where it is read.
  @Test(.enabled(if: Libexec.hostProgram("script") != nil)) func aTerminalIsUnseenWhereItIsRead() async throws {
    let (output, runs, _) = try await Self.record(
      "script -qec './prog b' /dev/null </dev/null; printf 'typed\\n\\004' | script -qec './prog' /dev/null")
    #expect(output.contains("beside") && output.contains("typed"))
    #expect(runs.count == 2)
    for run in runs { #expect(run.inputIsUnseen == run.arguments.isEmpty) }
  }

  @Test func endingsAndNamesPassThrough() async throws {
    let (output, runs, _) = try await Self.record(
      """
      ./prog exit 7; echo $?; sh -c './prog kill 15'; echo $?; ./prog kill 9 2>/dev/null; echo $?
      (trap '' TERM; ./prog exit 3); echo $?; (exec -a other true) 2>/dev/null; PATH=.:$PATH prog name
      yes | ./prog line; echo $?; timeout 1 ./prog kill 18; echo $?
      # A record of what a signal ended is written behind its end, which the sandbox does not wait for.
      sleep 0.5
      """)
    let lines = output.split(separator: "\n").filter { !$0.contains("erminated") && !$0.contains("illed") }
    #expect(lines == ["7", "143", "137", "3", "prog", "y0", "124"])
    #expect(runs.count == 7)
  }

  @Test func aFileIsAsItWasWhenItWasOpened() async throws {
    let (output, runs, _) = try await Self.record("./prog change b; echo; ./prog b; rm b; ./prog b")
    #expect(output == "beside\nafter\nafter")
    let heads = runs.filter { Self.words($0).last == "b" }.compactMap { $0.files.first?.head?.lossyText }
    #expect(heads.sorted() == ["after", "beside\n"])
    #expect(runs.contains { $0.absent == ["/build/src/b"] && $0.folders == ["/build/src"] })
  }

  @Test func whatIsLargeIsBounded() async throws {
    let (output, runs, _) = try await Self.record(
      "seq 1 200000 >big; seq 1 200000 | ./prog | cksum; ./prog big | cksum; ./prog <big | cksum; cksum <big",
      inputBytes: 1000)
    #expect(Set(output.split(separator: "\n")).count == 1)
    #expect(runs.count == 3 && runs.count { $0.inputIsCut && $0.input.count == 1000 } == 2)
    let file = try #require(runs.compactMap(\.files.first).first)
    #expect(file.size > 1_000_000 && file.head?.count == 1000)
  }

  @Test func manyAtOnceAreOneRecordEach() async throws {
    let (output, runs, calls) = try await Self.record(
      "for n in $(seq 1 40); do (echo $n | ./prog) & done | sort -n | tail -n 1; wait; for n in 1 2; do ./prog b; done",
      most: 41)
    #expect(output == "40\nbeside\nbeside\n")
    #expect(Set(runs.map(\.input)).count >= 40)
    #expect(runs.count == 41 && calls == 42)
  }

  @Test func damagedRecordsAreCountedAndNotRead() throws {
    try withTemporaryDirectory { directory in
      let texts = [
        "", "argument 3\nabc", "argument 99999999999999999999\nabc\n", "argument -1\nabc\n", "what 1\na\nend 0\n\n",
        "argument 1\na\ndirectory 1\n/\ninput 4\nnone\nend 0\n\n", "argument 1\na\ndirectory 1\n/\n",
        "directory 1\n/\nend 0\n\n", "argument 1\na\ndirectory 3\na/b\nend 0\n\n",
        "argument 1\na\ndirectory 1\n/\nfile 5\n0644 \nend 0\n\n",
      ]
      for (index, text) in texts.enumerated() {
        try FileDescriptor.writeNew(directory.appending("\(index).record"), text.utf8)
      }
      try FileManager.default.createSymbolicLink(
        atPath: directory.appending("link.record").string, withDestinationPath: "/etc/passwd")
      let good = "argument 1\na\nargument 0\n\ndirectory 2\n/x\nend 0\n\n"
      try FileDescriptor.writeNew(directory.appending("good.record"), good.utf8)
      let (runs, damaged) = try RecordFolder(directory).runs()
      #expect(runs.map(\.arguments) == [[""]] && damaged == texts.count)
    }
  }
}
