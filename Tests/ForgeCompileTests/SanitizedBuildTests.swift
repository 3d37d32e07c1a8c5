import ForgeCompile
import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What the sanitized build says of undefined behaviour.
@Suite struct SanitizedBuildTests {
  /// What the language leaves open and every build does alike is no finding; what a compiler may use is one.
  @Test func theSanitizedBuildTellsWhatMayDiffer() async throws {
    try await withTemporaryDirectory { directory in
      try directory.appending("tree").makeDirectory()
      try write(
        """
        #include <stdio.h>
        #include <string.h>
        int main(int argc, char **argv) {
          char bytes[16] = {0};
          const char *nothing = argc > 9 ? "" : NULL;
          *(volatile int *)(bytes + argc) = argc << 31;
          memcpy(bytes, nothing, argc - 1);
          fputs("before\\n", stderr);
          printf("%d\\n", 0x7fffffff + argc);
        }

        """, to: directory.appending("tree/m.c"))
      let compiler = compiler(
        recipe("undefined", build: [["gcc", "-o", "program", "m.c"]]), checkout: directory.appending("tree"),
        in: directory)
      let into = directory.appending("sanitized")
      try await compiler.build(.sanitized, into: into, workDirectory: directory.appending("work"))
      let result = try await Sandbox(root: nil, mounts: [.readOnly(into, "/workspace")]).run(
        ["/workspace/executable"], environment: [:], workingDirectory: "/workspace")
      let told = result.errorText.split(separator: "\n").filter { $0.contains("runtime error") }
      #expect(result.errorText.hasPrefix("before\n"), "\(result.errorText)")
      #expect(told.count == 1 && told[0].contains("signed integer overflow"), "\(result.errorText)")
    }
  }
}
