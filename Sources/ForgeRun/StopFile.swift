import ForgeCore
import SystemPackage

/// What an agent knows of its run and we do not: the file that `$TASKFORGE_STOP` names, if the agent left one.
struct StopFile: Sendable {
  /// Why it stopped.
  var stop: RunRecord.Stop?
  /// How often the model was called.
  var calls: Int?
  /// What the model read and wrote.
  var tokens: RunRecord.Tokens?
  /// What it cost, in US dollars.
  var costUsd: Double?
  /// The model's name.
  var model: String?

  private static let keys: Set<String> = ["stop", "calls", "tokens", "cost_usd", "model"]
  private static let tokenKeys: Set<String> = ["input", "output"]

  /// Reads the file; nil where there is none.
  ///
  /// - Throws: `run.stop-file` with the file and what is wrong with it.
  init?(_ path: FilePath) throws {
    guard path.exists else { return nil }
    do {
      try self.init(json: JSONValue(parsing: FileDescriptor.readAll(path, limit: 1 << 20)))
    } catch let error as ForgeError {
      throw ForgeError(.badStopFile, error.message, path: path.string)
    }
  }

  /// Reads a document.
  ///
  /// - Throws: `run.stop-file`.
  init(json: JSONValue) throws {
    let members = try Self.members(json, "the document", Self.keys)
    if let value = members["stop"] {
      guard let stop = value.text.flatMap(RunRecord.Stop.init) else {
        let known = RunRecord.Stop.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        throw ForgeError(.badStopFile, "'stop' must be one of \(known).")
      }
      self.stop = stop
    }
    calls = try Self.count(members["calls"], "calls")
    if let value = members["tokens"] {
      let counts = try Self.members(value, "'tokens'", Self.tokenKeys)
      tokens = .init(
        input: try Self.count(counts["input"], "tokens.input"),
        output: try Self.count(counts["output"], "tokens.output"))
    }
    if let value = members["cost_usd"] {
      guard let cost = value.double, cost >= 0 else {
        throw ForgeError(.badStopFile, "'cost_usd' must be a number, 0 or more.")
      }
      costUsd = cost
    }
    if let value = members["model"] {
      guard let model = value.text, !model.isEmpty else {
        throw ForgeError(.badStopFile, "'model' must be a name.")
      }
      self.model = model
    }
  }

  private static func members(
    _ json: JSONValue, _ place: String, _ keys: Set<String>
  ) throws -> [String: JSONValue] {
    guard let members = json.members else { throw ForgeError(.badStopFile, "\(place) must be an object.") }
    if let unknown = members.keys.filter({ !keys.contains($0) }).min() {
      throw ForgeError(
        .badStopFile, "Unknown field '\(unknown)' in \(place); known are \(keys.sorted().joined(separator: ", ")).")
    }
    return members.filter { $0.value != .null }
  }

  private static func count(_ value: JSONValue?, _ name: String) throws -> Int? {
    guard let value else { return nil }
    guard let count = value.int, count >= 0 else {
      throw ForgeError(.badStopFile, "'\(name)' must be a whole number, 0 or more.")
    }
    return Int(count)
  }
}
