import ForgeCore

/// Directories for programs that walk them: flat, deep, hidden, empty, linked, crowded, with unusual names and modes.
enum DirectoryInputs {
  /// The trees in a fixed order, the plainest first; paths are relative to the directory.
  static let samples: [SampleInput] = [
    sample(.normal, "in", [file("a.txt", "alpha\nbeta\n"), file("sub/b.txt", "gamma\n"), link("link", "a.txt")]),
    sample(
      .normal, "project",
      [
        file("README.md", "# Title\n\ntext\n"), file("src/main.c", "int main(void) { return 0; }\n"),
        file("src/lib/util.c", "int one(void) { return 1; }\n"), file("src/lib/util.h", "int one(void);\n"),
        file("docs/manual.txt", "alpha\nbeta\nalpha\n"), file("data/table.csv", "id,name\n1,ann\n2,bob\n"),
      ]),
    sample(
      .normal, "hidden", [file(".hidden", "secret\n"), file(".cache/file", "x\n"), file("seen.txt", "alpha\n")]),
    sample(
      .normal, "sizes",
      [
        file("empty", ""), file("one", "1"), file("line", "one line\n"),
        file("large.txt", String(repeating: "0123456789abcde\n", count: 160)),
      ]),
    sample(
      .normal, "same", [file("a", "same\n"), file("b", "same\n"), file("c/a", "same\n"), file("c/d", "other\n")]),
    sample(.edge, "empty", []),
    sample(.edge, "deep", [file("1/2/3/4/5/6/7/8/leaf.txt", "deep\n"), file("1/2/other.txt", "less\n")]),
    sample(
      .edge, "links",
      [
        file("file.txt", "alpha\n"), link("to-file", "file.txt"), link("to-sub", "sub"), link("nowhere", "missing"),
        link("sub/up", ".."), file("sub/x", "x\n"),
      ]),
    sample(
      .edge, "names",
      [
        file("with space.txt", "a\n"), file("caf\u{E9}.txt", "b\n"), file("-dash", "c\n"), file("UPPER.TXT", "d\n"),
        file("upper.txt", "e\n"), file("file10", "f\n"), file("file9", "g\n"), file("line\nbreak", "h\n"),
      ]),
    sample(.edge, "many", (0..<40).map { file("f\($0 * 37 % 100).txt", "\($0)\n") }),
    sample(
      .edge, "modes",
      [
        TreeEntry(path: "run.sh", content: .file("#!/bin/sh\necho hi\n", mode: 0o755)),
        TreeEntry(path: "locked", content: .file("locked\n", mode: 0)),
        TreeEntry(path: "shut", content: .directory(mode: 0)), file("plain", "plain\n"),
      ]),
  ]

  private static func sample(_ variant: SampleInput.Variant, _ name: String, _ tree: [TreeEntry]) -> SampleInput {
    SampleInput(kind: .directory, variant: variant, label: name, fileName: "\(name)-dir", tree: tree)
  }

  private static func file(_ path: String, _ text: String) -> TreeEntry {
    TreeEntry(path: path, content: .file(ByteString(text), mode: 0o644))
  }

  private static func link(_ path: String, _ target: String) -> TreeEntry {
    TreeEntry(path: path, content: .link(target))
  }
}
