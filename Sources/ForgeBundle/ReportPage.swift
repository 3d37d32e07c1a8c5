import ForgeCore
import Mustache

/// `report.html`: the report as one page without scripts, which needs nothing but itself.
package struct ReportPage: Sendable {
  private let report: SuiteReport

  /// Takes what the page is about.
  package init(_ report: SuiteReport) { self.report = report }

  /// The page.
  ///
  /// - Throws: what the template engine says of its template.
  package func html() throws -> String {
    let sections = report.sections.map { section -> [String: Any] in
      [
        "title": section.title, "note": section.note ?? "", "hasNote": section.note != nil,
        "columns": section.columns.indices.map {
          ["text": section.columns[$0], "class": section.numbers.contains($0) ? "number" : "text"]
        },
        "rows": section.rows.map { row in
          ["cells": row.indices.map { ["text": row[$0], "class": section.numbers.contains($0) ? "number" : "text"] }]
        },
      ]
    }
    let curve = ReportCurve(report.json)
    return try MustacheTemplate(string: Self.template).render([
      "id": report.id, "sections": sections, "hasCurve": curve != nil, "curve": curve?.svg ?? "",
      "tool": report.json["tool"]?.text ?? "",
    ])
  }

  /// Text is escaped by the engine; the curve holds numbers alone.
  private static let template = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{id}}</title>
    <style>
    :root { color-scheme: light dark; --line: #8884; --faint: #777; --mark: #2a6fb0 }
    @media (prefers-color-scheme: dark) { :root { --faint: #999; --mark: #7db8ec } }
    body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
    h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin: 2.2rem 0 .4rem; text-transform: capitalize }
    .wide { overflow-x: auto } p.note, footer { color: var(--faint); margin: .2rem 0 .6rem }
    table { border-collapse: collapse } th { text-align: left; font-weight: 600; color: var(--faint) }
    td, th { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
    td { overflow-wrap: anywhere } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
    svg { width: 100%; max-width: 48rem; height: auto } svg text { fill: var(--faint); font-size: 12px }
    svg path { fill: none; stroke: var(--mark); stroke-width: 2 } svg line { stroke: var(--line) }
    </style>
    <h1>{{id}}</h1>
    {{#hasCurve}}<h2>search</h2><p class="note">What the search had found after so many runs.</p>
    {{{curve}}}{{/hasCurve}}
    {{#sections}}
    <h2>{{title}}</h2>
    {{#hasNote}}<p class="note">{{note}}</p>{{/hasNote}}
    <div class="wide"><table>
    <tr>{{#columns}}<th class="{{class}}">{{text}}</th>{{/columns}}</tr>
    {{#rows}}<tr>{{#cells}}<td class="{{class}}">{{text}}</td>{{/cells}}</tr>
    {{/rows}}</table></div>
    {{/sections}}
    <footer>taskforge {{tool}}</footer>
    </html>
    """
}
