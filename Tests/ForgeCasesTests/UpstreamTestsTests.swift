import ForgeCore
import Testing

@testable import ForgeCases

@Suite struct UpstreamTestsTests {
  private static func invocation(_ argv: [String], _ stdin: String = "", file: (String, String)? = nil) -> Invocation {
    Invocation(
      argv: argv.map { ByteString($0) }, stdin: ByteString(stdin),
      files: file.map { [TreeEntry(path: $0.0, content: .file(ByteString($0.1), mode: 0o644))] } ?? [])
  }

  private static let tests = UpstreamTests(
    [
      invocation(["-c", ".a | keys"], "{\"a\":{\"x\":1}}"), invocation(["--version"]),
      invocation(["-n", "1", "data.txt"], file: ("data.txt", "one two three four five six seven eight nine ten")),
      invocation(["--sum", "shared.csv"]),
    ].map { HarvestedInput(invocation: $0, place: "suite") }
      + [HarvestedInput(invocation: invocation(["--cut"]), place: "suite", isCut: true)],
    assets: ["shared.csv", "other.csv"])

  static let verdicts: [(Invocation, Bool)] = [
    (invocation(["-c", ".a | keys"], "{\"a\":{\"x\":1}}"), true),
    // Spaces and the order of tokens make no difference, one other value in ten tokens neither.
    (invocation([".a|keys", "-c"], "{ \"a\": {\"x\": 2} }\n"), true),
    (invocation(["-c", ".a | length"], "{\"a\":{\"x\":1}}"), true),
    (invocation(["-c", ".b | length"], "{\"a\":{\"x\":1}}"), false),
    (invocation(["-c", ".a | keys"], "{\"b\":[1,2,3],\"c\":4}"), false),
    // A test of one token is in nearly everything.
    (invocation(["--version"]), true), (invocation(["--version", "-c", "x"]), false), (invocation(["-c"]), false),
    // The file's name is not what a test is about, an option is.
    (invocation(["-n", "1", "in.txt"], file: ("in.txt", "one two three four five six seven eight nine TEN")), true),
    (
      invocation(["-l", "1", "data.txt"], file: ("data.txt", "one two three four five six seven eight nine ten")), false
    ),
    (invocation(["-n", "1", "data.txt"], file: ("data.txt", "one two three four five six seven 8 9 10")), false),
    (invocation(["--sum", "other.csv"]), true), (invocation(["--sum", "third.csv"]), false),
    // What was cut to its first lines is upstream's as well.
    (invocation(["--cut"]), true), (invocation([]), false),
  ]

  @Test(arguments: verdicts.indices) func likenessIsInBothParts(index: Int) {
    let (invocation, expected) = Self.verdicts[index]
    #expect(Self.tests.holds(invocation) == expected, "\(invocation.argv.map(\.lossyText))")
  }
}
