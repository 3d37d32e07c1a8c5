import ForgeCore
import Testing

@testable import ForgeCases

@Suite struct RunLayoutTests {
  private static func run(
    _ argv: [String], in directory: String = "/build/src/tests", files: [String: String] = [:], folders: [String] = [],
    absent: [String] = []
  ) -> RecordedRun {
    var run = RecordedRun()
    run.arguments = argv.map { ByteString($0) }
    run.directory = directory
    run.files = files.sorted { $0.key < $1.key }.map {
      .init(path: $0.key, mode: 0o664, size: $0.value.utf8.count, head: ByteString($0.value))
    }
    run.folders = folders
    run.absent = absent
    return run
  }

  private static func layout(
    _ program: String = "", for run: RecordedRun = .init(), assets: [TreeEntry] = []
  ) -> RunLayout {
    RunLayout(
      for: [run], trees: ["/build/src", "/tmp"], environment: ["BASE": "1"], program: Array(program.utf8),
      inputBytes: 16 << 10,
      assets: assets)
  }

  /// Arguments and paths of what the run of a call with two files becomes.
  private static func laid(_ run: RecordedRun, assets: [TreeEntry] = []) throws -> ([String], [String]) {
    let made = try layout(assets: assets).input(of: run).invocation
    return (made.argv.map(\.lossyText), made.files.map(\.path))
  }

  private static let far = "/build/src/data/x.txt"

  @Test(arguments: [
    ([far], ["x.txt"]), (["--file=\(far)"], ["--file=x.txt"]), (["-f\(far)"], ["-fx.txt"]),
    (["../data/x.txt"], ["x.txt"]), (["./../data/x.txt"], ["x.txt"]), (["a=b:\(far)"], ["a=b:x.txt"]),
    (["-L../data", "\(far)"], ["-Ldata", "data/x.txt"]), (["--in", "/build/src/data/"], ["--in", "data/"]),
    (["\(far),/build/src/tests/in.txt"], ["x.txt,in.txt"]), (["sub/../../data/x.txt"], ["x.txt"]),
    (["/build/src/tests", far], [".", "x.txt"]),
    (["/dev/null", "/etc/passwd", far], ["/dev/null", "/etc/passwd", "x.txt"]),
    (["s/../x/", "http://a/b", far], ["s/../x/", "http://a/b", "x.txt"]),
  ]) func pathsAreWrittenForTheCase(argv: [String], expected: [String]) throws {
    let (words, paths) = try Self.laid(Self.run(argv, files: [Self.far: "x\n"]))
    #expect(words == expected)
    #expect(paths.count == 1 && paths[0].hasSuffix("x.txt"))
  }

  /// As a compiler's tests name headers: `-I../..` from two directories further down.
  @Test func directoriesAboveAreLaidOutBeside() throws {
    let (words, paths) = try Self.laid(
      Self.run(
        ["-I../..", "-I..", "-B/build/src/", "../../lib/a.h", "b.c"], in: "/build/src/tests/deep",
        files: [
          "/build/src/lib/a.h": "1", "/build/src/tests/deep/b.c": "2", "/build/src/tests/c.h": "3", "/usr/d.h": "4",
        ]))
    #expect(words == ["-Isrc", "-Isrc/tests", "-Bsrc/", "src/lib/a.h", "b.c"])
    #expect(paths == ["b.c", "src/lib/a.h", "src/tests/c.h"])
  }

  @Test func namesDoNotCollide() throws {
    let (words, paths) = try Self.laid(
      Self.run(
        ["x.txt", "../x.txt", "/tmp/x.txt", "/tmp/executable", "/tmp/tmp.aB3dE6gH9j/out"],
        files: [
          "/build/src/tests/x.txt": "1", "/build/src/x.txt": "2", "/tmp/x.txt": "3", "/tmp/executable": "4",
        ], folders: ["/tmp/tmp.aB3dE6gH9j"], absent: ["/tmp/tmp.aB3dE6gH9j/out"]))
    #expect(words == ["x.txt", "3-x.txt", "2-x.txt", "2-executable", "out"])
    #expect(paths == ["2-executable", "2-x.txt", "3-x.txt", "x.txt"])
  }

  @Test func foldersThatAreNeededAreMade() throws {
    let made = try Self.layout().input(
      of: Self.run(
        ["-d", "/tmp/tmp.aB3dE6gH9j", "out/x"], files: ["/build/src/tests/deep/down/a": ""],
        folders: ["/tmp/tmp.aB3dE6gH9j", "/build/src/tests/out", "/build/src/tests", "/build/src/tests/deep"],
        absent: ["/tmp/tmp.aB3dE6gH9j/y", "/build/src/tests/out/x"]))
    #expect(made.invocation.argv == ["-d", "tmp", "out/x"])
    #expect(made.invocation.files.map(\.path) == ["deep/down/a", "out", "tmp"])
    #expect(made.invocation.files[1].content == .directory(mode: 0o755))
    #expect(made.invocation.files[0].content == .file("", mode: 0o644))
  }

  @Test func dataFilesAreNoPartOfACase() throws {
    let assets = [TreeEntry(path: "x.txt", content: .file("x\n", mode: 0o644))]
    #expect(try Self.laid(Self.run([Self.far], files: [Self.far: "x\n"]), assets: assets).1 == [])
    #expect(try Self.laid(Self.run([Self.far], files: [Self.far: "other\n"]), assets: assets).1 == ["x.txt"])
  }

  @Test func onlyVariablesThatTheProgramKnowsAreKept() throws {
    var run = Self.run([])
    run.variables = [
      "BASE": "1", "LOUD_MODE": "x", "MODE": "y", "PATH": "/x", "srcdir": "..", "LOUD_PATH": "/build/src/tests/a:b",
      "LOUD_FAR": "/build/src/other",
    ]
    let made = try Self.layout("\0LOUD_MODE\0BASE\0PATH\0LOUD_PATH\0LOUD_FAR", for: run).input(of: run)
    #expect(made.invocation.environment == ["LOUD_MODE": "x", "LOUD_PATH": "a:b"])
  }

  @Test func largeTextsAreCutAtALine() throws {
    let line = "0123456789\n"
    let made = try Self.layout().input(
      of: Self.run(
        ["a"], files: ["/build/src/tests/a": String(repeating: line, count: 3000), "/build/src/tests/b": "s"]))
    #expect(made.isCut)
    #expect(
      made.invocation.files.map(\.content) == [
        .file(ByteString(String(repeating: line, count: 372)), mode: 0o644), .file("s", mode: 0o644),
      ])
  }

  static let refused: [(RecordedRun, String)] = {
    var unseen = run([])
    unseen.inputIsUnseen = true
    var unwatched = run([])
    unwatched.isUnwatched = true
    var unread = run(["a"], files: ["/build/src/tests/a": ""])
    unread.files[0].head = nil
    return [
      (unseen, "its standard input cannot be looked at"), (unwatched, "its files could not be watched"),
      (unread, "a file could not be read"),
      (run(["load('/build/src/x')"]), "an argument names a place of the tests' own"),
      (run(["a"], files: ["/build/src/tests/a": "/build/src/b"]), "a file names a place of the tests' own"),
      (
        run(["a"], files: ["/build/src/tests/a": String(repeating: "\0x", count: 9000)]),
        "needs more data than a case may have"
      ),
      (run([String(repeating: "x", count: 17_000)]), "needs more than 16384 bytes"),
    ]
  }()

  @Test(arguments: refused.indices) func whatCannotBeLaidOutIsRefused(index: Int) throws {
    let (run, reason) = Self.refused[index]
    let refusal = #expect(throws: RunLayout.Refusal.self) { try Self.layout().input(of: run) }
    #expect(refusal?.reason == reason)
  }
}
