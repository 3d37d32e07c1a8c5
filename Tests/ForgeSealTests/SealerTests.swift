import ForgeCore
import ForgeSandbox
import ForgeSeal
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Whether this machine can compile and strip a C program.
private let hasTools = ["/usr/bin/cc", "/usr/bin/strip", "/usr/bin/bwrap"].allSatisfy { (path: String) in
  access(path, X_OK) == 0
}

/// A small program of C in a checkout, and what the modules before sealing would have made of it.
struct TinyProgram {
  static let source = """
    #include <stdio.h>
    #include <string.h>
    static int count_words(const char *text) {
      int words = 0, inside = 0;
      for (const char *at = text; *at; at++) {
        if (*at == ' ') inside = 0;
        else if (!inside) { inside = 1; words++; }
      }
      return words;
    }
    int main(int argc, char **argv) {
      if (argc < 2 || !strcmp(argv[1], "--help")) { puts("usage: tiny TEXT  (https://github.com/owner/tiny)"); return argc < 2; }
      printf("%d\\n", count_words(argv[1]));
      return 0;
    }

    """
  let checkout: FilePath
  let executable: FilePath
  let documents: FilePath

  init(in directory: FilePath, flags: [String]) async throws {
    checkout = directory.appending("checkout")
    documents = directory.appending("documents")
    for path in ["docs", "licenses"] { try documents.appending(path).makeDirectory(parents: true) }
    try checkout.makeDirectory()
    try FileDescriptor.writeNew(checkout.appending("tiny.c"), Array(Self.source.utf8))
    try FileDescriptor.writeNew(checkout.appending("data.txt"), Array("data\n".utf8))
    let readme = "# tiny\n\nFrom https://github.com/owner/tiny.\n"
    try FileDescriptor.writeNew(documents.appending("docs/README.md"), Array(readme.utf8))
    try FileDescriptor.writeNew(
      documents.appending("licenses/LICENSE"), Array((LicenseTests.mit + "\nhttps://github.com/owner/tiny\n").utf8))
    let build = directory.appending("build")
    try build.makeDirectory()
    try FileDescriptor.writeNew(build.appending("tiny.c"), Array(Self.source.utf8))
    try Sandbox.adopt(build)
    let result = try await Sandbox(root: nil, mounts: [.readWrite(build, "/build")]).run(
      ["cc", "-g", "-Wl,--build-id", "-o", "tiny"] + flags + ["/build/tiny.c"],
      environment: ["PATH": "/usr/bin:/bin"], workingDirectory: "/build")
    #expect(result.succeeded, "\(result.errorText)")
    try Sandbox.reclaim(build)
    executable = build.appending("tiny")
  }

  func sealer(link: Recipe.Linkage, waivers: [Recipe.Waiver] = []) -> Sealer {
    let recipe = Recipe(
      id: "owner__tiny.0123456",
      upstream: .git(url: "https://github.com/owner/tiny", commit: "0123456789abcdef0123456789abcdef01234567"),
      language: .c, license: "MIT", link: link, build: [], executable: "tiny",
      surface: .init(assets: ["*.txt"], env: ["TINY": "1"]), deny: ["wc"], waivers: waivers)
    return Sealer(
      recipe: recipe, license: "MIT", checkout: checkout, executable: executable, documents: documents,
      documentSources: ["README.md"], tools: Sandbox(root: nil), runRoot: nil)
  }
}

@Suite(.enabled(if: hasTools)) struct SealerTests {
  @Test func aCleanroomIsClean() async throws {
    try await withTemporaryDirectory { (directory: FilePath) async throws -> Void in
      let tiny = try await TinyProgram(in: directory, flags: ["-static", "-ffile-prefix-map=/build/=", "-O1"])
      let cleanroom = directory.appending("cleanroom")
      let report = try await tiny.sealer(link: .static).seal(into: cleanroom)
      #expect(report.leaks.isClean, "\(report.leaks.findings)")
      #expect(report.leaks.notes.contains { $0.excerpt.contains("github.com/owner/tiny") })
      #expect(report.executable.libraries.isEmpty)
      #expect(report.executable.moduleData == .absent)
      #expect(
        Set(report.files.keys) == ["executable", "TASK.md", "docs/README.md", "licenses/LICENSE", "data.txt"])
      #expect(report.replacements.map(\.original) == ["https://github.com/owner/tiny."])
      let readme = try FileDescriptor.readAll(cleanroom.appending("docs/README.md"))
      #expect(String(decoding: readme, as: UTF8.self) == "# tiny\n\nFrom https://example.invalid/.\n")
      let license = try FileDescriptor.readAll(cleanroom.appending("licenses/LICENSE"))
      #expect(String(decoding: license, as: UTF8.self).contains("https://github.com/owner/tiny"))
      var status = stat()
      #expect(lstat(cleanroom.appending("executable").string, &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o111)
      let elf = try #require(ElfFile(try FileDescriptor.readAll(cleanroom.appending("executable"))))
      let names = elf.sections.map(\.name)
      #expect(names.contains(".text"))
      #expect(
        names.allSatisfy { ![".symtab", ".comment", ".note.gnu.build-id"].contains($0) && !$0.hasPrefix(".debug") })
      let ran = try await Sandbox(root: nil, mounts: [.readOnly(cleanroom, "/workspace")]).run(
        ["/workspace/executable", "a b c"], environment: [:], workingDirectory: "/workspace")
      #expect(ran.outputText == "3\n")
    }
  }

  @Test func whatTheBuildLeavesIsFoundInAnUnstrippedFile() async throws {
    try await withTemporaryDirectory { (directory: FilePath) async throws -> Void in
      let tiny = try await TinyProgram(in: directory, flags: ["-O1"])
      let room = directory.appending("room")
      try room.makeDirectory()
      try FileDescriptor.writeNew(room.appending("executable"), FileDescriptor.readAll(tiny.executable))
      let scan = try LeakScan(
        code: UpstreamCode(checkout: tiny.checkout, documents: []), identity: .init(names: ["tiny"]),
        buildPaths: ["/build"])
      let kinds = Set(try scan.scan(room, waivers: []).findings.map(\.kind))
      #expect(kinds == [.symbolTable, .debugData, .buildID, .buildPath])
      // The source itself among the strings, as a program that embeds it would have it.
      let bytes = try FileDescriptor.readAll(tiny.executable) + [0] + Array(TinyProgram.source.utf8)
      try FileDescriptor.writeNew(room.appending("executable"), bytes)
      let codes = try scan.scan(room, waivers: []).findings.filter { $0.kind == .code }
      #expect(!codes.isEmpty)
      #expect(codes.first?.upstream?.hasPrefix("tiny.c:") == true)
    }
  }

  @Test func librariesOfADynamicProgramAreNamed() async throws {
    try await withTemporaryDirectory { (directory: FilePath) async throws -> Void in
      let tiny = try await TinyProgram(in: directory, flags: ["-O1", "-Wl,--no-as-needed", "-lm"])
      let report = try await tiny.sealer(link: .dynamic).seal(into: directory.appending("cleanroom"))
      #expect(Set(report.executable.libraries.map(\.package)) == ["libc6"])
      #expect(
        Set(report.executable.libraries.map(\.name)) == ["/lib64/ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6"])
      #expect(report.executable.libraries.allSatisfy { $0.version.contains(".") && $0.path.hasPrefix("/") })
      let failure = await #expect(throws: ForgeError.self) {
        try await tiny.sealer(link: .static).seal(into: directory.appending("again"))
      }
      #expect(failure?.message.contains("libm.so.6") == true)
    }
  }

  @Test func aLibraryThatTheRootLacksIsAnError() async throws {
    try await withTemporaryDirectory { (directory: FilePath) async throws -> Void in
      let tiny = try await TinyProgram(in: directory, flags: [])
      let root = directory.appending("root")
      try root.appending("var/lib/dpkg/info").makeDirectory(parents: true)
      try FileDescriptor.writeNew(root.appending("var/lib/dpkg/status"), [])
      let failure = #expect(throws: ForgeError.self) {
        try LibraryClosure(root: root).libraries(of: tiny.executable)
      }
      #expect(failure?.code == .sealLibrary)
      #expect(failure?.message.contains("ld-linux-x86-64.so.2") == true)
    }
  }

  @Test func aScriptIsNoExecutable() async throws {
    try await withTemporaryDirectory { (directory: FilePath) async throws -> Void in
      let script = directory.appending("script")
      try FileDescriptor.writeNew(script, Array("#!/bin/sh\necho\n".utf8))
      let failure = await #expect(throws: ForgeError.self) {
        try await Stripper(tools: Sandbox(root: nil)).strip(script, to: directory.appending("out"))
      }
      #expect(failure?.code == .sealExecutable)
    }
  }
}
