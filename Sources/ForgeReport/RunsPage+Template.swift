import ForgePage

extension RunsPage {
  static let style = """
    :root { --gone: #b3261e22; --come: #1a7f3722 }
    @media (prefers-color-scheme: dark) { :root { --gone: #ff8a8033; --come: #5fce7a33 } }
    .facts { color: var(--faint); margin: .2rem 0 .6rem }
    \(Page.sheets)
    .resolved, .almost-resolved { color: var(--good) } .refused, .crashed, .build-failed, .no-executable { color: var(--bad) }
    ul { margin: .2rem 0 }
    pre { font: 13px/1.4 ui-monospace, monospace; margin: .2rem 0 .8rem; padding: .4rem .6rem; overflow-x: auto;
      border-left: 3px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere }
    del { background: var(--gone); text-decoration: line-through } ins { background: var(--come); text-decoration: none }
    """

  static let body = """
    {{#notes}}<p class="note">{{.}}</p>{{/notes}}
    {{#tables}}{{>table}}{{/tables}}
    </main>
    {{#tasks}}
    <section class="sheet" id="{{id}}">
    <p><a href="#">All tasks</a></p>
    <h1>{{id}}</h1>
    {{#attempts}}
    <h2>{{run}}: <span class="{{class}}">{{category}}</span>, {{score}}</h2>
    <p class="facts">{{facts}}</p>
    {{#hasReason}}<pre>{{reason}}</pre>{{/hasReason}}
    <ul>{{#losses}}<li>{{.}}</li>{{/losses}}</ul>
    {{#hasMisses}}<p class="note">Closest misses; <del>expected</del>, <ins>came</ins>:</p>{{/hasMisses}}
    {{#misses}}<div class="facts">{{family}} · {{part}} · case {{case}} {{note}}</div>
    <pre>{{before}}<del>{{expected}}</del><ins>{{actual}}</ins>{{after}}</pre>
    {{/misses}}
    {{/attempts}}
    </section>
    {{/tasks}}
    """
}
