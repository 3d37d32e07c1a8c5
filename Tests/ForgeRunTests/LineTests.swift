import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgeRun

/// Lines of shell in a cleanroom, as an agent sees them.
@Suite(.serialized) struct LineTests {
  @Test func aLineShowsWhatItWritesAndEndsAsItDoes() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'pwd; id -u; echo one; echo two >&2; echo three; exit 7' 2>&1; echo "ended $?"
        x 'kill -9 $$'; echo "killed $?"
        x 'cat; echo >/dev/stderr end' <<EOF
        from outside
        EOF
        x 'no-such-command'; echo "missing $?"
        x 'yes' | head -1; echo "head $?"
        "$TASKFORGE_EXEC"; echo "nothing $?"
        """)
      #expect(left.log.contains("/workspace\n1000\none\ntwo\nthree\nended 7\nkilled 137\nfrom outside\nend\n"))
      #expect(left.log.contains("no-such-command: command not found\nmissing 127\n"))
      #expect(left.log.contains("y\nhead 0\n"))
      #expect(left.log.contains("give one line of shell as one argument") && left.log.contains("nothing 125\n"))
      #expect(left.record.stop == .declaredDone && left.record.ending == "exit status 0")
      #expect(left.record.steps == 5 && left.steps.count == 5)
      let first = left.steps.first { $0["sequence"] == 1 }
      #expect(first?["line"]?.text?.hasPrefix("pwd;") == true && first?["status"] == 7)
      #expect(first?["stdout_bytes"]?.int == 30)
    }
  }

  @Test func streamsAreTwoWhereTheyAreAskedForAsTwo() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        "x 'echo out; echo err >&2' 2>\"$TASKFORGE_WORK/err\" >\"$TASKFORGE_WORK/out\"")
      #expect(try Workshop.text(left.place.agent.appending("out")) == "out\n")
      #expect(try Workshop.text(left.place.agent.appending("err")) == "err\n")
      #expect(left.steps.first?["stderr_bytes"] == 4 && left.steps.first?["stdout_bytes"] == 4)
    }
  }

  @Test func whatRunsInTheBackgroundLivesOnBetweenLines() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x '(for i in $(seq 100000); do echo noise; done; echo through > /tmp/through; sleep 100) & echo $! > /tmp/pid'
        x 'for i in $(seq 100); do test -e /tmp/through && break; sleep 0.1; done; cat /tmp/through'
        x 'kill -0 $(cat /tmp/pid) && echo lives'
        """)
      #expect(left.log.contains("through\nlives\n"))
    }
  }

  @Test func aLineIsStoppedAfterItsTimeWithAllItStarted() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'echo before; sleep 60 & sleep 60'; echo "ended $?"
        x 'pgrep -c sleep'
        """
      ) { $0.stepSeconds = 1 }
      #expect(left.log.hasPrefix("before\ntaskforge: the line was stopped after 1 s, the most that one may run\nended"))
      #expect(left.log.hasSuffix("ended 124\n0\n"))
      #expect(left.steps.first?["stopped"] == "time")
    }
  }

  @Test func outputIsBoundedAndTheLineGoesOn() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        "x 'head -c 3000000 /dev/zero; echo > done' | wc -c; x 'ls done; rm done'")
      #expect(left.log.contains("1048576\n") && left.log.contains("the line wrote 3000000 bytes"))
      #expect(left.log.contains("done\n"))
    }
  }

  @Test func theBudgetOfLinesEndsTheAgent() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      let left = try await workshop.run("for i in 1 2 3; do x true; echo \"line $?\"; done") { $0.steps = 2 }
      #expect(left.log.contains("line 0\nline 0\ntaskforge: the budget of lines is used up"))
      #expect(left.log.contains("line 120\n"))
      #expect(left.record.stop == .steps && left.record.steps == 2)
      let steps = try Workshop.text(left.place.steps).split(separator: "\n").map { try JSONValue(parsing: $0.utf8) }
      #expect(steps.map { $0["sequence"]?.int } == [1, 2, 3] && steps.allSatisfy { $0["line"] == "true" })
      #expect(steps.map { $0["refused"] != nil } == [false, false, true])
      let stubborn = try await workshop.run("while true; do x true; done") { $0.steps = 2 }
      #expect(stubborn.record.stop == .steps && stubborn.record.ending.hasPrefix("ended, as it went on"))
    }
  }

  @Test func theTimeEndsTheAgentAndAllItStarted() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        (setsid sleep 300 & echo $! > "$TASKFORGE_WORK/pid")
        x 'echo kept > kept; sleep 300'
        """
      ) { $0.seconds = 2 }
      #expect(left.record.stop == .time && left.record.wallSeconds < 20)
      #expect(try Workshop.names(left) == ["kept"])
      let pid = try Workshop.text(left.place.agent.appending("pid")).split(separator: "\n").first ?? ""
      #expect(!FilePath("/proc/\(pid)/comm").exists)
    }
  }

  @Test func aForkBombEndsAndTheCleanroomGoesOn() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'b() { b | b & }; b; sleep 1'
        for i in 1 2 3 4 5; do x 'echo again' && break; done
        """
      ) { $0.stepSeconds = 10 }
      #expect(left.log.contains("again\n"))
      #expect(left.record.stop == .declaredDone)
    }
  }

  @Test func theRoomsFirstProcessCannotBeTouched() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        x 'kill -9 1; kill -9 -1; echo still; ls -l /proc/1/fd; cat /proc/1/maps; true'
        x 'echo and still'
        x 'cat /sys/class/net/*/address 2>/dev/null | grep -v 00:00:00:00:00:00; getent hosts deb.debian.org; echo offline'
        """)
      #expect(left.log.contains("still\n") && left.log.contains("and still\n"))
      #expect(left.log.contains("'/proc/1/fd': Permission denied"))
      #expect(left.log.contains("/proc/1/maps: Permission denied"))
      #expect(left.log.hasSuffix("offline\n"))
    }
  }
}
