import ForgeCore
import Testing

@testable import ForgeDebian

@Suite struct ControlFileTests {
  @Test func readsFieldsContinuationsAndParagraphs() {
    let file = ControlFile(
      """
      Package: jq
      Binary: jq,
       libjq1,
       libjq-dev
      # a comment
      Version:1.6-2.1

      \t
      package: other
      """)
    #expect(file.paragraphs.count == 2)
    #expect(file.paragraphs[0]["package"] == "jq")
    #expect(file.paragraphs[0]["VERSION"] == "1.6-2.1")
    #expect(file.paragraphs[0].words("Binary") == ["jq", "libjq1", "libjq-dev"])
    #expect(file.paragraphs[1]["Package"] == "other")
    #expect(file.paragraphs[1]["Version"] == nil)
  }

  @Test(arguments: ["", "\n\n", "no colon here", " leading continuation"])
  func oddTextGivesNoFields(_ text: String) {
    #expect(ControlFile(text).paragraphs.allSatisfy { $0["no"] == nil })
  }

  @Test(arguments: [
    ("'http://m/p/libc6_2.36_amd64.deb' libc6_2.36_amd64.deb 12 SHA256:\(hex)", "libc6", "2.36", "amd64"),
    ("'http://m/p/a_1%253a2_all.deb' a_1%3a2_all.deb 12 SHA256:\(hex)", "a", "1:2", "all"),
    ("'http://m/g++_4%25_a.deb' g++_4:12.2.0-3_amd64.deb 1 SHA256:\(hex)", "g++", "4:12.2.0-3", "amd64"),
  ])
  func readsAptsAddresses(_ line: String, name: String, version: String, architecture: String) throws {
    let package = try #require(BinaryPackage(uriLine: line))
    #expect(package.name == name)
    #expect(package.version == version)
    #expect(package.architecture == architecture)
    #expect(package.digest.hex == hex)
  }

  @Test(arguments: [
    "Reading package lists...", "'http://m/x' x 12", "'http://m/x_1_all.deb' x_1_all.deb 12 MD5Sum:aa",
    "'http://m/x_1.dsc' x_1.dsc 12 SHA256:\(hex)", "'unclosed x_1_all.deb 12 SHA256:\(hex)",
  ])
  func leavesOtherLinesOut(_ line: String) {
    #expect(BinaryPackage(uriLine: line) == nil)
  }
}

private let hex = String(repeating: "0123456789abcdef", count: 4)
