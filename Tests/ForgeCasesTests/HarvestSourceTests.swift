import ForgeCore
import Logging
import Testing

@testable import ForgeCases

@Suite struct HarvestSourceTests {
  private static let inputs: [HarvestedInput] = [
    (["-u"], "one\ntwo\n", nil), (["-n", "2"], "a\nb\nc\n", nil), (["-m", "number", "in.txt"], "", "x y\nz\n"),
    (["--mode=reverse", "-u", "b.txt"], "", "7\n8\n9\n"), (["--crash"], "", nil), (["plain.dat"], "", nil),
  ].map { (argv: [String], stdin: String, file: String?) in
    let files = file.map { [TreeEntry(path: argv.last!, content: .file(ByteString($0), mode: 0o644))] } ?? []
    return HarvestedInput(
      invocation: Invocation(argv: argv.map { ByteString($0) }, stdin: ByteString(stdin), files: files), place: "suite")
  }

  private static let assets = [TreeEntry(path: "plain.dat", content: .file("asset 1\nasset 2\n", mode: 0o644))]

  private static func search(_ inputs: [HarvestedInput] = inputs) async throws -> SearchResult {
    let subject = SearchTests.subject()
    let harvest = Harvest(inputs, summary: HarvestSummary())
    let engine = SearchEngine(
      runner: AssetRunner(FakeProgram(), assets: assets), subject: subject, logger: Logger(label: "test"))
    var result = try await engine.search([HarvestSource(subject: subject, inputs: harvest.inputs, assets: assets)])
    result.compare(with: harvest, seeds: [], assets: assets)
    return result
  }

  @Test func upstreamsInputsComeFirstAndMakeOthers() async throws {
    let result = try await Self.search()
    let own = result.kept.filter { !$0.isVerbatim }
    #expect(result.kept.allSatisfy { $0.origin == .harvest && $0.source == "harvest" })
    #expect(result.kept.prefix(5).allSatisfy { $0.isVerbatim })
    #expect(own.count >= 5, "\(result.kept.map { $0.invocation.argv.map(\.lossyText) })")
    let families = Dictionary(grouping: result.kept, by: \.family).mapValues(\.count)
    #expect(Set(families.keys).isSuperset(of: ["upper", "lines", "mode number"]), "\(families)")
    // The data file is changed in a copy of the case's own, and an unchanged copy is left out.
    let copies = result.kept.filter { $0.invocation.argv == ["plain.dat"] }
    #expect(copies.contains { $0.invocation.files.isEmpty } && copies.contains { !$0.invocation.files.isEmpty })
    #expect(!copies.contains { $0.invocation.files == Self.assets })
    #expect(!result.kept.contains { $0.invocation.argv == ["--crash"] })
  }

  /// All of jq's tests are run with `-c`: what tells them apart is the function.
  @Test(arguments: [
    (["-c", "map(.a)"], "map"), (["-c", ".[0]"], "c"), (["--arg", "path", "1", ".x"], "arg"),
    (["-c", "--arg", "v", "1", "[limit(3; .[])]"], "limit"), (["."], "expressions"),
    (["--slurpfile", "a", "x.json", "data.json"], "slurpfile"),
  ])
  func programsAreNamedByTheirFunctions(_ words: [String], _ family: String) {
    let subject = SearchSubject(programs: ["jq"], documents: [.init(path: "help/--help.txt", text: HelpTexts.jq)])
    #expect(FamilyNamer(subject: subject).family(of: words.map { ByteString($0) }) == family)
  }

  @Test func theSameHarvestGivesTheSameSearch() async throws {
    let one = try await Self.search()
    let other = try await Self.search(Self.inputs.reversed())
    #expect(one.bytes == other.bytes)
    let read = try SearchResult(parsing: one.bytes)
    #expect(read == one && read.harvest?.inputs == 6 && read.kept.contains(where: \.isVerbatim))
  }

  @Test func aHarvestIsReadBackOrRefused() throws {
    var summary = HarvestSummary()
    summary.calls = 9
    summary.dropped = ["needs more than 16384 bytes": 2]
    let binary = HarvestedInput(
      invocation: Invocation(argv: ["-d"], stdin: ByteString((0..<9000).map { UInt8(truncatingIfNeeded: $0) })),
      place: "suite", isCut: true)
    let harvest = Harvest(Self.inputs + [binary, binary], summary: summary)
    #expect(harvest.inputs.map(\.invocation.id) == harvest.inputs.map(\.invocation.id).sorted())
    #expect(harvest.summary.dropped == ["needs more than 16384 bytes": 2, "the same as another": 1])
    let bytes = try harvest.bytes
    #expect(try Harvest(parsing: bytes) == harvest)
    for cut in [0, 1, bytes.count / 2, bytes.count - 10] {
      #expect(throws: ForgeError.self) { try Harvest(parsing: Array(bytes.prefix(cut))) }
    }
  }
}
