import ForgeCore
import ForgeDocs
import ForgeSandbox
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct DocumenterTests {
  private func gather(
    _ files: [String: String], declared: Recipe.Documents = .init(), program: FakeProgram? = nil, name: String = "box",
    licenseFiles: [Recipe.Pattern] = [], check: (DocumentReport, FilePath) throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      let checkout = directory.appending("checkout")
      try checkout.makeDirectory()
      for (path, text) in files {
        let file = checkout.appending(path)
        try file.removingLastComponent().makeDirectory(parents: true)
        try FileDescriptor.writeNew(file, Array(text.utf8))
      }
      let documenter = Documenter(
        checkout: checkout, declared: declared, licenseFiles: licenseFiles, programs: [name],
        tools: Sandbox(root: nil))
      let out = directory.appending("out")
      try check(await documenter.gather(into: out, run: program?.run), out)
    }
  }

  private func text(_ path: FilePath) throws -> String {
    String(decoding: try FileDescriptor.readAll(path), as: UTF8.self)
  }

  @Test func declaredFilesReadmesAndLicencesAreGathered() async throws {
    let files = [
      "README.md": "# Box\n", "README.de.md": "# Kiste\n", "docs/a/one.md": "one\n", "docs/two.txt": "two\n",
      "man/three.md": "three\n", "src/main.c": "int main(void) { return 0; }\n", "COPYING": "terms\n",
      "LICENSES/MIT.txt": "mit\n", "lib/x/LICENSE-APACHE": "apache\n", "license_check.py": "import x\n",
      "src/license.c": "int x;\n",
    ]
    let declared = Recipe.Documents(include: ["docs/**", "man/three.md"], probe: [])
    try await gather(files, declared: declared) { (report, out) throws in
      #expect(
        report.documents.map(\.path) == [
          "docs/README.de.md", "docs/README.md", "docs/docs/a/one.md", "docs/docs/two.txt",
          "docs/upstream/man/three.md",
        ])
      #expect(
        report.licenses.map(\.path) == [
          "licenses/COPYING", "licenses/LICENSES/MIT.txt", "licenses/lib/x/LICENSE-APACHE",
        ])
      #expect(report.documents[1].origin == .upstream("README.md"))
      #expect(report.documents[1].digest == Digest(of: "# Box\n"))
      #expect(try text(out.appending("docs/docs/a/one.md")) == "one\n")
    }
  }

  @Test(arguments: ["include", "man", "license"]) func aPatternWithoutAMatchIsAnError(_ field: String) async throws {
    let declared = Recipe.Documents(
      include: field == "include" ? ["none/*.md"] : [], man: field == "man" ? ["none/*.md"] : [])
    let failure = await #expect(throws: ForgeError.self) {
      try await gather(["a": "a"], declared: declared, licenseFiles: field == "license" ? ["none/*.md"] : []) { _, _ in
      }
    }
    #expect(failure?.code == .documentMissing)
    #expect(failure?.message.contains("none/*.md") == true)
  }

  @Test func aLinkOutOfTheCheckoutIsNoDocument() async throws {
    try await withTemporaryDirectory { directory in
      let checkout = directory.appending("checkout")
      try checkout.makeDirectory()
      try FileDescriptor.writeNew(directory.appending("secret"), Array("secret".utf8))
      #expect(symlink("../secret", checkout.appending("README").string) == 0)
      try FileDescriptor.writeNew(checkout.appending("real.md"), Array("real".utf8))
      #expect(symlink("real.md", checkout.appending("README.md").string) == 0)
      let documenter = Documenter(
        checkout: checkout, declared: .init(), programs: ["x"], tools: Sandbox(root: nil))
      let report = try await documenter.gather(into: directory.appending("out"), run: nil)
      #expect(report.documents.map(\.path) == ["docs/README.md"])
    }
  }

  @Test func termsOfDocumentsAreRecorded() async throws {
    let files = [
      "README.md": "<!-- SPDX-License-Identifier: CC-BY-SA-4.0 -->\ntext\n",
      "README.txt":
        "Permission is granted under the terms of the GNU Free\nDocumentation License, Version 1.2 or later\n",
      "README": "GPL is mentioned here\n",
    ]
    try await gather(files) { report, _ in
      #expect(report.documents.map(\.license) == [nil, "CC-BY-SA-4.0", "GFDL-1.2-or-later"])
    }
  }

  @Test(.enabled(if: access("/usr/bin/mandoc", X_OK) == 0)) func manPagesAreKeptAndRendered() async throws {
    let page = ".TH BOX 1\n.SH NAME\nbox \\- hold things\n.SH OPTIONS\n.TP\n.B \\-f, \\-\\-force\nDo it anyway.\n"
    let files = ["doc/box.1": page, "doc/alias.1": ".so man1/box.1\n", "other.1": page]
    try await gather(files) { (report, out) throws in
      #expect(report.documents.map(\.path) == ["docs/man/box.1", "docs/man/box.1.txt"])
      #expect(report.documents[1].origin == .rendered("doc/box.1"))
      let text = try text(out.appending("docs/man/box.1.txt"))
      #expect(text.contains("-f, --force"))
      #expect(!text.contains("\u{8}"))
      #expect(try self.text(out.appending("docs/man/box.1")) == page)
    }
    try await gather(files, declared: .init(man: ["doc/*.1"])) { (report, out) throws in
      #expect(try self.text(out.appending("docs/man/alias.1.txt")).contains("hold things"))
      #expect(report.documents.count == 4)
    }
  }

  @Test func subcommandsAreFoundAndFollowed() async throws {
    try await gather([:], declared: .init(probe: [["--help"], ["--version"]]), program: .nested) {
      (report, out) throws in
      #expect(
        report.documents.map(\.path) == [
          "docs/help/command-add.txt", "docs/help/command-remote-add.txt", "docs/help/command-remote-rename.txt",
          "docs/help/command-remote.txt", "docs/help/help.txt", "docs/help/version.txt",
        ])
      #expect(report.documents[1].origin == .probe(["remote", "add", "--help"]))
      #expect(
        try text(out.appending("docs/help/command-remote-add.txt"))
          == "$ ./executable remote add --help\nusage: box remote add NAME URL\n\nMakes a remote.\n")
      #expect(report.probes.contains { $0.argv == ["ghost", "--help"] && $0.dropped != nil })
    }
  }

  @Test func theCleanestAnswerIsKept() async throws {
    try await gather([:], declared: .init(probe: []), program: .bare, name: "kit") { (report, out) throws in
      #expect(
        report.documents.map(\.origin) == [.probe(["comp", "--help"]), .probe(["seq"]), .probe([])])
      #expect(try text(out.appending("docs/help/command-seq.txt")).hasPrefix("$ ./executable seq\nUsage: kit seq"))
    }
  }

  @Test func wordsThatAreNoCommandsAreNotKept() async throws {
    try await gather([:], program: .flat, name: "flat") { report, _ in
      #expect(report.documents.map(\.path) == ["docs/help/help.txt", "docs/help/version.txt"])
    }
  }

  @Test func aComplaintBelowTheHelpIsNoHelpOfACommand() async throws {
    try await gather([:], declared: .init(probe: [["--help"]]), program: .helpful, name: "conv") { report, _ in
      #expect(report.documents.map(\.path) == ["docs/help/help.txt"])
      #expect(report.probes.contains { $0.argv.contains("mode") && $0.dropped != nil })
    }
  }

  @Test func usageOfAProgramWithoutHelpIsKept() async throws {
    try await gather([:], declared: .init(probe: []), program: .terse, name: "terse") { (report, out) throws in
      #expect(report.documents.map(\.path) == ["docs/help/unknown-option.txt"])
      let text = try text(out.appending("docs/help/unknown-option.txt"))
      #expect(text.hasPrefix("$ ./executable --taskforge-no-such-word\n"))
      #expect(text.hasSuffix("[exit status 1]\n"))
    }
  }

  @Test(arguments: [FakeProgram.restless, FakeProgram.crashing]) func whatIsNotRepeatableIsDropped(
    _ program: FakeProgram
  ) async throws {
    try await gather([:], program: program) { report, _ in
      #expect(report.documents.isEmpty)
      #expect(report.probes.allSatisfy { $0.dropped != nil })
      #expect(!report.probes.isEmpty)
    }
  }

  @Test func aProgramThatListsItselfForEverEnds() async throws {
    let program = FakeProgram { argv in
      let words = argv.filter { $0 != "--help" }
      return (
        "usage: x \(words.joined(separator: " "))\nlevel \(words)\nCommands:\n  go    deeper\n  on    on\n", "", 0
      )
    }
    try await gather([:], program: program, name: "x") { report, _ in
      #expect(report.documents.allSatisfy { $0.path.utf8.count < 200 })
    }
    #expect(program.argvs.count < 2000)
    #expect(program.argvs.allSatisfy { $0.count <= 4 })
  }
}
