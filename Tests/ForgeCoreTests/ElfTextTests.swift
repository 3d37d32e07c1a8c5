import Foundation
import Testing

@testable import ForgeCore

/// Files of machine code, compared by what a linker sees of them.
@Suite struct ElfTextTests {
  private static let source = """
    #include <stdio.h>
    #include <string.h>
    int counter = 4; int tentative; static int own = 2; extern int other;
    static int twice(int x) { return own * x; }
    __attribute__((weak)) int hook(void) { return 0; }
    int main(void) { char a[64]; memset(a, 0, 64); return printf("%d%d\\n", twice(counter) + tentative, other + a[3]); }
    """

  private func compiled(_ source: String, _ flags: [String]) throws -> ByteString {
    let folder = FileManager.default.temporaryDirectory.appending(path: "elf-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(source.utf8).write(to: folder.appending(path: "a.c"))
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["cc"] + flags + ["-o", "out", "a.c"]
    compiler.currentDirectoryURL = folder
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    return ByteString([UInt8](try Data(contentsOf: folder.appending(path: "out"))))
  }

  private func outcome(_ file: ByteString) -> Outcome {
    Outcome(
      termination: .exit(0), stdout: "", stderr: "", files: [TreeEntry(path: "a.o", content: .file(file, mode: 0o644))])
  }

  private func form(_ file: ByteString) -> String { ElfText.form(of: file, from: .expected).lossyText }

  @Test func whatALinkerSeesIsCompared() throws {
    let plain = try compiled(Self.source, ["-c", "-O0", "-fcommon"])
    let quick = try compiled(Self.source, ["-c", "-O2", "-g", "-fno-common"])
    #expect(plain != quick)
    #expect(
      form(plain) == """
        [elf] object
        defined: counter object 4
        defined: hook function weak
        defined: main function
        defined: tentative object 4
        undefined: other
        undefined: printf

        """)
    let expected = outcome(plain)
    let comparison = Comparison().readingElf(expected)
    #expect(
      comparison
        == Comparison(files: .normalised(by: [.elfSymbols], reason: "a compiler is free in the code it writes")))
    let form = comparison.form(of: expected)
    #expect(comparison.form(of: form) == form)
    func verdict(_ shown: ByteString) -> Verdict { Verdict(of: outcome(shown), expecting: form, by: comparison) }
    #expect(verdict(quick).isPass)
    let renamed = try compiled(Self.source.replacing("counter", with: "count"), ["-c"])
    #expect(!verdict(renamed).isPass)
    // A text that says the same is no file.
    #expect(!verdict(form.files[0].data!).isPass)
    #expect(!verdict("").isPass)
  }

  @Test func executablesAndLibrariesAreTold() throws {
    let library = try compiled(
      "int f(void) { return 1; } int puts(const char *); void g(void) { puts(\"a\"); }", ["-shared", "-fPIC"])
    let lines = form(library).split(separator: "\n")
    #expect(lines.first == "[elf] shared object" && lines.contains("defined: f function"))
    #expect(lines.contains("needed: libc.so.6") && lines.contains("undefined: puts"))
    #expect(!lines.contains { $0.contains(" _init") || $0.contains("__") })
    #expect(form(try compiled("int main(void) { return 0; }", [])).hasPrefix("[elf] executable\n"))
  }

  /// What a program hands on was chosen by nobody, and what is no ELF file is compared as it is.
  @Test func whatIsGivenIsComparedByteByByte() throws {
    let file = try compiled("int x;", ["-c"])
    let surface = Recipe.Surface()
    let given = Invocation(argv: ["x"], stdin: file)
    #expect(surface.comparison(of: outcome(file), from: given) == Comparison())
    #expect(surface.comparison(of: outcome(file), from: Invocation(argv: ["x"])).files != .exact)
    #expect(surface.comparison(of: outcome("\u{7f}ELF"), from: given) == Comparison())
  }

  /// Every entry names the same long text: that is no table of names, and would be gigabytes of them.
  @Test func namesFromEveryPlaceAreNoTable() throws {
    let file = try compiled(
      (0..<200).map { "int long_name_of_an_object_that_is_number_\($0);" }.joined(separator: "\n"), ["-c", "-g0"])
    let elf = try #require(ElfFile(file.bytes))
    let table = try #require(elf.sections.first { $0.name == ".symtab" }).range
    let strings = try #require(elf.sections.first { $0.name == ".strtab" }).range
    var bytes = file.bytes
    for at in strings.dropLast() { bytes[at] = 97 }
    for entry in stride(from: table.lowerBound, to: table.upperBound, by: 24) {
      for at in entry..<(entry + 4) { bytes[at] = 0 }
    }
    #expect(elf.symbols(in: ".symtab", ".strtab")?.isEmpty == false)
    #expect(ElfText.form(of: ByteString(bytes), from: .expected) == ByteString(bytes))
  }

  @Test func damagedFilesEndNothing() throws {
    let file = try compiled(Self.source, ["-c"]).bytes
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var bytes = file
      for _ in 0...Int.random(in: 0..<6, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      bytes.removeLast(Bool.random(using: &random) ? Int.random(in: 0..<bytes.count, using: &random) : 0)
      let once = ElfText.form(of: ByteString(bytes), from: .expected)
      #expect(ElfText.form(of: once, from: .expected) == once)
    }
  }
}
