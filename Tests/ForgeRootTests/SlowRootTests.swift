import ForgeCore
import ForgeDebian
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import Testing

@testable import ForgeRoot

/// Proofs that take minutes and gigabytes: run by `scripts/prove-roots`, which sets TASKFORGE_SLOW_TESTS.
@Suite(.serialized, .enabled(if: getenv("TASKFORGE_SLOW_TESTS") != nil, "slow; run scripts/prove-roots"))
struct SlowRootTests {
  /// A root whose packages come from the Build-Depends of a Debian source package, twice.
  @Test(arguments: ["gron"])
  func buildDependenciesGiveTheSameRootTwice(_ source: String) async throws {
    let bench = try await Bench()
    defer { bench.remove() }
    let plan = try await RootPlan(
      RootSpec(suite: "bookworm", packages: [], buildDependenciesOf: source), archive: bench.archive)
    var digests: [Digest] = []
    for _ in 0..<2 {
      let began = ContinuousClock.now
      let tar = try await bench.builder.bootstrap(plan)
      defer { unlink(tar.string) }
      digests.append(try Digest(ofFile: tar))
      print(
        "build-dep \(source): \(plan.packages.count) packages, tar \(try tar.stat().size) bytes, \(ContinuousClock.now - began)"
      )
    }
    #expect(digests[0] == digests[1])
  }

  /// The largest root, whose packages run the most programs when they are set up, is the same twice.
  @Test(arguments: ["bookworm", "trixie"])
  func theSolveRootIsTheSameTwice(_ suite: String) async throws {
    let bench = try await Bench(suite: suite)
    defer { bench.remove() }
    let plan = try await RootPlan(.solve(suite: suite), archive: bench.archive)
    var digests: [Digest] = []
    for _ in 0..<2 {
      let tar = try await bench.builder.bootstrap(plan)
      defer { unlink(tar.string) }
      digests.append(try Digest(ofFile: tar))
      print("solve root of \(suite): \(digests.last?.hex ?? "")")
    }
    #expect(digests[0] == digests[1])
  }

  /// The lists that the tool knows can be installed in every suite it supports; what they weigh, and what they share.
  @Test func solveRootsAndWhatTheyShare() async throws {
    for suite in ["bookworm", "trixie"] {
      let bench = try await Bench(suite: suite)
      defer { bench.remove() }
      var total = 0
      for (name, spec) in [("tools", RootSpec.tools(suite: suite)), ("solve", RootSpec.solve(suite: suite))] {
        let began = ContinuousClock.now
        let report = try await bench.builder.build(spec, into: bench.place(name))
        total += report.bytes
        print(
          "\(suite) \(name): \(report.packages.count) packages, \(report.entries) entries, \(report.bytes) bytes,",
          "\(report.shared) files shared, \(ContinuousClock.now - began)")
      }
      let used = try await HostCommand.run(
        ["du", "-sB1", bench.place("tools").string, bench.place("solve").string, bench.place("pool").string],
        wallSeconds: 600)
      print("\(suite): \(total) bytes in files; du counts each inode once:\n\(used.outputText)")
      try await solveToolchainsWork(bench.place("solve"))
    }
  }

  private func solveToolchainsWork(_ root: FilePath) async throws {
    let script = """
      set -e
      cd /workspace
      echo 'int main(void){return 0;}' > a.c && gcc a.c -o a && ./a
      echo 'int main(){}' > b.cc && g++ b.cc -o b && ./b
      echo 'fn main(){}' > c.rs && rustc c.rs && ./c
      printf 'package main\\nfunc main(){}\\n' > d.go && GOCACHE=/tmp/go go build -o d d.go && ./d
      echo 'class E { public static void main(String[] a){} }' > E.java && javac E.java && java E
      python3 -c 'import json' && perl -MJSON::PP -e 1 && node -e 0 && cmake --version && ninja --version
      """
    let result = try await Sandbox(root: root, mounts: [.temporary("/workspace")], limits: Limits(wallSeconds: 600))
      .run(
        ["sh", "-c", script], environment: ["PATH": "/usr/bin:/bin", "HOME": "/tmp/home"],
        workingDirectory: "/workspace")
    #expect(result.succeeded, "\(result.lastLines(20).joined(separator: "\n"))")
  }

  /// An ordinary user with subordinate ids makes the same bytes as root does.
  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func anOrdinaryUserMakesTheSameRoot() async throws {
    let bench = try await Bench()
    defer { bench.remove() }
    let plan = try await RootPlan(RootBuilderTests.spec, archive: bench.archive)
    let tar = try await bench.builder.bootstrap(plan)
    defer { unlink(tar.string) }
    let scratch = bench.place("user")
    try scratch.makeDirectory()
    #expect(chown(scratch.string, 65534, 65534) == 0)
    try FileDescriptor.writeNew(scratch.appending("ids"), "nobody:100000:65536\n".utf8)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    // The host's own table of subordinate ids stays as it is: the user sees another one.
    let script = """
      mount --bind "$TMPDIR/ids" /etc/subuid && mount --bind "$TMPDIR/ids" /etc/subgid || exit 1
      exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" --testing-library swift-testing \
        --filter ForgeRootTests.SlowRootTests/digestOfTheTinyRoot
      """
    let result = try await HostCommand.run(
      ["unshare", "-m", "sh", "-c", script, executable],
      environment: ["TMPDIR": scratch.string, "HOME": scratch.string, "TASKFORGE_SLOW_TESTS": "1"], wallSeconds: 1800)
    let expected = try Digest(ofFile: tar).hex
    let said = result.lastLines(40).joined(separator: "\n")
    #expect((result.outputText + result.errorText).contains("tiny root \(expected)"), "\(said)")
  }

  @Test func digestOfTheTinyRoot() async throws {
    let bench = try await Bench()
    defer { bench.remove() }
    let tar = try await bench.builder.bootstrap(RootPlan(RootBuilderTests.spec, archive: bench.archive))
    defer { unlink(tar.string) }
    print("tiny root \(try Digest(ofFile: tar).hex)")
  }
}
