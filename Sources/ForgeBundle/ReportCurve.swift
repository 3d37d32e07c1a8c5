import ForgeCore

/// The plot of what a search had found after so many runs, as SVG.
struct ReportCurve {
  /// One state of the search.
  private struct Point {
    var executions: Double
    var found: Double
  }
  private let points: [Point]
  private let unit: String

  /// Reads `search.curve`; nil where the report has none or only one point.
  init?(_ report: JSONValue) {
    guard let curve = report["search"]?["curve"]?.elements, curve.count > 1 else { return nil }
    let hasFeatures = curve.contains { ($0["features"]?.int ?? 0) > 0 }
    unit = hasFeatures ? "edges reached" : "kinds of outcome"
    points = curve.compactMap { item in
      guard let executions = item["executions"]?.double, let found = item[hasFeatures ? "features" : "classes"]?.double
      else { return nil }
      return Point(executions: executions, found: found)
    }
    guard points.count > 1 else { return nil }
  }

  /// The picture; it holds numbers and fixed words alone.
  var svg: String {
    let (width, height, left, bottom) = (640.0, 260.0, 56.0, 34.0)
    let most = max(1, points.map(\.found).max() ?? 1)
    let last = max(1, points.map(\.executions).max() ?? 1)
    func place(_ point: Point) -> String {
      let x = left + (width - left - 8) * point.executions / last
      let y = 12 + (height - bottom - 12) * (1 - point.found / most)
      return "\(Int(x.rounded())) \(Int(y.rounded()))"
    }
    let path = points.enumerated().map { ($0 == 0 ? "M" : "L") + place($1) }.joined(separator: " ")
    let floor = Int(height - bottom)
    return """
      <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(unit) over runs">
      <line x1="\(Int(left))" y1="12" x2="\(Int(left))" y2="\(floor)"/>
      <line x1="\(Int(left))" y1="\(floor)" x2="\(Int(width) - 8)" y2="\(floor)"/>
      <path d="\(path)"/>
      <text x="\(Int(left) - 6)" y="18" text-anchor="end">\(Int(most))</text>
      <text x="\(Int(left) - 6)" y="\(floor)" text-anchor="end">0</text>
      <text x="\(Int(left) + 8)" y="18">\(unit)</text>
      <text x="\(Int(width) - 8)" y="\(Int(height) - 14)" text-anchor="end">\(Int(last)) runs</text>
      </svg>
      """
  }
}
