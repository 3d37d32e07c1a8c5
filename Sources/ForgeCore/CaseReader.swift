/// Reads the parts of a case out of JSON and refuses what the format does not allow.
struct CaseReader {
  /// Supplies the bytes behind a digest.
  let blob: (Digest) throws -> [UInt8]

  func allow(_ json: JSONValue, _ keys: Set<String>) throws {
    guard let members = json.members else { throw ForgeError(.malformed, "An object was expected.") }
    if let unknown = members.keys.filter({ !keys.contains($0) }).min() {
      throw ForgeError(.malformed, "Unknown field '\(unknown)'; known are \(keys.sorted().joined(separator: ", ")).")
    }
  }

  func invocation(_ json: JSONValue) throws -> Invocation {
    guard let argv = json["argv"]?.elements, let files = json["files"]?.elements, let env = json["env"]?.members else {
      throw ForgeError(.malformed, "'argv' and 'files' must be arrays and 'env' an object.")
    }
    var environment: [String: String] = [:]
    for (name, value) in env {
      guard let text = value.text, !name.isEmpty, !name.contains("=") else {
        throw ForgeError(.malformed, "'env' must map names without '=' to strings.")
      }
      environment[name] = text
    }
    let invocation = Invocation(
      argv: try argv.map { try bytes($0, "argv") }, stdin: try bytes(json["stdin"] ?? .null, "stdin"),
      files: try files.map(entry), environment: environment)
    if let fault = invocation.treeFault { throw ForgeError(.malformed, "'files' cannot be laid out: \(fault).") }
    return invocation
  }

  func outcome(_ json: JSONValue) throws -> Outcome {
    try allow(json, ["exit", "stdout", "stderr", "files"])
    guard let status = json["exit"]?.int, (0...255).contains(status), let files = json["files"]?.elements else {
      throw ForgeError(.malformed, "'expect' needs 'exit' from 0 to 255 and 'files' as an array.")
    }
    return Outcome(
      termination: .exit(Int32(status)), stdout: try bytes(json["stdout"] ?? .null, "stdout"),
      stderr: try bytes(json["stderr"] ?? .null, "stderr"), files: try files.map(entry))
  }

  func bytes(_ json: JSONValue, _ field: String) throws -> ByteString {
    if let text = json.text { return ByteString(text) }
    if let encoded = json["b64"]?.text, let bytes = Base64.decode(encoded) { return ByteString(bytes) }
    if let digest = json["blob"]?.text.flatMap(Digest.init(hex:)) {
      let bytes = try blob(digest)
      guard Digest(of: bytes) == digest else {
        throw ForgeError(.malformed, "The blob \(digest) does not have that digest; the suite is damaged.")
      }
      return ByteString(bytes)
    }
    throw ForgeError(.malformed, "'\(field)' must be a string, {\"b64\": …} or {\"blob\": <sha256>}.")
  }

  func entry(_ json: JSONValue) throws -> TreeEntry {
    try allow(json, ["path", "mode", "data", "directory", "link", "other", "removed"])
    guard let path = json["path"]?.text, TreeEntry.isContained(path) else {
      throw ForgeError(.malformed, "A file's 'path' must be relative, without '.', '..' or empty components.")
    }
    if let target = json["link"]?.text { return TreeEntry(path: path, content: .link(target)) }
    if json["removed"]?.flag == true { return TreeEntry(path: path, content: .removed) }
    if let kind = json["other"]?.text { return TreeEntry(path: path, content: .other(kind)) }
    guard let mode = json["mode"]?.text.flatMap({ UInt16($0, radix: 8) }), mode <= 0o7777 else {
      throw ForgeError(.malformed, "The mode of '\(path)' must be octal digits in a string, such as \"0644\".")
    }
    if json["directory"]?.flag == true { return TreeEntry(path: path, content: .directory(mode: mode)) }
    return TreeEntry(path: path, content: .file(try bytes(json["data"] ?? .null, path), mode: mode))
  }
}

extension TreeEntry {
  /// Whether a path stays below the directory it is relative to, by its text alone.
  package static func isContained(_ path: String) -> Bool {
    !path.isEmpty && !path.contains("\0")
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
  }
}
