extension Case {
  /// Byte strings longer than this stand in `blobs/` rather than in the line, in bytes.
  package static let blobThreshold = 4096

  /// The case as one JSON object, and the blobs that it refers to.
  package var json: (value: JSONValue, blobs: [Digest: [UInt8]]) {
    var blobs: [Digest: [UInt8]] = [:]
    var object = invocation.members(&blobs)
    object["id"] = .string(id.hex)
    object["family"] = .string(family)
    object["origin"] = .string(origin.rawValue)
    if let evidence { object["evidence"] = .string(evidence.rawValue) }
    object["timeout_ms"] = .integer(Int64(timeoutMilliseconds))
    object["expect"] = expect.json(&blobs)
    object["compare"] = [
      "stdout": compare.stdout.json, "stderr": compare.stderr.json, "files": compare.files.json,
    ]
    return (.object(object), blobs)
  }

  /// Reads a case back; `blob` supplies the bytes behind a digest.
  ///
  /// - Throws: `ForgeError` with code `core.malformed` for anything the format does not allow, a wrong id included.
  package init(json: JSONValue, blob: @escaping (Digest) throws -> [UInt8]) throws {
    let reader = CaseReader(blob: blob)
    try reader.allow(
      json,
      ["id", "argv", "stdin", "files", "env", "family", "origin", "evidence", "timeout_ms", "expect", "compare"])
    let invocation = try reader.invocation(json)
    guard let origin = json["origin"]?.text.flatMap(Origin.init(rawValue:)) else {
      throw ForgeError(.malformed, "'origin' must be one of \(Origin.allCases.map(\.rawValue)).")
    }
    var evidence: Evidence?
    if let word = json["evidence"] {
      guard let known = word.text.flatMap(Evidence.init(rawValue:)) else {
        throw ForgeError(.malformed, "'evidence' must be one of \(Evidence.allCases.map(\.rawValue)).")
      }
      evidence = known
    }
    guard let family = json["family"]?.text, let timeout = json["timeout_ms"]?.int, timeout > 0 else {
      throw ForgeError(.malformed, "'family' must be a string and 'timeout_ms' a positive whole number.")
    }
    let compare = json["compare"] ?? .null
    self.init(
      invocation: invocation, family: family, origin: origin, evidence: evidence,
      timeoutMilliseconds: UInt64(timeout), expect: try reader.outcome(json["expect"] ?? .null),
      compare: Comparison(
        stdout: try .init(json: compare["stdout"]), stderr: try .init(json: compare["stderr"]),
        files: try .init(json: compare["files"])))
    guard self.compare.stdout.excepted.isEmpty, self.compare.stderr.excepted.isEmpty else {
      throw ForgeError(.malformed, "'except' names files, so it stands in 'files' of 'compare' alone.")
    }
    guard json["id"]?.text == id.hex else {
      throw ForgeError(.malformed, "The id \(json["id"]?.text ?? "(none)") does not belong to this input: \(id.hex).")
    }
  }
}

extension Invocation {
  /// SHA-256 of the canonical JSON of argv, stdin, files and env.
  package var id: Digest {
    var blobs: [Digest: [UInt8]] = [:]
    return CanonicalJSON.digest(.object(members(&blobs)))
  }

  /// The invocation as JSON on its own, with the blobs that it refers to.
  package var json: (value: JSONValue, blobs: [Digest: [UInt8]]) {
    var blobs: [Digest: [UInt8]] = [:]
    let object = members(&blobs)
    return (.object(object), blobs)
  }

  /// Reads an invocation back; `blob` supplies the bytes behind a digest.
  ///
  /// - Throws: `ForgeError` with code `core.malformed`.
  package init(json: JSONValue, blob: @escaping (Digest) throws -> [UInt8]) throws {
    self = try CaseReader(blob: blob).invocation(json)
  }

  /// The number of bytes a program is given: arguments, standard input, names and contents of files, variables.
  package var inputBytes: Int {
    var sum = stdin.count + argv.reduce(0) { $0 + $1.count }
    for (name, value) in environment { sum += name.utf8.count + value.utf8.count }
    for entry in files {
      sum += entry.path.utf8.count
      switch entry.content {
      case .file(let data, _): sum += data.count
      case .link(let target): sum += target.utf8.count
      default: break
      }
    }
    return sum
  }

  func members(_ blobs: inout [Digest: [UInt8]]) -> [String: JSONValue] {
    var arguments: [JSONValue] = []
    for argument in argv { arguments.append(argument.json(&blobs)) }
    return [
      "argv": .array(arguments), "stdin": stdin.json(&blobs),
      "files": .array(files.map { $0.json(&blobs) }), "env": .object(environment.mapValues { .string($0) }),
    ]
  }
}

extension ByteString {
  func json(_ blobs: inout [Digest: [UInt8]]) -> JSONValue {
    if count > Case.blobThreshold {
      let digest = digest
      blobs[digest] = bytes
      return ["blob": .string(digest.hex)]
    }
    return json
  }
}

extension TreeEntry {
  func json(_ blobs: inout [Digest: [UInt8]]) -> JSONValue {
    switch content {
    case .file(let data, let mode):
      ["path": .string(path), "mode": .string(Self.octal(mode)), "data": data.json(&blobs)]
    case .directory(let mode): ["path": .string(path), "mode": .string(Self.octal(mode)), "directory": true]
    case .link(let target): ["path": .string(path), "link": .string(target)]
    case .other(let kind): ["path": .string(path), "other": .string(kind)]
    case .removed: ["path": .string(path), "removed": true]
    }
  }

  private static func octal(_ mode: UInt16) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension Outcome {
  /// The outcome as JSON on its own, with the blobs that it refers to.
  package var json: (value: JSONValue, blobs: [Digest: [UInt8]]) {
    var blobs: [Digest: [UInt8]] = [:]
    let value = json(&blobs)
    return (value, blobs)
  }

  func json(_ blobs: inout [Digest: [UInt8]]) -> JSONValue {
    var object: [String: JSONValue] = [
      "stdout": stdout.json(&blobs), "stderr": stderr.json(&blobs), "files": .array(files.map { $0.json(&blobs) }),
    ]
    switch termination {
    case .exit(let status): object["exit"] = .integer(Int64(status))
    case .signal(let number): object["signal"] = .integer(Int64(number))
    case .timeout: object["ended"] = "timeout"
    case .excess: object["ended"] = "excess"
    }
    return .object(object)
  }

  /// The digest of the whole outcome: equal digests mean the same complete outcome.
  package var digest: Digest { CanonicalJSON.digest(json.value) }
}

extension Comparison.Rule {
  var json: JSONValue {
    switch self {
    case .exact: "exact"
    case .ignored(let reason): ["ignored": .string(reason)]
    case .normalised(let names, let reason):
      ["normaliser": .array(names.map { .string($0.rawValue) }), "reason": .string(reason)]
    case .except(let paths, let reason):
      ["except": .array(paths.map { .string($0) }), "reason": .string(reason)]
    }
  }

  init(json: JSONValue?) throws {
    if json?.text == "exact" {
      self = .exact
    } else if let reason = json?["ignored"]?.text {
      self = .ignored(reason: reason)
    } else if let names = json?["normaliser"]?.elements, let reason = json?["reason"]?.text {
      self = .normalised(by: try names.map(Self.normaliser), reason: reason)
      guard case .normalised(let names, _) = self, !names.isEmpty, names == Set(names).sorted() else {
        throw ForgeError(.malformed, "'normaliser' names each one once, in the order \(Self.known).")
      }
    } else if let paths = json?["except"]?.elements, let reason = json?["reason"]?.text {
      self = .except(paths.compactMap(\.text), reason: reason)
      guard case .except(let known, _) = self, known.count == paths.count, !known.isEmpty,
        known == Set(known).sorted(), known.allSatisfy(TreeEntry.isContained)
      else { throw ForgeError(.malformed, "'except' names each path once, in order, below the working directory.") }
    } else {
      throw ForgeError(
        .malformed,
        """
        Each stream of 'compare' is "exact", {"ignored": reason} or {"normaliser": [name, …], "reason": …}, and \
        'files' may be {"except": [path, …], "reason": …}.
        """)
    }
  }

  private static var known: String { Normaliser.allCases.map(\.rawValue).joined(separator: ", ") }

  /// A name that is not known is refused: without its normaliser the case would say what nobody meant.
  private static func normaliser(_ json: JSONValue) throws -> Normaliser {
    guard let name = json.text.flatMap(Normaliser.init(rawValue:)) else {
      throw ForgeError(
        .malformed,
        "There is no normaliser '\(json.text ?? "")'; known are \(known). The suite may need a newer taskforge.")
    }
    return name
  }
}
