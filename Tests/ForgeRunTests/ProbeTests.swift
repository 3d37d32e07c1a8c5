import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeRun

/// Calls of the executable through its client, compared with cases.
@Suite(.serialized) struct ProbeTests {
  /// What a shell makes of an invocation, and the invocation.
  private struct Call {
    var line: String
    var invocation: Invocation
  }

  private static func file(_ path: String, _ text: ByteString, _ mode: UInt16 = 0o644) -> TreeEntry {
    TreeEntry(path: path, content: .file(text, mode: mode))
  }

  private static let calls = [
    Call(line: "../executable", invocation: Invocation()),
    Call(
      line: #"printf 'a\0b\377' | LC_ALL=C X='1 2' ../executable '' "two words" $'\xff' say=hello exit=3"#,
      invocation: Invocation(
        argv: ["", "two words", ByteString([0xff]), "say=hello", "exit=3"], stdin: ByteString([97, 0, 98, 255]),
        environment: ["LC_ALL": "C", "X": "1 2"])),
    Call(
      line: "mkdir -p in/deep locked; echo x > in/side; echo y > in/deep/er; echo s > secret; chmod 0 secret; "
        + "ln -s side in/link; mkfifo fifo; chmod 500 locked; "
        + "../executable write=in/new remove=in/deep/er link=there directory=made write=made/x; find . -type p",
      invocation: Invocation(
        argv: ["write=in/new", "remove=in/deep/er", "link=there", "directory=made", "write=made/x"],
        files: [
          file("in/side", "x\n"), file("in/deep/er", "y\n"), file("secret", "s\n", 0),
          TreeEntry(path: "in/link", content: .link("side")),
          TreeEntry(path: "locked", content: .directory(mode: 0o500)),
        ])),
    Call(
      line: #"../executable directory=$'n\x8drth' write=$'n\x8drth/\\x8D' write='\x8D'"#,
      invocation: Invocation(
        argv: [
          ByteString("directory=n".utf8 + [0x8d] + "rth".utf8), ByteString("write=n".utf8 + [0x8d] + "rth/\\x8D".utf8),
          "write=\\x8D",
        ])),
    Call(line: "../executable signal=11", invocation: Invocation(argv: ["signal=11"])),
    Call(line: "../executable remove=. exit=255 </dev/null", invocation: Invocation(argv: ["remove=.", "exit=255"])),
  ]

  @Test func aCallShowsWhatACaseShows() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      var script = "x 'umask 022; mkdir seen'\n"
      for (index, call) in Self.calls.enumerated() {
        let quoted = call.line.replacing("'", with: "'\\''")
        script += "x 'mkdir t\(index); cd t\(index); ( \(quoted) ) >../seen/\(index).out 2>../seen/\(index).err; "
        script += "echo $? >../seen/\(index).status'\n"
      }
      // One file per call: the status, the streams, and what stands there afterwards.
      script += """
        x 'for i in 0 1 2 3 4 5; do cat seen/$i.status seen/$i.out; cat seen/$i.err >&2; done' \\
          >"$TASKFORGE_WORK/all.out" 2>"$TASKFORGE_WORK/all.err"
        x 'cd t2; stat -c "%A %n" made secret; readlink there; cat in/new made/x; ls in/deep secret'
        x 'cd t3; ls -R | od -An -c | tr -d " \\n"; cd ..; rm -rf t[012345]; cd seen && cat 2.err'
        """
      let left = try await workshop.run(script)
      var (out, error) = ("", "")
      let pool = try CellPool(
        configuration: CellConfiguration(root: nil, executable: workshop.cleanroom.executable), workers: 1)
      for call in Self.calls {
        let outcome = try await pool.run(call.invocation).outcome
        switch outcome.termination {
        case .exit(let status): out += "\(status)\n"
        case .signal(let number): out += "\(128 + number)\n"
        default: Issue.record("\(outcome)")
        }
        out += outcome.stdout.lossyText
        error += outcome.stderr.lossyText
      }
      await pool.close()
      let shown = try Workshop.text(left.place.agent.appending("all.out"))
      // The third line prints also what it made itself, and its status is that of its last command.
      #expect(shown.replacing("./fifo\n", with: "") == out)
      // A shell also says of a signal what it thinks of it.
      let said = try Workshop.text(left.place.agent.appending("all.err"))
      #expect(said.split(separator: "\n").filter { !$0.contains("Segmentation") } == error.split(separator: "\n"))
      #expect(left.log.contains("drwxr-x--- made\n---------- secret\nin/side\n"), "\(left.log)")
      #expect(left.log.contains("written\nwritten\nsecret\n"), "\(left.log)")
      #expect(left.log.contains(#".:\n\x8D\nn215rth\n\n./n215rth:\n\x8D\n"#), "\(left.log)")
    }
  }

  @Test func everyCallIsRecorded() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'mkdir t; cd t; echo 12345 > f; echo input | X=1 ../executable one write=g exit=4'
        x 'cd t; ../executable signal=6; ../executable spin; echo "stopped $?"'
        x 'cd t; ../executable flood | wc -c; echo'
        """)
      #expect(left.record.probes == 4 && left.probes.count == 4)
      let first = left.probes[0]
      #expect(first["argv"]?.elements == ["one", "write=g", "exit=4"] && first["env"]?.members == ["X": "1"])
      #expect(first["stdin_bytes"] == 6 && first["files"] == 1 && first["file_bytes"] == 6 && first["exit"] == 4)
      #expect(first["changed_files"] == 1 && first["stderr_bytes"] == 0 && first["cpu_ms"]?.double != nil)
      #expect(left.probes[1]["signal"] == 6 && left.probes[2]["stopped"] == "time")
      #expect(left.probes[3]["stopped"] == "output")
      #expect(left.log.contains("executable: the program was stopped: it used 5 s of CPU time"))
      #expect(left.log.contains("stopped 124"))
    }
  }

  @Test func whatIsTooLargeForACallIsSaid() async throws {
    try await withTemporaryDirectory { directory in
      var limits = CaseLimits()
      (limits.diskBytes, limits.inodes) = (1 << 20, 20)
      let left = try await Workshop(in: directory, limits: limits).run(
        """
        x 'mkdir many; cd many; touch $(seq 30); ../executable; echo "many $?"; rm *'
        x 'head -c 2000000 /dev/zero > big; ./executable; echo "big $?"; rm big'
        x 'head -c 2000000 /dev/zero | ./executable; echo "input $?"'
        x 'cd /usr; /workspace/executable; echo "elsewhere $?"'
        x 'printf x > "$(printf "no\\377text")"; ./executable; echo "name $?"; rm no*'
        x 'i=0; printf "1\\n2\\n3\\n" > list; while read l; do ./executable $l | grep "^.$l"; done < list'
        """)
      #expect(left.log.contains("executable: there are too many files below this directory"))
      #expect(left.log.contains("many 125\n") && left.log.contains("big 125\n") && left.log.contains("input 125\n"))
      #expect(left.log.contains("too many bytes for one call") && left.log.contains("elsewhere 125\n"))
      #expect(left.log.contains("is not UTF-8") && left.log.contains("name 125\n"))
      #expect(left.log.contains("[1]\n[2]\n[3]\n"), "\(left.log)")
      #expect(left.probes.filter { $0["refused"] != nil }.count == 5)
    }
  }

  @Test func manyCallsAtOnceDoNotMix() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'mkdir t; cd t; e=../executable; seq 40 | xargs -P 40 -I N sh -c "(sleep 1; echo N) | $e 1 | $e 2 | $e 3" | grep -c "^.3."'
        x 'cd t; seq 400 | xargs -P 24 -I N sh -c "../executable N </dev/null | grep -x .N." | sort -u | wc -l'
        """)
      #expect(left.log == "40\n400\n" && left.record.probes == 520)
      #expect(Set(left.probes.compactMap { $0["sequence"]?.int }) == Set(1...520))
    }
  }
}
