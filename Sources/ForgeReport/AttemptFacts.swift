package import ForgeCore
package import SystemPackage

/// What a harness knows of one attempt at a task, as far as its `run.json` tells.
///
/// Any harness may write the file, so every member is optional, and what is of another type, negative or beyond
/// all reason counts as not told.
package struct AttemptFacts: Sendable, Hashable {
  /// The file's name beside a submission.
  package static let fileName = "run.json"
  /// Reasons for which an agent stops, as `run.json` spells them.
  package static let stops = ["declared done", "steps", "time", "money", "error", "unknown"]

  /// The model.
  package var model: String?
  /// The harness, by its name.
  package var harness: String?
  /// Which tools the agent had.
  package var toolPolicy: String?
  /// Whether and how it was tried again.
  package var retryPolicy: String?
  /// What was taken from the agent, such as `without docs`.
  package var arms: [String]
  /// How many attempts the harness made before it handed this one in.
  package var attempts: Int?
  /// Calls of the model.
  package var calls: Int?
  /// Lines that were run in the cleanroom.
  package var steps: Int?
  /// Runs of the executable.
  package var probes: Int?
  /// Tokens that went into the model and came out.
  package var tokens: Int?
  /// US dollars.
  package var cost: Double?
  /// Wall-clock seconds.
  package var seconds: Double?
  /// Why the agent stopped, one of ``stops``.
  package var stop: String

  /// Nothing is known.
  package init() {
    arms = []
    stop = "unknown"
  }

  /// Reads the file in a task's directory; one that is missing tells nothing.
  ///
  /// - Throws: `core.malformed` with the file where it is no JSON object.
  package init(in directory: FilePath) throws {
    self.init()
    let file = directory.appending(Self.fileName)
    guard file.exists else { return }
    guard file.isRegularFile else { throw ForgeError(.malformed, "This is not a file.", path: file.string) }
    do {
      let json = try JSONValue(parsing: FileDescriptor.readAll(file, limit: 16 << 20))
      guard json.members != nil else { throw ForgeError(.malformed, "This is not a JSON object.") }
      self.init(json)
    } catch var error as ForgeError {
      error.path = error.path ?? file.string
      throw error
    }
  }

  /// The largest figure that is believed: sums over many attempts stay exact as floating-point numbers too.
  private static let most = 1 << 40

  private static func count(_ json: JSONValue?) -> Int? {
    json?.int.map(Int.init).flatMap { (0...most).contains($0) ? $0 : nil }
  }

  private static func amount(_ json: JSONValue?) -> Double? {
    json?.double.flatMap { (0...Double(most)).contains($0) ? $0 : nil }
  }

  /// Takes what is told.
  package init(_ json: JSONValue) {
    self.init()
    model = json["model"]?.text
    harness = json["harness"]?["name"]?.text ?? json["harness"]?.text
    toolPolicy = json["tool_policy"]?.text
    retryPolicy = json["retry_policy"]?.text
    arms = (json["arms"]?.elements ?? []).compactMap(\.text)
    attempts = Self.count(json["attempts"])
    calls = Self.count(json["calls"])
    steps = Self.count(json["steps"])
    probes = Self.count(json["probes"])
    let counts = ["input", "output"].compactMap { Self.count(json["tokens"]?[$0]) }
    tokens = counts.isEmpty ? nil : counts.reduce(0, +)
    cost = Self.amount(json["cost_usd"])
    seconds = Self.amount(json["wall_seconds"])
    stop = json["stop"]?.text.flatMap { Self.stops.contains($0) ? $0 : nil } ?? "unknown"
  }
}
