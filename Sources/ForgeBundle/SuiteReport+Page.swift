import ForgePage

extension SuiteReport {
  /// `report.html`: the report as one page, with a plot of what the search found over its runs.
  ///
  /// - Throws: what the template engine says of a template.
  package func html() throws -> String {
    let curve = ReportCurve(json)
    return try Page(
      id,
      style: """
        h2 { text-transform: capitalize }
        svg { width: 100%; max-width: 48rem; height: auto } svg text { fill: var(--faint); font-size: 12px }
        svg path { fill: none; stroke: var(--mark); stroke-width: 2 } svg line { stroke: var(--line) }
        """,
      // The curve holds numbers alone.
      body: """
        {{#hasCurve}}<h2>search</h2><p class="note">What the search had found after so many runs.</p>
        {{{curve}}}{{/hasCurve}}
        {{#sections}}{{>table}}{{/sections}}
        </main>
        """,
      context: ["sections": sections.map(\.table.context), "hasCurve": curve != nil, "curve": curve?.svg ?? ""]
    ).html()
  }
}

extension SuiteReport.Section {
  fileprivate var table: PageTable { PageTable(title, note: note, columns, numbers: numbers, rows: rows) }
}
