import ForgeCore
import ForgeSeal
import SystemPackage
import TestSupport
import Testing

@Suite struct LeakScanTests {
  static let source = """
    /* Copyright 2020 Somebody.
     * Permission is granted; see LICENSE for all of the terms (it is long).
     */
    #include <stdio.h>
    static const char *usage = "Usage: box [-f] FILE\\n  -f  force = yes;\\n";

    int box_add(struct box *box, const char *name) {
      // grows by half each time
      if (box->count == box->room) {
        box->room = box->room * 3 / 2 + 4;
        box->items = realloc(box->items, box->room * sizeof *box->items);
      }
      box->items[box->count++] = strdup(name);
      return 0;
    }

    """

  private func scan(
    _ documents: [String: String], upstream: [String: String] = ["src/box.c": source], declared: Set<String> = [],
    waivers: [Recipe.Waiver] = []
  ) throws -> LeakReport {
    try withTemporaryDirectory { directory in
      let checkout = directory.appending("checkout")
      let cleanroom = directory.appending("cleanroom")
      for (root, files) in [(checkout, upstream), (cleanroom, documents)] {
        try root.makeDirectory()
        for (path, text) in files {
          let file = root.appending(path)
          try file.removingLastComponent().makeDirectory(parents: true)
          try FileDescriptor.writeNew(file, Array(text.utf8))
        }
      }
      let code = try UpstreamCode(checkout: checkout, documents: declared)
      let identity = UpstreamIdentity(owners: ["jqlang"], names: ["box"])
      return try LeakScan(code: code, identity: identity, buildPaths: ["/build"]).scan(cleanroom, waivers: waivers)
    }
  }

  @Test(arguments: [
    // As it stands, re-indented, with comments of another kind and in the middle of prose.
    "  if (box->count == box->room) {\n    box->room = box->room * 3 / 2 + 4;\n    box->items = realloc(box->items, box->room * sizeof *box->items);\n",
    "text\n\nif (box->count==box->room) {\n\n\nbox->room=box->room*3/2+4; /* why */\nbox->items = realloc(box->items, box->room*sizeof *box->items);\nmore text\n",
  ]) func codeIsFound(_ text: String) throws {
    let report = try scan(["docs/a.md": text])
    #expect(report.findings.map(\.kind) == [.code])
    #expect(report.findings.first?.upstream == "src/box.c:9")
    #expect(!report.isClean)
  }

  @Test(arguments: [
    // Texts of literals and comments, code of the same kind, two lines only, lines far apart in prose.
    "Usage: box [-f] FILE\n  -f  force = yes;\nstatic const char *usage = \"\";\n",
    "Copyright 2020 Somebody.\nPermission is granted; see LICENSE for all of the terms (it is long).\n",
    "if (box->count == box->room) {\n  box->room = box->room * 3 / 2 + 4;\n}\n",
    "if (box->count == box->room) {\nThe room is then made larger by a half.\nbox->room = box->room * 3 / 2 + 4;\nAnd the items move along with it.\nbox->items = realloc(box->items, box->room * sizeof *box->items);\n",
    "#include <stdio.h>\nint main(void) {\n  return 0;\n}\n",
  ]) func whatIsNoCodeIsNot(_ text: String) throws {
    #expect(try scan(["docs/a.md": text]).isClean)
  }

  static let example = """
    struct box *box = box_new(4, BOX_GROWS);
    box_add(box, argv[1]);
    for (int i = 0; i < box_count(box); i++) puts(box_get(box, i));
    box_free(box);

    """

  @Test func declaredDocumentsAndExamplesAreNoSecret() throws {
    #expect(try scan(["docs/x.c": Self.example], upstream: ["src/x.c": Self.example]).findings.count == 1)
    #expect(try scan(["docs/x.c": Self.example], upstream: ["src/x.c": Self.example], declared: ["src/x.c"]).isClean)
    #expect(try scan(["docs/x.md": Self.example], upstream: ["examples/x.c": Self.example]).isClean)
  }

  @Test func onlyTheExamplesAtTheTopAreNoSecret() throws {
    #expect(try scan(["docs/x.md": Self.example], upstream: ["src/examples/x.c": Self.example]).findings.count == 1)
  }

  /// Each with a comment of its language behind the first line, and in a text without it.
  @Test(
    arguments: [
      ("tool.py", "total = sum(sizes)  # all of them\nfor name in names(total):\n    report(name, sizes[name])\n"),
      ("tool.sh", "total=$(count $sizes)  # all of them\nfor name in $(names $total); do\nreport $name >> ${list#x}\n"),
      (
        "tool.lua",
        "local total = sum(sizes)  -- all of them\nfor _, name in pairs(sizes) do\nreport(name, sizes[name])\n"
      ),
      ("start.s", "mov (%rdi), %rax  // all of them\nlea 8(%rsp), %rsi_total\ncall report@plt(%rip)\n"),
    ] as [(String, String)]) func scriptsAndAssemblerAreCode(_ file: String, _ source: String) throws
  {
    #expect(try scan(["docs/a.md": source], upstream: ["src/" + file: source]).findings.count == 1)
    let bare = ["  # all of them", "  -- all of them", "  // all of them"].reduce(source) { $0.replacing($1, with: "") }
    #expect(try scan(["docs/a.md": bare], upstream: ["src/" + file: source]).findings.count == 1)
  }

  @Test(
    arguments: [
      ("a.py", "def use():\n    \"\"\"", "\"\"\"\n"), ("a.py", "text = '''", "'''\n"), ("a.sh", "cat <<EOF\n", "EOF\n"),
      ("a.sh", "cat <<'EOF'\n", "EOF\n"), ("a.pl", "=head1 NAME\n", "=cut\n"), ("a.lua", "local text = [[", "]]\n"),
      ("a.lua", "--[[", "]]\n"),
    ] as [(String, String, String)]) func textsInScriptsAreNoCode(_ file: String, _ before: String, _ after: String)
    throws
  {
    let text = "usage: x = 1; (y)\nother := thing(z)\nthird = line(of) + text\n"
    let code = "first = call(one, two)\nsecond = call(three, first)\nthird = call(second)[four]\n"
    let upstream = [file: before + text + after + code]
    #expect(try scan(["docs/a": text], upstream: upstream).isClean)
    // What stands behind the text is code again.
    #expect(try scan(["docs/a": code], upstream: upstream).findings.count == 1)
  }

  /// Shifts and appended elements open no text, and a word that never ends one leaves the rest code.
  @Test(arguments: [
    ("a.py", "mask = 1 << bits\n"), ("a.py", "mask = 1<<BITS\n"), ("a.rb", "list << item\n"), ("a.sh", "x=$((1<<n))\n"),
    ("a.sh", "x=$((1<<N))\n"), ("a.pl", "=head1 NAME\n"), ("configure", "#!/bin/sh\n"), ("a.l", "[`] return 1;\n"),
    ("tool", "#!/usr/bin/env python3\n"),
  ]) func whatLooksLikeATextOnlyHidesNothing(_ file: String, _ before: String) throws {
    let code = "first = call(one, two)\nsecond = call(three, first)\nthird = call(second)[four]\n"
    #expect(try scan(["docs/a": code], upstream: [file: before + code]).findings.count == 1)
  }

  @Test func publicCasesAreLookedThrough() throws {
    try withTemporaryDirectory { checkout in
      try FileDescriptor.writeNew(checkout.appending("x.c"), Self.example.utf8)
      let scan = LeakScan(
        code: try UpstreamCode(checkout: checkout, documents: []),
        identity: UpstreamIdentity(owners: [], names: ["box"]),
        buildPaths: [])
      func leaks(stdin: String = "", files: [TreeEntry] = [], stdout: String = "") -> Bool {
        let item = Case(
          invocation: Invocation(stdin: ByteString(stdin), files: files), family: "f", origin: .help, evidence: nil,
          timeoutMilliseconds: 5000,
          expect: Outcome(termination: .exit(0), stdout: ByteString(stdout), stderr: "", files: []),
          compare: Comparison())
        return scan.leaks(item)
      }
      #expect(!leaks(stdin: "int x;\n"))
      #expect(leaks(stdin: Self.example))
      #expect(leaks(stdout: "x\n" + Self.example))
      #expect(leaks(files: [TreeEntry(path: "d/x.c", content: .file(ByteString(Self.example), mode: 0o644))]))
    }
  }

  @Test func goAndRustLiteralsAreEmptied() throws {
    let go = "package main\nvar help = `\nusage: x = 1; (y)\nother := thing(z)\nthird = line(of) + text\n`\n"
    let rust = "const HELP: &str = r#\"\nusage: x = 1; (y)\nother := thing(z)\nthird = line(of) + text\n\"#;\n"
    let text = "usage: x = 1; (y)\nother := thing(z)\nthird = line(of) + text\n"
    #expect(try scan(["docs/a": text], upstream: ["a.go": go, "b.rs": rust]).isClean)
    #expect(try scan(["docs/a": text], upstream: ["a.go": go.replacing("`", with: "")]).findings.count == 1)
  }

  @Test func waiversCoverOneArtefactOfOneDigest() throws {
    let text = Self.example
    let waiver = Recipe.Waiver(artefact: "docs/x.c", digest: Digest(of: text), reason: "shown in the manual")
    let covered = try scan(["docs/x.c": text], upstream: ["src/x.c": text], waivers: [waiver])
    #expect(covered.isClean)
    #expect(covered.waived.map(\.reason) == ["shown in the manual"])
    let changed = try scan(["docs/x.c": text + "\n"], upstream: ["src/x.c": text], waivers: [waiver])
    #expect(!changed.isClean)
    #expect(changed.unusedWaivers.count == 1)
    let other = try scan(["docs/y.c": text], upstream: ["src/x.c": text], waivers: [waiver])
    #expect(!other.isClean)
  }

  @Test func addressesLeftInDocumentsAreFound() throws {
    let report = try scan(["docs/a.md": "one\nhttps://github.com/jqlang/box\n"])
    #expect(report.findings.map(\.kind) == [.upstreamAddress])
    #expect(report.findings.first?.place == 2)
    #expect(try scan(["licenses/COPYING": "https://github.com/jqlang/box\n"]).isClean)
  }
}
