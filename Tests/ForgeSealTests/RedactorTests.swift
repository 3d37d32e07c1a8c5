import ForgeCore
import ForgeSeal
import Testing

@Suite struct RedactorTests {
  static let commit = "b33a7634ba34ffa7ce7368cc0ebf5ca40b54c7e6"
  static let identity = UpstreamIdentity(
    .git(url: "https://github.com/jqlang/jq", commit: commit), programs: ["jq"])

  @Test(arguments: [
    ("see https://github.com/jqlang/jq.", "see https://example.invalid/."),
    ("[x](https://github.com/jqlang/jq/issues/12)", "[x](https://example.invalid/issues/12)"),
    ("git clone https://github.com/jqlang/jq.git && cd jq", "git clone https://example.invalid/ && cd jq"),
    ("git@github.com:jqlang/jq.git", "https://example.invalid/"),
    ("git clone ssh://git@github.com/jqlang/jq.git", "git clone https://example.invalid/"),
    ("HTTPS://GitHub.com/JQLang/JQ", "https://example.invalid/"),
    ("go get github.com/jqlang/jq", "go get https://example.invalid/"),
    ("https://jqlang.github.io/jq/manual/#x", "https://example.invalid/jq/manual/#x"),
    ("https://github.com/jqlang/other", "https://example.invalid/other"),
    ("https://github.com/stedolan/jq/wiki", "https://example.invalid/wiki"),
    ("https://travis-ci.org/jqlang/jq.svg?branch=master", "https://example.invalid/.svg?branch=master"),
    ("PR jqlang/jq#2750", "PR https://example.invalid/#2750"),
    ("by @jqlang and others", "by https://example.invalid/ and others"),
    ("at \(commit).", "at https://example.invalid/."),
    ("build b33a763-dirty", "build https://example.invalid/-dirty"),
    ("https://github.com/jqlang/jq/commit/\(commit)", "https://example.invalid/commit/commit"),
    ("\\%https://github\\.com/\\:jqlang/\\:jq/", "https://example.invalid/"),
  ]) func isReplaced(_ text: String, _ expected: String) {
    let (bytes, replacements) = Redactor(Self.identity).redact(Array("one\n\(text)\n".utf8), path: "docs/a")
    #expect(String(decoding: bytes, as: UTF8.self) == "one\n\(expected)\n")
    #expect(replacements.count == 1)
    #expect(replacements.first?.line == 2)
    #expect(replacements.first.map { text.contains($0.original) && expected.contains($0.replacement) } == true)
  }

  /// A repository may be called by more than the program's name.
  @Test(arguments: [
    ("https://gitlab.com/OldMan/unix-tree", "https://example.invalid/"),
    ("git clone https://gitlab.com/OldMan/unix-tree.git", "git clone https://example.invalid/"),
    ("https://github.com/other/treehouse", "https://github.com/other/treehouse"),
    ("https://example.com/unix-tree", "https://example.com/unix-tree"),
  ]) func aNameWithWordsAroundItIsFound(_ text: String, _ expected: String) {
    let redactor = Redactor(UpstreamIdentity(.debian(package: "tree", version: "2", patches: .named([])), programs: []))
    #expect(String(decoding: redactor.redact(Array(text.utf8), path: "README").bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    "echo '{\"a\": 1}' | jq .a", "https://example.com/docs", "https://www.rfc-editor.org/rfc/rfc8259",
    "https://github.com/other/thing", "the sum e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "1234567 and abcdefg",
    "./configure && make", "a/b/jq", "jqlang-like languages are not jqlangs", "naïve — bytes \u{FF}",
    "user@example.com: hello", "http://", "://jq",
  ]) func staysAsItIs(_ text: String) {
    let (bytes, replacements) = Redactor(Self.identity).redact(Array(text.utf8), path: "docs/a")
    #expect(String(decoding: bytes, as: UTF8.self) == text)
    #expect(replacements.isEmpty)
  }

  @Test func bytesThatAreNoTextStay() {
    let bytes: [UInt8] = [0xff, 0xfe, 0, 10, 0x89] + Array("https://github.com/jqlang/jq".utf8) + [0xff, 0]
    let redacted = Redactor(Self.identity).redact(bytes, path: "docs/a").bytes
    #expect(redacted == [0xff, 0xfe, 0, 10, 0x89] + Array("https://example.invalid/".utf8) + [0xff, 0])
  }

  @Test func redactingTwiceChangesNothingMore() {
    let text = "https://github.com/jqlang/jq/commit/\(Self.commit) jqlang/jq @jqlang jqlang.github.io/jq/x"
    let once = Redactor(Self.identity).redact(Array(text.utf8), path: "a").bytes
    let twice = Redactor(Self.identity).redact(once, path: "a")
    #expect(twice.bytes == once)
    #expect(twice.replacements.isEmpty)
  }

  @Test func anOwnerNamedLikeTheProgramIsNoOwner() {
    let identity = UpstreamIdentity(
      .git(url: "https://github.com/ninja-build/ninja", commit: Self.commit), programs: ["ninja"])
    let text = "run ninja; ninja is a build system"
    #expect(Redactor(identity).redact(Array(text.utf8), path: "a").replacements.isEmpty)
  }

  /// Hosts of the program's own name hold its source, whatever stands before the name; letters to people stay.
  @Test(arguments: [
    ("ftp://ftp.figlet.org/pub/figlet/program", "https://example.invalid/pub/figlet/program"),
    ("ftp.figlet.org:/pub", "https://example.invalid/:/pub"), ("www.figlet.org", "https://example.invalid/"),
    ("http://figlet.net/x", "https://example.invalid/x"),
    ("http://myfiglet.org/ www.gnu.org info@figlet.org", "http://myfiglet.org/ www.gnu.org info@figlet.org"),
    ("http://figlet.example.com/", "http://figlet.example.com/"),
  ]) func hostsNamedAfterTheProgramAreReplaced(_ text: String, _ expected: String) {
    let redacted = Redactor(UpstreamIdentity(names: ["figlet"])).redact(Array(text.utf8), path: "a").bytes
    #expect(String(decoding: redacted, as: UTF8.self) == expected)
  }

  @Test func debianNamesTheAddresses() {
    let control =
      "Source: figlet\nHomepage: http://www.figlet.org/\nVcs-Git: https://salsa.debian.org/debian/figlet.git\n"
    let identity = UpstreamIdentity(
      .debian(package: "figlet", version: "2.2.5-3", patches: .all), programs: ["figlet"], debianFiles: [control])
    let text = "http://www.figlet.org/fonts ftp://ftp.figlet.org/ https://github.com/cmatsuoka/figlet/x"
    let redacted = Redactor(identity).redact(Array(text.utf8), path: "a").bytes
    #expect(
      String(decoding: redacted, as: UTF8.self)
        == "https://example.invalid/fonts https://example.invalid/ https://example.invalid/x")
  }
}
