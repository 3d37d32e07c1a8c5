package import ForgeCore

/// An input that one of upstream's own tests gives the program.
package struct HarvestedInput: Sendable, Hashable {
  /// What the program is given.
  package var invocation: Invocation
  /// Where it is from: `suite` for a recorded call, `tests/jq.test:12` for a line of a table.
  package var place: String
  /// Whether a part of it is only the beginning of what upstream gives.
  package var isCut: Bool

  /// Makes an input.
  package init(invocation: Invocation, place: String, isCut: Bool = false) {
    self.invocation = invocation
    self.place = place
    self.isCut = isCut
  }
}

/// What came of looking at upstream's tests, for reports and for whoever judges a suite.
package struct HarvestSummary: Sendable, Hashable, Codable {
  /// What the tests were run by.
  package var steps: [[String]] = []
  /// Calls of the program that the tests made.
  package var calls = 0
  /// Records in the tables that the recipe splits.
  package var records = 0
  /// Different inputs made of both.
  package var inputs = 0
  /// Calls and records of which no input was made, by reason.
  package var dropped: [String: Int] = [:]
  /// What went wrong, for people.
  package var notes: [String] = []
  /// The SPDX expression under which upstream's tests stand.
  package var license: String?

  /// Makes a summary of nothing.
  package init() {}

  /// Why no case can be compared with upstream's tests; nil where it can.
  package var reason: String? {
    if inputs > 0 { return nil }
    if steps.isEmpty && records == 0 { return "upstream has no tests that are known of" }
    return calls == 0 && records == 0
      ? "upstream's tests do not run the executable" : "no input could be made of upstream's tests"
  }
}

/// The inputs of upstream's own tests, each once, in the order of their ids.
///
/// On disk JSON Lines in RFC 8785 form: the summary, then one input a line.
package struct Harvest: Sendable, Hashable {
  /// The name of the file in the stage's output.
  package static let fileName = "harvest.jsonl"

  /// The inputs.
  package private(set) var inputs: [HarvestedInput]
  /// What came of the whole.
  package var summary: HarvestSummary

  /// Takes inputs, of equal ones the first.
  package init(_ found: [HarvestedInput], summary: HarvestSummary) {
    var byID: [Digest: HarvestedInput] = [:]
    var repeats = 0
    for input in found {
      if byID.updateValue(byID[input.invocation.id] ?? input, forKey: input.invocation.id) != nil { repeats += 1 }
    }
    inputs = byID.sorted { $0.key < $1.key }.map(\.value)
    self.summary = summary
    self.summary.inputs = inputs.count
    if repeats > 0 { self.summary.dropped["the same as another", default: 0] += repeats }
  }

  /// The canonical bytes.
  package var bytes: [UInt8] {
    get throws {
      var out = CanonicalJSON.bytes(try JSONValue(encoding: summary)) + [10]
      for input in inputs { out += CanonicalJSON.bytes(input.json) + [10] }
      return out
    }
  }

  /// Reads a harvest back.
  ///
  /// - Throws: `ForgeError` with the line that is damaged.
  package init(parsing bytes: [UInt8]) throws {
    var found: [HarvestedInput] = []
    var summary: HarvestSummary?
    for (index, line) in bytes.split(separator: 10).enumerated() {
      do {
        let json = try JSONValue(parsing: line)
        if index == 0 {
          summary = try json.decode(HarvestSummary.self)
        } else {
          found.append(try HarvestedInput(json: json))
        }
      } catch {
        throw ForgeError(.malformedHarvest, "A line of the harvest is damaged.", line: index + 1, cause: error)
      }
    }
    guard let summary, summary.inputs == found.count else {
      throw ForgeError(.malformedHarvest, "The head of the harvest is missing or does not fit its lines.")
    }
    inputs = found
    self.summary = summary
  }
}

extension HarvestedInput {
  fileprivate var json: JSONValue {
    let (input, blobs) = invocation.json
    var members: [String: JSONValue] = ["input": input, "place": .string(place)]
    if isCut { members["cut"] = true }
    if !blobs.isEmpty {
      let pairs = blobs.map { ($0.key.hex, JSONValue.string(Base64.encode($0.value))) }
      members["blobs"] = .object(Dictionary(uniqueKeysWithValues: pairs))
    }
    return .object(members)
  }

  fileprivate init(json: JSONValue) throws {
    guard let input = json["input"], let place = json["place"]?.text else {
      throw ForgeError(.malformed, "A field is missing or of the wrong type.")
    }
    let blobs = json["blobs"]?.members ?? [:]
    let invocation = try Invocation(json: input) { digest in
      guard let bytes = blobs[digest.hex]?.text.flatMap(Base64.decode) else {
        throw ForgeError(.malformed, "The bytes of \(digest.short) are missing.")
      }
      return bytes
    }
    self.init(invocation: invocation, place: place, isCut: json["cut"]?.flag ?? false)
  }
}
