import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeSeal

/// Executables that carry what Go's linker writes; a compiler of C makes them, with Go's names for their symbols.
@Suite struct GoModuleDataTests {
  private static let module = "path\\tgithub.com/owner/tiny\\nmod\\tgithub.com/owner/tiny\\tv1.2.3\\n"

  /// `readsItself` links the function through which a Go program reads its module data.
  private func source(readsItself: Bool) -> String {
    """
    #include <stdio.h>
    static const char modinfo[] = "\\x30\\x77\\xaf\\x0c\\x92\\x74\\x08\\x02\\x41\\xe1\\xc1\\x07\\xe6\\xd6\\x18\\xe6"
      "\(Self.module)" "\\xf9\\x32\\x43\\x31\\x86\\x18\\x20\\x72\\x00\\x82\\x42\\x10\\x41\\x16\\xd8\\xf2";
    void go_main(void) __asm__("main.main");
    void go_main(void) { puts("ran"); }
    \(readsItself ? "void read_info(void) __asm__(\"\\\"runtime/debug.ReadBuildInfo\\\"\");" : "")
    \(readsItself ? "void read_info(void) { fwrite(modinfo + 16, 1, 4, stdout); }" : "")
    const char *volatile kept = modinfo;
    int main(void) { go_main(); \(readsItself ? "read_info();" : "") return 0; }

    """
  }

  private func stripped(
    _ source: String, flags: [String] = [], _ check: (GoModuleData.Treatment, [UInt8], String) throws -> Void
  ) async throws {
    try await withTemporaryDirectory { (directory: FilePath) async throws -> Void in
      let build = directory.appending("build")
      try build.makeDirectory()
      try FileDescriptor.writeNew(build.appending("main.c"), source.utf8)
      try Sandbox.adopt(build)
      let result = try await Sandbox(root: nil, mounts: [.readWrite(build, "/build")]).run(
        ["cc", "-static", "-o", "tiny"] + flags + ["main.c"], environment: ["PATH": "/usr/bin:/bin"],
        workingDirectory: "/build")
      #expect(result.succeeded, "\(result.errorText)")
      try Sandbox.reclaim(build)
      let target = directory.appending("executable")
      let treatment = try await Stripper(tools: Sandbox(root: nil)).strip(build.appending("tiny"), to: target)
      let ran = try await Sandbox(root: nil, mounts: [.readOnly(directory, "/workspace")]).run(
        ["/workspace/executable"], environment: [:], workingDirectory: "/workspace")
      try check(treatment, try FileDescriptor.readAll(target), ran.outputText)
    }
  }

  @Test func whatTheProgramCannotReadIsBlanked() async throws {
    try await stripped(source(readsItself: false)) { treatment, bytes, output in
      #expect(treatment == .blanked)
      #expect(GoModuleData.ranges(in: bytes).count == 1)
      #expect(GoModuleData.text(in: bytes) == nil)
      #expect(!String(decoding: bytes, as: UTF8.self).contains("github.com/owner/tiny"))
      #expect(output == "ran\n")
    }
  }

  @Test func whatTheProgramReadsStays() async throws {
    try await stripped(source(readsItself: true)) { treatment, bytes, output in
      #expect(treatment == .kept)
      #expect(GoModuleData.text(in: bytes)?.contains("github.com/owner/tiny\tv1.2.3") == true)
      #expect(output == "ran\npath")
    }
  }

  @Test func withoutSymbolsNobodyKnows() async throws {
    try await stripped(source(readsItself: false), flags: ["-s"]) { treatment, bytes, _ in
      #expect(treatment == .kept)
      #expect(GoModuleData.text(in: bytes) != nil)
    }
  }

  @Test func aProgramOfCHasNone() async throws {
    try await stripped("int main(void) { return 0; }\n") { treatment, _, _ in #expect(treatment == .absent) }
  }
}
