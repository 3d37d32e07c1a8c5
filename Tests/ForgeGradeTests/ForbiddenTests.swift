import ForgeArchive
import ForgeCore
import ForgePacked
import ForgeSandbox
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// How the task's own executable is found again, and what is not taken for it.
@Suite struct ForbiddenTests {
  /// Real programs of the host, larger than a few windows.
  private static let reference = FilePath("/bin/bash")

  private func compile(_ source: String, _ flags: [String], in directory: FilePath, _ name: String) async throws
    -> [UInt8]
  {
    let file = directory.appending("\(name).c")
    try FileDescriptor.writeNew(file, source.utf8)
    let target = directory.appending(name)
    let made = try await run(
      .name("cc"), arguments: .init([file.string, "-o", target.string] + flags), output: .discarded,
      error: .string(limit: 10_000))
    #expect(made.terminationStatus == .exited(0), "\(made.standardError)")
    return try FileDescriptor.readAll(target)
  }

  /// A file with a megabyte before it, some bytes changed and its last hundredth cut off still is the reference.
  @Test func aChangedCopyIsFound() throws {
    let bytes = try FileDescriptor.readAll(Self.reference)
    let windows = ReferenceWindows(reference: bytes)
    #expect(windows.share(in: bytes) == 1)
    var copy = [UInt8](repeating: 7, count: 1 << 20) + bytes.dropLast(bytes.count / 100)
    for place in stride(from: 1 << 20, to: copy.count, by: 4096) { copy[place] ^= 0xff }
    let share = windows.share(in: copy)
    #expect(share >= windows.threshold, "\(share)")
    #expect(windows.share(in: try FileDescriptor.readAll("/bin/ls")) < 0.2)
  }

  /// Static programs share their C library, and the same source by another compiler's options shares more.
  @Test func otherProgramsAndOtherBuildsAreNot() async throws {
    try await withTemporaryDirectory { directory in
      let source = """
        #include <stdio.h>
        #include <stdlib.h>
        int main(int argc, char **argv) { long sum = 0; for (int i = 1; i < argc; i++) sum += strtol(argv[i], 0, 10);
          printf("%ld %s\\n", sum, getenv("HOME")); return sum == 3; }
        """
      let other = "#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) printf(\"%02x\", c); }\n"
      let reference = try await compile(source, ["-O2", "-static"], in: directory, "reference")
      let control = try await compile(source, ["-O0", "-static"], in: directory, "control")
      let honest = try await compile(source, ["-O1", "-static"], in: directory, "honest")
      let stranger = try await compile(other, ["-O2", "-static"], in: directory, "stranger")
      let windows = ReferenceWindows(reference: reference, control: control)
      // Most of this program is the library, so that another program has most of it too.
      #expect(windows.share(in: stranger) > 0.5)
      for build in [control, honest, stranger] {
        let share = windows.share(in: build)
        #expect(share < windows.threshold, "\(share) of \(windows.threshold)")
      }
      #expect(windows.share(in: reference + [1, 2, 3]) >= windows.threshold)
    }
  }

  /// Halves of the reference that are used together are the reference; half of it alone is not.
  @Test func piecesTogetherAreFound() throws {
    try withTemporaryDirectory { directory in
      let bytes = try FileDescriptor.readAll(Self.reference)
      let halves = [bytes.prefix(bytes.count / 2), bytes.suffix(from: bytes.count / 2)]
      let files = try halves.enumerated().map { place, half in
        let file = directory.appending("half-\(place)")
        try FileDescriptor.writeNew(file, place == 0 ? Array(half) : Array(Base64.encode(Array(half)).utf8))
        return file
      }
      let forbidden = try Forbidden(Self.reference)
      #expect(try files.allSatisfy { try forbidden.evidence(in: $0) == nil })
      let found = try #require(try forbidden.evidence(inAnyOf: files))
      #expect(found.file == nil && found.evidence.contains("of its content"))
      #expect(try forbidden.evidence(inAnyOf: [files[0], "/bin/ls"]) == nil)
    }
  }

  /// Many files cannot take more of the grader's time than one: the bound is on all that is packed in them.
  @Test func whatIsPackedIsBoundedOverAllFiles() async throws {
    try await withTemporaryDirectory { directory in
      let files = ["a.gz", "b.gz", "c.txt"].map { directory.appending($0) }
      for file in files.prefix(2) { try await AttackTask.shell("head -c 15000 /dev/zero | gzip >'\(file)'") }
      try FileDescriptor.writeNew(files[2], "plain".utf8)
      var forbidden = try Forbidden(Self.reference)
      #expect(try forbidden.copies(among: files).isEmpty)
      forbidden.packed.total = 20_000
      for file in files { #expect(try forbidden.evidence(in: file) == nil) }
      let found = try forbidden.copies(among: files)
      #expect(found.map(\.file) == [files[1]] && found[0].evidence.contains("more compressed content"))
      #expect(try forbidden.evidence(inAnyOf: files)?.file == files[1])
    }
  }

  @Test(arguments: ["Base64", "hexadecimal"]) func encodedCopiesAreFound(encoding: String) throws {
    try withTemporaryDirectory { directory in
      let bytes = try FileDescriptor.readAll(Self.reference)
      let digits =
        encoding == "Base64"
        ? Base64.encode(bytes) : bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      var script = "#!/bin/sh\n# a program of words that are digits too: deadbeef facade\ndecode <<'end' >x\n"
      for line in stride(from: 0, to: digits.utf8.count, by: 76) {
        script += String(decoding: digits.utf8.dropFirst(line).prefix(76), as: UTF8.self) + "\n"
      }
      let file = directory.appending("script")
      try FileDescriptor.writeNew(file, (script + "end\n").utf8)
      let found = try Forbidden(Self.reference).evidence(in: file)
      #expect(found?.contains(encoding) == true, "\(found ?? "nothing")")
      #expect(try Forbidden(FilePath("/bin/ls")).evidence(in: file) == nil)
      #expect(try Forbidden().evidence(in: file) == nil)
    }
  }

  @Test func runsOfDigitsAreDecodedOverLineEnds() {
    let bytes = (0..<2000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
    let text = Base64.encode(bytes)
    let lines = stride(from: 0, to: text.utf8.count, by: 64).map {
      "  \"" + String(decoding: text.utf8.dropFirst($0).prefix(64), as: UTF8.self) + "\" \\\n"
    }
    let decoded = EncodedRuns.decoded(
      Array(("static const char *data =\n" + lines.joined() + ";\n").utf8), shortest: 1024)
    #expect(decoded.contains { $0.encoding == "Base64" && $0.bytes.starts(with: bytes) })
    #expect(EncodedRuns.decoded(Array("all of this is prose and no data at all".utf8), shortest: 16).isEmpty)
  }
}
