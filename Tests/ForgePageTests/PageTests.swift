import ForgeCore
import Testing

@testable import ForgePage

@Suite struct PageTests {
  @Test func tablesStandWhereTheBodyTakesThemIn() throws {
    let table = PageTable(
      "Things & more", note: "a note", ["name", "count"], numbers: [1], rows: [["<a>", "3"], ["b"]], linksNames: true)
    let page = try Page(
      "t", style: ".x { color: red }", body: "<p>{{word}}</p>{{#tables}}{{>table}}{{/tables}}</main>",
      context: ["word": "\"w\"", "tables": [table.context]]
    ).html()
    #expect(page.contains("<h1>t</h1>") && page.contains("<p>&quot;w&quot;</p>") && page.contains(".x { color: red }"))
    #expect(page.contains("<h2>Things &amp; more</h2>") && page.contains("<p class=\"note\">a note</p>"))
    #expect(page.contains("<td class=\"text\"><a href=\"#&lt;a&gt;\">&lt;a&gt;</a></td><td class=\"number\">3</td>"))
    // A head is no link, and a short row is only short.
    #expect(page.contains("<th class=\"text\">name</th>") && page.contains("<a href=\"#b\">b</a></td></tr>"))
    #expect(page.contains("taskforge \(ToolVersion.current)"))
  }

  @Test func aTableNeedsNoNoteAndNoLinks() throws {
    let table = PageTable("t", ["a"], numbers: [], rows: [["x"]])
    let page = try Page("t", body: "{{#table}}{{>table}}{{/table}}", context: ["table": table.context]).html()
    #expect(!page.contains("class=\"note\"") && !page.contains("<a ") && page.contains("<td class=\"text\">x</td>"))
  }
}
