import ForgeCore
import Mustache

/// A page of HTML without scripts, which needs nothing but itself, in light and dark.
package struct Page {
  private let title: String
  private let style: String
  private let body: String
  private let context: [String: Any]

  /// Describes a page.
  ///
  /// - Parameters:
  ///   - title: Its title and heading.
  ///   - style: Rules of its own, behind those that all pages have.
  ///   - body: A Mustache template of what is below the heading. Text is escaped by the engine where it stands in two
  ///     braces; `{{>table}}` shows the ``PageTable`` whose context is at hand.
  ///   - context: What the template reads.
  package init(_ title: String, style: String = "", body: String, context: [String: Any]) {
    self.title = title
    self.style = style
    self.body = body
    self.context = context
  }

  /// The page.
  ///
  /// - Throws: what the template engine says of a template.
  package func html() throws -> String {
    let library = MustacheLibrary(templates: [
      "body": try MustacheTemplate(string: body), "table": try MustacheTemplate(string: PageTable.template),
    ])
    let frame = try MustacheTemplate(string: Self.frame)
    return frame.render(
      context.merging(["title": title, "style": style, "tool": ToolVersion.current]) { $1 }, library: library)
  }

  /// Rules for a page with pages in it.
  ///
  /// A `<section class="sheet" id="NAME">` below `<main>` is a page within the page: it shows alone where the address ends
  /// in `#NAME`, and not at all otherwise. Browsers that do not know `:has()` show it below the rest.
  package static let sheets = """
    @supports selector(:has(*)) {
      .sheet:not(:target), body:has(.sheet:target) main { display: none }
    }
    """

  private static let frame = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>
    :root { color-scheme: light dark; --line: #8884; --faint: #666; --mark: #2a6fb0; --good: #1a7f37; --bad: #b3261e }
    @media (prefers-color-scheme: dark) { :root { --faint: #a0a0a0; --mark: #7db8ec; --good: #5fce7a; --bad: #ff8a80 } }
    body { font: 15px/1.45 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
    h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem } h3 { font-size: 1rem; margin: 1rem 0 .2rem }
    .wide { overflow-x: auto } p.note, footer { color: var(--faint); margin: .2rem 0 .6rem }
    table { border-collapse: collapse } th { text-align: left; font-weight: 600; color: var(--faint) }
    td, th { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
    td { overflow-wrap: anywhere }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
    a { color: var(--mark) }
    {{{style}}}
    </style>
    <main>
    <h1>{{title}}</h1>
    {{>body}}
    <footer>taskforge {{tool}}</footer>
    </html>
    """
}
