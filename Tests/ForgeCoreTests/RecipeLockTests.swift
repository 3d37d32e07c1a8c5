import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct RecipeLockTests {
  static let lock = Lock(
    id: "jqlang__jq.b33a763", tool: "0.1.0",
    upstream: .init(
      commit: "b33a7634ba34ffa7ce7368cc0ebf5ca40b54c7e6", tree: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
      epoch: 1_700_000_000, submodules: ["modules/oniguruma": "c6b484823806e08e1756b1a6066a3ace6f080fae"],
      files: ["jq_1.6.orig.tar.gz": Digest(of: "tar")]),
    roots: [
      "build": .init(
        suite: "bookworm", digest: Digest(of: "root"), packages: ["make": "4.3-4.1", "gcc": "4:12.2.0-3"],
        releases: ["bookworm": Digest(of: "release")])
    ],
    licenses: ["COPYING": Digest(of: "MIT")], dependencies: ["vendor": Digest(of: "vendor")],
    reference: Digest(of: "elf"), search: nil, suite: Digest(of: "suite"))

  static func parse(_ text: String) throws -> Lock { try Lock(parsing: text.utf8, path: "x.lock.json") }

  @Test func roundTripsWithSortedKeysAndTheSameBytes() throws {
    let text = String(decoding: try Self.lock.bytes, as: UTF8.self)
    #expect(try Self.parse(text) == Self.lock)
    #expect(try Self.parse(text).bytes == Self.lock.bytes)
    let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { $0.split(separator: "\"")[1] }
    #expect(keys == keys.sorted() && keys.contains("upstream") && !keys.contains("search"))
    #expect(text.firstRange(of: "\"gcc\"")!.lowerBound < text.firstRange(of: "\"make\"")!.lowerBound)
    #expect(text.hasSuffix("}\n"))
  }

  @Test(arguments: [
    ("\"COPYING\"", "\"../COPYING\"", "lock.damaged", "../COPYING"),
    ("\"commit\": \"b33a", "\"commit\": \"zzza", "lock.damaged", "upstream.commit"),
    ("\"c6b4848", "\"6b4848", "lock.damaged", "upstream.submodules.modules/oniguruma"),
    ("\"suite\": \"bookworm\"", "\"suite\": 7", "lock.damaged", "roots.build.suite"),
    ("\"tool\": \"0.1.0\"", "\"tol\": \"0.1.0\"", "lock.damaged", "tool"),
    ("\"tool\": \"0.1.0\"", "\"tool\": \"0.1.0\", \"later\": 1", "lock.unknown-field", "'later'"),
    ("\"epoch\": 17", "\"noise\": 1, \"epoch\": 17", "lock.unknown-field", "upstream.noise"),
    ("\"epoch\": 17", "\"epoch\": -17", "lock.damaged", "1970"),
    ("\"schema\": 1", "\"schema\": 2", "lock.schema", "schema 1, not 2"),
    ("\"schema\": 1", "\"schema\": \"1\"", "lock.damaged", "schema"),
    ("\"reference\": \"", "\"reference\": \"0", "lock.damaged", "SHA-256"), ("{", "", "lock.damaged", "JSON"),
  ])
  func damageIsNamed(part: String, replacement: String, code: String, words: String) throws {
    var text = String(decoding: try Self.lock.bytes, as: UTF8.self)
    let range = try #require(text.firstRange(of: part))
    text.replaceSubrange(range, with: replacement)
    let failure = try #require(throws: ForgeError.self) { try Self.parse(text) }
    #expect(failure.code.name == code && failure.path == "x.lock.json")
    #expect("\(failure)".contains(words), "\(failure)")
  }

  @Test(arguments: UInt64(0)..<30)
  func damageOfAnyKindIsAnErrorWithThePath(seed: UInt64) throws {
    var random = RandomSource(seed: seed, label: "test")
    let whole = try Self.lock.bytes
    for _ in 0..<20 {
      var bytes = whole
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.remove(at: place)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      default: bytes.removeSubrange(place...)
      }
      do {
        let read = try Lock(parsing: bytes, path: "x.lock.json")
        #expect(try Lock(parsing: read.bytes, path: "y") == read)
      } catch {
        let failure = try #require(error as? ForgeError)
        #expect(failure.path == "x.lock.json" && failure.code.name.hasPrefix("lock."))
      }
    }
  }

  @Test func changesNameTheFieldsAndLeaveTheToolOut() throws {
    var found = Self.lock
    found.tool = "9.9"
    #expect(try Self.lock.changes(to: found).isEmpty)
    found.roots["build"]?.packages["gcc"] = "4:13"
    found.suite = nil
    found.search = Digest(of: "s")
    let changes = try Self.lock.changes(to: found)
    #expect(changes.map(\.field) == ["roots.build.packages.gcc", "search", "suite"])
    #expect(changes[0].description == "roots.build.packages.gcc: 4:12.2.0-3 -> 4:13")
    #expect(changes[1].before == nil && changes[2].after == nil)
  }

  @Test func savesOnlyWhatChangedAndLoadsIt() throws {
    let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    let path = Lock.path(beside: folder.appending("debian__figlet.2.2.5-3.yaml"))
    #expect(path.lastComponent?.string == "debian__figlet.2.2.5-3.lock.json")
    #expect(try Lock.load(path) == nil)
    #expect(try Self.lock.save(path))
    #expect(try Self.lock.save(path) == false)
    #expect(try Lock.load(path) == Self.lock)
  }
}
