/// One table of a page.
package struct PageTable {
  private let title: String
  private let note: String?
  private let columns: [String]
  private let numbers: Set<Int>
  private let linksNames: Bool
  /// The cells, row by row.
  package var rows: [[String]]

  /// A table whose columns in `numbers`, from 0, stand at the right.
  ///
  /// With `linksNames` the first cell of each row is a link to the sheet of that name (``Page``).
  package init(
    _ title: String, note: String? = nil, _ columns: [String], numbers: some Sequence<Int>, rows: [[String]] = [],
    linksNames: Bool = false
  ) {
    self.title = title
    self.note = note
    self.columns = columns
    self.numbers = Set(numbers)
    self.rows = rows
    self.linksNames = linksNames
  }

  /// What ``template`` reads.
  package var context: [String: Any] {
    func cells(_ texts: [String]) -> [[String: Any]] {
      texts.indices.map { column in
        [
          "text": texts[column], "class": numbers.contains(column) ? "number" : "text",
          "isLink": linksNames && column == 0,
        ]
      }
    }
    return [
      "title": title, "note": note ?? "", "hasNote": note != nil, "columns": cells(columns).map(Self.unlinked),
      "rows": rows.map { ["cells": cells($0)] },
    ]
  }

  private static func unlinked(_ cell: [String: Any]) -> [String: Any] {
    cell.merging(["isLink": false]) { $1 }
  }

  /// A table with its title; a body takes it in with `{{>table}}` where ``context`` is at hand.
  static let template = """
    <h2>{{title}}</h2>
    {{#hasNote}}<p class="note">{{note}}</p>{{/hasNote}}
    <div class="wide"><table>
    <tr>{{#columns}}<th class="{{class}}">{{text}}</th>{{/columns}}</tr>
    {{#rows}}<tr>{{#cells}}<td class="{{class}}">{{#isLink}}<a href="#{{text}}">{{text}}</a>{{/isLink}}\
    {{^isLink}}{{text}}{{/isLink}}</td>{{/cells}}</tr>
    {{/rows}}</table></div>

    """
}
