extension RunsPage {
  /// Text is escaped by the engine where it stands in two braces.
  static let template = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>
    :root { color-scheme: light dark; --line: #8884; --faint: #666; --mark: #2a6fb0; --good: #1a7f37; --bad: #b3261e;
      --gone: #b3261e22; --come: #1a7f3722 }
    @media (prefers-color-scheme: dark) { :root { --faint: #a0a0a0; --mark: #7db8ec; --good: #5fce7a; --bad: #ff8a80;
      --gone: #ff8a8033; --come: #5fce7a33 } }
    body { font: 15px/1.45 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
    h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem } h3 { font-size: 1rem; margin: 1rem 0 .2rem }
    .wide { overflow-x: auto } p.note, footer, .facts { color: var(--faint); margin: .2rem 0 .6rem }
    table { border-collapse: collapse } th { text-align: left; font-weight: 600; color: var(--faint) }
    td, th { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
    a { color: var(--mark) } details { border-top: 1px solid var(--line); padding: .4rem 0 }
    summary { cursor: pointer; font-weight: 600 } ul { margin: .2rem 0 }
    .resolved, .almost-resolved { color: var(--good) } .refused, .crashed, .build-failed, .no-executable { color: var(--bad) }
    pre { font: 13px/1.4 ui-monospace, monospace; margin: .2rem 0 .8rem; padding: .4rem .6rem; overflow-x: auto;
      border-left: 3px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere }
    del { background: var(--gone); text-decoration: none } ins { background: var(--come); text-decoration: none }
    </style>
    <h1>{{title}}</h1>
    {{#notes}}<p class="note">{{.}}</p>{{/notes}}
    {{#tables}}
    <h2>{{title}}</h2>
    {{#hasNote}}<p class="note">{{note}}</p>{{/hasNote}}
    <div class="wide"><table>
    <tr>{{#columns}}<th class="{{class}}">{{text}}</th>{{/columns}}</tr>
    {{#rows}}<tr>{{#cells}}<td class="{{class}}">{{text}}</td>{{/cells}}</tr>
    {{/rows}}</table></div>
    {{/tables}}
    {{#matrix}}
    <h2 id="tasks">{{title}}</h2>
    <div class="wide"><table>
    <tr>{{#columns}}<th class="{{class}}">{{text}}</th>{{/columns}}</tr>
    {{#rows}}<tr><td><a href="#{{name}}">{{name}}</a></td>{{#rest}}<td class="{{class}}">{{text}}</td>{{/rest}}</tr>
    {{/rows}}</table></div>
    {{/matrix}}
    {{#tasks}}
    <details id="{{id}}" open><summary>{{id}}</summary>
    {{#attempts}}
    <h3>{{run}}: <span class="{{class}}">{{category}}</span>, {{score}}</h3>
    <p class="facts">{{facts}}</p>
    {{#hasReason}}<pre>{{reason}}</pre>{{/hasReason}}
    <ul>{{#losses}}<li>{{.}}</li>{{/losses}}</ul>
    {{#hasMisses}}<p class="note">Closest misses; <del>expected</del>, <ins>came</ins>:</p>{{/hasMisses}}
    {{#misses}}<div class="facts">{{family}} · {{part}} · case {{case}} {{note}}</div>
    <pre>{{before}}<del>{{expected}}</del><ins>{{actual}}</ins>{{after}}</pre>
    {{/misses}}
    {{/attempts}}
    </details>
    {{/tasks}}
    <footer>taskforge {{tool}}</footer>
    </html>
    """
}
