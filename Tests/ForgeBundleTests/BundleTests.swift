import ForgeBundle
import ForgeCore
import SystemPackage
import TestSupport
import Testing

@Suite struct BundleTests {
  static func manifest(
    _ archives: [String: Manifest.ArchiveRecord], _ files: [String: Digest]
  ) -> Manifest {
    Manifest(
      id: "acme__tool.1234567", tool: "0", language: "c", license: "MIT", redistribution: "open",
      suite: .init(digest: Digest(of: "suite"), cases: 2, publicCases: 1), archives: archives, files: files,
      executable: .init(
        digest: Digest(of: "x"), bytes: 1, linkage: "static",
        libraries: [.init(name: "libc.so.6", package: "libc6", version: "2.36", digest: Digest(of: "c"))],
        reproducible: .value(true)),
      roots: [
        "run": .init(digest: Digest(of: "r"), inputs: ["suite": "bookworm"]), "host": .init(digest: nil, inputs: [:]),
      ],
      limits: CaseLimits(), environment: SolverEnvironment.variables,
      figures: .init(
        lines: .value(Ratio(3, of: 4)), mutants: .notMeasured("no mutants are made"), distinctOutcomes: 2,
        largestSharedOutcome: 1, errorCases: 1, scores: ["reference": Ratio(2, of: 2)]))
  }

  /// A bundle with one file in each part that it has.
  static func write(_ directory: FilePath) throws -> FilePath {
    let tree = directory.appending("tree")
    try tree.makeDirectory()
    try FileDescriptor.writeNew(tree.appending("executable"), "ELF".utf8)
    let target = directory.appending("acme__tool.1234567")
    try target.makeDirectory()
    var writer = BundleWriter(in: target)
    try writer.add(.cleanroom, from: tree)
    try writer.add(.tests, from: tree)
    try writer.add("licenses/COPYING", Array("free".utf8))
    try writer.finish(manifest)
    return target
  }

  @Test func whatIsWrittenIsReadBack() throws {
    try withTemporaryDirectory { directory in
      let bundle = try TaskBundle(at: Self.write(directory))
      #expect(bundle.manifest.id == "acme__tool.1234567")
      #expect(bundle.manifest.figures.mutants == .notMeasured("no mutants are made"))
      #expect(bundle.manifest.figures.lines.value?.percent == "75.0 %")
      #expect(bundle.damage().isEmpty)
      let out = directory.appending("out")
      try bundle.unpack(.cleanroom, into: out)
      #expect(try FileDescriptor.readAll(out.appending("executable")) == Array("ELF".utf8))
      #expect(throws: ForgeError.self) { try bundle.unpack(.source, into: directory.appending("none")) }
    }
  }

  @Test func equalPartsGiveEqualBytes() throws {
    try withTemporaryDirectory { directory in
      var texts: [[UInt8]] = []
      for name in ["one", "two"] {
        let place = directory.appending(name)
        try place.makeDirectory()
        texts.append(try FileDescriptor.readAll(Self.write(place).appending("task.json")))
      }
      #expect(texts[0] == texts[1])
    }
  }

  @Test func everyKindOfDamageIsFound() throws {
    try withTemporaryDirectory { directory in
      let path = try Self.write(directory)
      try FileDescriptor.writeNew(path.appending("licenses/COPYING"), "none".utf8)
      try FileDescriptor.writeNew(path.appending("extra"), "x".utf8)
      try path.appending("tests.tar.zst").removeTree()
      let cleanroom = path.appending("cleanroom.tar.zst")
      var bytes = try FileDescriptor.readAll(cleanroom)
      bytes[bytes.count / 2] ^= 0xff
      try FileDescriptor.writeNew(cleanroom, bytes)
      let damage = try TaskBundle(at: path).damage()
      #expect(
        damage.compactMap { $0.path.map { FilePath($0).lastComponent!.string } }.sorted() == [
          "COPYING", "cleanroom.tar.zst", "extra", "tests.tar.zst",
        ])
    }
  }

  /// A flipped byte and a missing end are both damage, wherever the extractor notices it.
  @Test func aDamagedPartIsDamageWhenItIsUnpacked() throws {
    try withTemporaryDirectory { directory in
      let bundle = try TaskBundle(at: Self.write(directory))
      let part = bundle.path.appending("tests.tar.zst")
      let whole = try FileDescriptor.readAll(part)
      for index in stride(from: 0, through: whole.count, by: 7) {
        var flipped = whole
        if index < whole.count { flipped[index] ^= 0xff }
        for (kind, bytes) in [("flipped", flipped), ("cut", Array(whole.prefix(index)))] where bytes != whole {
          try FileDescriptor.writeNew(part, bytes)
          let place = directory.appending("\(kind)-\(index)")
          do {
            try bundle.unpack(.tests, into: place)
          } catch let error as ForgeError {
            #expect(error.code == .damagedBundle, "\(kind) at \(index): \(error)")
          }
        }
      }
    }
  }

  @Test(arguments: ["", "not JSON", "{}", #"{"schema": 99}"#, #"{"schema": 1, "id": 7}"#])
  func whatIsNoManifestIsRefusedWithItsPath(text: String) throws {
    try withTemporaryDirectory { directory in
      try FileDescriptor.writeNew(directory.appending("task.json"), text.utf8)
      let error = try #require(throws: ForgeError.self) { try TaskBundle(at: directory) }
      #expect(error.path?.hasSuffix("task.json") == true)
      #expect(error.code == .notABundle)
    }
  }

  @Test func theProvenanceIsAnInTotoStatement() throws {
    let json = Provenance(
      subjects: ["cleanroom.tar.zst": Digest(of: "a")], parameters: ["id": "x"], resolved: .null,
      materials: [.init(name: "upstream", uri: "git+https://example.org/x", digest: ["gitCommit": "12"])],
      hermetic: true, byproducts: []
    ).json
    #expect(json["_type"]?.text == "https://in-toto.io/Statement/v1")
    #expect(json["predicateType"]?.text == "https://slsa.dev/provenance/v1")
    #expect(json["subject"]?.elements?.first?["digest"]?["sha256"]?.text == Digest(of: "a").hex)
    let definition = json["predicate"]?["buildDefinition"]
    #expect(definition?["resolvedDependencies"]?.elements?.count == 1)
  }
}
