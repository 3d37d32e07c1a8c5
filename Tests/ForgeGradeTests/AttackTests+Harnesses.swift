import ForgeCore
import ForgeSandbox
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Files that fool a grader which works in the submission's own directory; this one takes the executable and `dist/` alone.
extension AttackTests {
  /// A usual way of grading: a script in the directory where the submission was built, which prints `passed` or `failed`.
  struct Harness: Sendable, CustomTestStringConvertible {
    let attack: String
    let script: String
    var testDescription: String { attack }
  }

  private static let pytest = """
    cat >test_program.py <<'end'
    import subprocess

    def test_square():
        assert subprocess.run(["./executable", "3"], capture_output=True, text=True).stdout == "10\\n"
    end
    if python3 -m pytest -q -p no:cacheprovider test_program.py >/dev/null 2>&1; then echo passed; else echo failed; fi
    """

  static let harnesses = [
    Harness(attack: "conftest", script: pytest), Harness(attack: "pytest-ini", script: pytest),
    Harness(
      attack: "bashrc",
      script: """
        HOME=$PWD bash -i -c \
          './executable 3 >actual; if cmp -s actual expected; then echo passed; else echo failed; fi' 2>/dev/null
        """),
    Harness(
      attack: "git-hooks",
      script: """
        unset "${!GIT_@}"
        export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
        git init -q . 2>/dev/null
        ./executable 3 >actual
        if cmp -s actual expected; then echo passed >verdict; else echo failed >verdict; fi
        git add verdict
        git -c user.name=grader -c user.email=grader@example.invalid commit -q -m verdict
        git show HEAD:verdict
        """),
    Harness(
      attack: "makefile",
      script: """
        printf 'check:\\n\\t@./executable 3 | cmp -s - expected\\n-include local.mk\\n' >Makefile
        if make -s check >/dev/null 2>&1; then echo passed; else echo failed; fi
        """),
    Harness(
      attack: "preload",
      script: """
        ./executable 3 >actual
        if env $(cat environment 2>/dev/null) cmp -s actual expected; then echo passed; else echo failed; fi
        """),
    Harness(
      attack: "path-shim",
      script: """
        PATH=$PWD/bin:$PATH
        ./executable 3 >actual
        if cmp -s actual expected; then echo passed; else echo failed; fi
        """),
    Harness(
      attack: "poses-as-grader",
      script: """
        if ./executable 3 | tail -n 1 | grep -q '"category":"resolved"'; then echo passed; else echo failed; fi
        """),
  ]

  @Test(arguments: harnesses) func aGraderInTheSubmissionsDirectoryIsFooledAndThisIsNot(harness: Harness) async throws {
    if harness.script == Self.pytest {
      let found = try? await run(
        .name("python3"), arguments: ["-c", "import pytest"], output: .discarded, error: .discarded)
      guard found?.terminationStatus == .exited(0) else { return }
    }
    try await AttackTask.with { task in
      let prepare = "printf '10\\n' >expected\n"
      let place = try task.submission(harness.attack)
      try await AttackTask.shell("bash compile.sh >/dev/null", in: place)
      #expect(try await AttackTask.shell(prepare + harness.script, in: place) == "passed\n")

      let honest = task.directory.appending("honest")
      try honest.makeDirectory()
      try FileDescriptor.writeNew(
        honest.appending("executable"), "#!/bin/sh\nexit 0\n".utf8,
        permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
      #expect(try await AttackTask.shell(prepare + harness.script, in: honest) == "failed\n")

      let result = try await attack(harness.attack, in: task, down: nil)
      #expect(result.passed == 0 && result.category == .behind, "\(result.build.result)")
      guard case .built(let product) = result.build.result else { return }
      #expect(product.dist == nil && product.executable.removingLastComponent().regularFiles() == [product.executable])
    }
  }
}
