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

  private static let (width, height) = (640.0, 300.0)
  /// Where the axes are.
  private static let (left, right, top, bottom) = (76.0, 40.0, 12.0, 46.0)

  /// Reads `search.curve`; nil where the report has none or only one point.
  ///
  /// Its `features` are pairs of an edge and a range of how often one run took it, so there are more than edges.
  init?(_ report: JSONValue) {
    guard let curve = report["search"]?["curve"]?.elements, curve.count > 1 else { return nil }
    let hasFeatures = curve.contains { ($0["features"]?.int ?? 0) > 0 }
    unit = hasFeatures ? "edges with their counts" : "kinds of outcome"
    points = curve.compactMap { item in
      guard let executions = item["executions"]?.double, let found = item[hasFeatures ? "features" : "classes"]?.double
      else { return nil }
      return Point(executions: executions, found: found)
    }
    guard points.count > 1 else { return nil }
  }

  /// The picture; it holds numbers and fixed words alone.
  var svg: String {
    let steps = (
      x: Self.ticks(to: points.map(\.executions).max() ?? 1), y: Self.ticks(to: points.map(\.found).max() ?? 1)
    )
    let most = (x: steps.x.last ?? 1, y: steps.y.last ?? 1)
    func x(_ executions: Double) -> Int {
      Int((Self.left + (Self.width - Self.left - Self.right) * executions / most.x).rounded())
    }
    func y(_ found: Double) -> Int {
      Int((Self.top + (Self.height - Self.top - Self.bottom) * (1 - found / most.y)).rounded())
    }
    let path = points.enumerated().map { ($0 == 0 ? "M" : "L") + "\(x($1.executions)) \(y($1.found))" }
    let columns = steps.x.map { step in
      """
      <line x1="\(x(step))" y1="\(y(0))" x2="\(x(step))" y2="\(y(0) + 5)"/>
      <text x="\(x(step))" y="\(y(0) + 18)" text-anchor="middle">\(Int(step))</text>
      """
    }
    let rows = steps.y.map { step in
      """
      <line x1="\(x(0))" y1="\(y(step))" x2="\(x(most.x))" y2="\(y(step))"/>
      <text x="\(x(0) - 8)" y="\(y(step) + 4)" text-anchor="end">\(Int(step))</text>
      """
    }
    let middle = (x: (x(0) + x(most.x)) / 2, y: (y(0) + y(most.y)) / 2)
    return """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(unit) over runs">
      \((rows + columns).joined(separator: "\n"))
      <line x1="\(x(0))" y1="\(y(most.y))" x2="\(x(0))" y2="\(y(0))"/>
      <path d="\(path.joined(separator: " "))"/>
      <text x="\(middle.x)" y="\(Int(Self.height) - 6)" text-anchor="middle">runs of the program</text>
      <text x="14" y="\(middle.y)" text-anchor="middle" transform="rotate(-90 14 \(middle.y))">\(unit)</text>
      </svg>
      """
  }

  /// Numbers from 0 to one that is not below the largest, four to seven of them, by 1, 2 or 5 of a power of ten.
  static func ticks(to most: Double) -> [Double] {
    var power = 1.0
    while power * 50 < most { power *= 10 }
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 * 5 >= most } ?? power * 10
    let count = max(1, (most / step).rounded(.up))
    return (0...Int(count)).map { Double($0) * step }
  }
}
