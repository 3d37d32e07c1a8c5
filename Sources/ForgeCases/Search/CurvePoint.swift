package import ForgeCore

/// How much a search had found after so many runs.
package struct CurvePoint: Sendable, Hashable {
  /// Runs made.
  package var executions: Int
  /// Proposals kept.
  package var kept: Int
  /// Classes of outcome seen.
  package var classes: Int
  /// Edges and counts reached; 0 where nothing is measured.
  package var features: Int

  /// Notes a state.
  package init(executions: Int, kept: Int, classes: Int, features: Int) {
    self.executions = executions
    self.kept = kept
    self.classes = classes
    self.features = features
  }

  /// The point as `search.jsonl` and `report.json` have it.
  package var json: JSONValue {
    [
      "executions": .integer(Int64(executions)), "kept": .integer(Int64(kept)), "classes": .integer(Int64(classes)),
      "features": .integer(Int64(features)),
    ]
  }

  /// Reads a point back; nil where a number is missing.
  package init?(json: JSONValue) {
    guard let executions = json["executions"]?.int, let kept = json["kept"]?.int, let classes = json["classes"]?.int,
      let features = json["features"]?.int
    else { return nil }
    self.init(executions: Int(executions), kept: Int(kept), classes: Int(classes), features: Int(features))
  }
}

extension [CurvePoint] {
  /// More points than a plot can show.
  private static let most = 400

  /// Adds a point; every other earlier one goes where there are more than a plot can show.
  mutating func note(_ point: CurvePoint) {
    append(point)
    if count > Self.most { self = enumerated().filter { $0.offset % 2 == 1 || $0.offset == count - 1 }.map(\.element) }
  }
}
