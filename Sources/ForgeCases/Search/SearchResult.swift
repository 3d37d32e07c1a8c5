package import ForgeCore

/// A proposal worth keeping, with what the search saw of it.
package struct KeptProposal: Sendable, Hashable {
  /// What the program is given.
  package var invocation: Invocation
  /// Where the idea came from.
  package var origin: Case.Origin
  /// The name of the source.
  package var source: String
  /// The part of the program it is about.
  package var family: String
  /// The kind of behaviour it showed.
  package var outcomeClass: OutcomeClass
  /// Whether its outcome or a feature was the first of its kind.
  package var isNovel: Bool
  /// Whether it is a test of upstream's, or as good as one; see ``UpstreamTests``.
  package var isVerbatim: Bool
  /// What its run reached, where that was measured; sorted.
  package var features: [UInt64]
  /// Addresses of the mutants that it was seen to kill, of those that were aimed at; sorted.
  package var kills: [UInt64] = []
  /// As ``Proposal/left``.
  package var left: Set<String> = []

  /// Makes a kept proposal.
  package init(
    invocation: Invocation, origin: Case.Origin, source: String, family: String, outcomeClass: OutcomeClass,
    isNovel: Bool, isVerbatim: Bool = false, features: [UInt64] = []
  ) {
    self.invocation = invocation
    self.origin = origin
    self.source = source
    self.family = family
    self.outcomeClass = outcomeClass
    self.isNovel = isNovel
    self.isVerbatim = isVerbatim
    self.features = features
  }
}

/// What a search found: the object that a lock pins, from which suites are made by pure functions.
///
/// On disk JSON Lines in RFC 8785 form: a head with the figures, then one kept proposal a line in the order found.
package struct SearchResult: Sendable, Hashable {
  /// The version of the format.
  package static let schema: Int64 = 2
  /// The name of the file in the stage's output.
  package static let fileName = "search.jsonl"

  /// Proposals in the order in which the shards were merged.
  package var kept: [KeptProposal]
  /// Runs made.
  package var executions: Int
  /// Runs by source.
  package var executionsBySource: [String: Int]
  /// Logical shards.
  package var shards: Int
  /// What was learnt of the program's command line.
  package var words: CommandWords
  /// How the search went on, round by round.
  package var curve: [CurvePoint]
  /// What is known of upstream's own tests; nil where nobody looked.
  package var harvest: HarvestSummary?

  /// What came of aiming at mutants; nil where none was aimed at.
  package var aim: AimSummary?

  /// Makes a result.
  package init(
    kept: [KeptProposal], executions: Int, executionsBySource: [String: Int], shards: Int,
    words: CommandWords = .init(), curve: [CurvePoint] = [], harvest: HarvestSummary? = nil
  ) {
    self.kept = kept
    self.executions = executions
    self.executionsBySource = executionsBySource
    self.shards = shards
    self.words = words
    self.curve = curve
    self.harvest = harvest
  }

  /// Marks what equals upstream's tests or is alike, and says what is known of those; what was taken out of upstream's
  /// programs is upstream's as well.
  package mutating func compare(with harvest: Harvest, seeds: [SampleInput], assets: [TreeEntry]) {
    self.harvest = harvest.summary
    let pieces = seeds.filter(\.isPiece).map {
      HarvestedInput(
        invocation: Invocation(argv: [ByteString($0.fileName)], files: $0.entries(at: $0.fileName)), place: "piece")
    }
    let tests = UpstreamTests(harvest.inputs + pieces, assets: Set(assets.map(\.path)))
    for index in kept.indices { kept[index].isVerbatim = tests.holds(kept[index].invocation) }
  }

  /// The ids of the cases that are upstream's; not measured where none of upstream's tests is known.
  package func verbatim(among cases: [Case]) -> Measured<[Digest]> {
    Self.verbatim(kept.lazy.filter(\.isVerbatim).map(\.invocation.id), harvest, among: cases)
  }

  /// The same of the bytes of a result, of which only the lines that count are read: graders ask nothing else.
  ///
  /// - Throws: `ForgeError` where the head or a line that counts is damaged.
  package static func verbatim(recordedIn bytes: [UInt8], among cases: [Case]) throws -> Measured<[Digest]> {
    let lines = bytes.split(separator: 10)
    guard let first = lines.first, let head = try? JSONValue(parsing: first), head["schema"]?.int != nil else {
      throw ForgeError(.malformedSearch, "The head of the recorded search is missing.")
    }
    // Keys stand in their order, and this is the last one.
    let mark = Array(#""verbatim":true}"#.utf8)
    let upstream = try lines.dropFirst().filter { $0.suffix(mark.count).elementsEqual(mark) }
      .map { try KeptProposal(json: JSONValue(parsing: $0)).invocation.id }
    return verbatim(upstream, try head["harvest"]?.decode(HarvestSummary.self), among: cases)
  }

  private static func verbatim(
    _ ids: some Sequence<Digest>, _ harvest: HarvestSummary?, among cases: [Case]
  ) -> Measured<[Digest]> {
    guard let harvest else { return .notMeasured("upstream's tests were not looked at") }
    if let reason = harvest.reason { return .notMeasured(reason) }
    let upstream = Set(ids)
    return .value(cases.map(\.id).filter(upstream.contains).sorted())
  }

  /// The canonical bytes.
  package var bytes: [UInt8] {
    var head: [String: JSONValue] = [
      "schema": .integer(Self.schema), "executions": .integer(Int64(executions)), "shards": .integer(Int64(shards)),
      "sources": .object(executionsBySource.mapValues { .integer(Int64($0)) }), "kept": .integer(Int64(kept.count)),
      "notes": .object([:]),
    ]
    // Encoding names and numbers does not fail.
    if !words.scopes.isEmpty, let known = try? JSONValue(encoding: words) { head["notes"] = known }
    if !curve.isEmpty { head["curve"] = .array(curve.map(\.json)) }
    if let summary = harvest.flatMap({ try? JSONValue(encoding: $0) }) { head["harvest"] = summary }
    if let summary = aim.flatMap({ try? JSONValue(encoding: $0) }) { head["aim"] = summary }
    var out = CanonicalJSON.bytes(.object(head)) + [10]
    for proposal in kept { out += CanonicalJSON.bytes(proposal.json) + [10] }
    return out
  }

  /// The digest that a lock pins.
  package var digest: Digest { Digest(of: bytes) }

  /// Reads a result back.
  ///
  /// - Throws: `ForgeError` with the line that is damaged.
  package init(parsing bytes: [UInt8]) throws {
    var lines = bytes.split(separator: 10)[...]
    guard let first = lines.popFirst(), let head = try? JSONValue(parsing: first),
      let schema = head["schema"]?.int, (1...Self.schema).contains(schema),
      let executions = head["executions"]?.int, let shards = head["shards"]?.int,
      head["kept"]?.int == Int64(lines.count)
    else {
      throw ForgeError(.malformedSearch, "The head of the recorded search is missing or does not fit its lines.")
    }
    self.executions = Int(executions)
    self.shards = Int(shards)
    executionsBySource = (head["sources"]?.members ?? [:]).mapValues { Int($0.int ?? 0) }
    words = try head["notes"].flatMap { $0["scopes"] == nil ? nil : try $0.decode(CommandWords.self) } ?? .init()
    curve = (head["curve"]?.elements ?? []).compactMap(CurvePoint.init(json:))
    harvest = try head["harvest"]?.decode(HarvestSummary.self)
    aim = try head["aim"]?.decode(AimSummary.self)
    kept = []
    for (index, line) in lines.enumerated() {
      do {
        kept.append(try KeptProposal(json: try JSONValue(parsing: line)))
      } catch {
        throw ForgeError(.malformedSearch, "A line of the recorded search is damaged.", line: index + 2, cause: error)
      }
    }
  }
}

extension KeptProposal {
  fileprivate var json: JSONValue {
    let (input, blobs) = invocation.json
    var members: [String: JSONValue] = [
      "input": input, "origin": .string(origin.rawValue), "source": .string(source), "family": .string(family),
      "class": .string(String(outcomeClass.fingerprint, radix: 16)), "novel": .bool(isNovel),
    ]
    if isVerbatim { members["verbatim"] = true }
    if !left.isEmpty { members["left"] = .array(left.sorted().map(JSONValue.string)) }
    if !kills.isEmpty { members["kills"] = .array(kills.map { .string(String($0, radix: 16)) }) }
    if !features.isEmpty { members["features"] = .string(Base64.encode(Feedback(features: features).packed)) }
    if !blobs.isEmpty {
      let pairs = blobs.map { ($0.key.hex, JSONValue.string(Base64.encode($0.value))) }
      members["blobs"] = .object(Dictionary(uniqueKeysWithValues: pairs))
    }
    return .object(members)
  }

  fileprivate init(json: JSONValue) throws {
    guard let input = json["input"], let origin = json["origin"]?.text.flatMap(Case.Origin.init(rawValue:)),
      let source = json["source"]?.text, let family = json["family"]?.text, let novel = json["novel"]?.flag,
      let fingerprint = json["class"]?.text.flatMap({ UInt64($0, radix: 16) })
    else { throw ForgeError(.malformed, "A field is missing or of the wrong type.") }
    let blobs = json["blobs"]?.members ?? [:]
    let invocation = try Invocation(json: input) { digest in
      guard let bytes = blobs[digest.hex]?.text.flatMap(Base64.decode) else {
        throw ForgeError(.malformed, "The bytes of \(digest.short) are missing.")
      }
      return bytes
    }
    var features: [UInt64] = []
    if let text = json["features"] {
      guard let packed = text.text.flatMap(Base64.decode), let feedback = Feedback(packed: packed) else {
        throw ForgeError(.malformed, "The features are no packed numbers.")
      }
      features = feedback.features
    }
    self.init(
      invocation: invocation, origin: origin, source: source, family: family,
      outcomeClass: OutcomeClass(fingerprint: fingerprint), isNovel: novel,
      isVerbatim: json["verbatim"]?.flag ?? false, features: features)
    left = Set((json["left"]?.elements ?? []).compactMap(\.text))
    kills = try (json["kills"]?.elements ?? []).map { element in
      guard let address = element.text.flatMap({ UInt64($0, radix: 16) }) else {
        throw ForgeError(.malformed, "A mutant is no address.")
      }
      return address
    }
  }
}
