import ForgeCases
import ForgeCore
import ForgeSandbox
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// gcc's own sanitizers in a real cell.
@Suite struct SanitizedRunnerTests {
  static let source = #"""
    #include <limits.h>
    #include <stdio.h>
    #include <stdlib.h>
    int main(int count, char **words) {
      char *room = malloc(8);
      volatile int number = INT_MAX;
      if (count > 1 && *words[1] == 'r') printf("%d\n", room[count + 6]);
      if (count > 1 && *words[1] == 'o') number += count;
      // Misaligned: the remark on it has four lines.
      if (count > 1 && *words[1] == 'o') *(volatile int *)(room + 1) = 7;
      puts(number == INT_MAX ? "whole" : "wrapped");
      free(room);
    }
    """#

  @Test func findingsEndARun() async throws {
    try await withTemporaryDirectory { directory in
      let file = directory.appending("a.c")
      try FileDescriptor.writeNew(file, Self.source.utf8)
      let program = directory.appending("a")
      let result = try await run(
        .name("gcc"),
        arguments: [
          "-O1", "-fsanitize=address,undefined", "-fsanitize-recover=undefined", "-o", program.string, file.string,
        ], output: .discarded, error: .string(limit: 1 << 16))
      #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
      let pool = try CellPool(configuration: CellConfiguration(root: nil, executable: program), workers: 1)
      do {
        let cell = try await CellRunner(pool)
        func outcome(_ word: String, _ strictness: SanitizedRunner.Strictness) async throws -> Outcome {
          try await SanitizedRunner(cell, libraries: nil, strictness: strictness)
            .run(Invocation(argv: [ByteString(word)]), limits: .init(), perturbation: .none).outcome
        }
        for strictness in SanitizedRunner.Strictness.allCases {
          #expect(try await outcome("none", strictness).stdout == "whole\n")
          #expect(try await outcome("none", strictness).termination == .exit(0))
          let read = try await outcome("read", strictness)
          #expect(read.termination == .signal(6))
          let told = read.stderr.lossyText
          #expect(told.contains(strictness == .address ? "heap-buffer-overflow" : "runtime error"))
        }
        #expect(try await outcome("overflow", .addressAndUndefined).termination == .signal(6))
        let survived = try await outcome("overflow", .address)
        #expect(survived == Outcome(termination: .exit(0), stdout: "wrapped\n", stderr: "", files: []))
      } catch {
        await pool.close()
        throw error
      }
      await pool.close()
    }
  }
}
