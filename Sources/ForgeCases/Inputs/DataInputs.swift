import ForgeCore

extension InputGenerator {
  static func json(_ random: inout RandomSource) -> [Draft] {
    let records = (1...4).map {
      "{\"id\":\($0),\"name\":\"\(random.pick(vocabulary))\",\"tags\":[\"x\",\"y\($0)\"],\"price\":\(random.below(500)).5,\"ok\":\($0 % 2 == 0)}"
    }
    let deep = String(repeating: "[", count: 60) + "1" + String(repeating: "]", count: 60)
    return [
      .normal("object", "{\"name\":\"Ann\",\"age\":31,\"a\":{\"b\":{\"c\":[1,2,3]}},\"nil\":null,\"ok\":true}\n"),
      .normal("records", "[" + records.joined(separator: ",") + "]\n"),
      .normal("stream", records.joined(separator: "\n") + "\n"), .normal("numbers", "[3,1,2,-1.5,1e3,0,10,2]\n"),
      .normal("strings", "[\"b\",\"a\",\"ab\",\"\",\"A b\",\"x,y\"]\n"),
      .normal(
        "pretty",
        "{\n  \"users\": [\n    {\"user\": \"u1\", \"titles\": [\"t1\", \"t2\"]},\n    {\"user\": \"u2\", \"titles\": []}\n  ],\n  \"count\": 2\n}\n"
      ),
      .normal("random", value(&random, depth: 4) + "\n"), .normal("string", "\"just text\"\n"),
      .normal("number", "42\n"),
      .edge("empty", ""), .edge("null", "null\n"), .edge("blank", " \n\t\n"),
      .edge("hollow", "[{},[],\"\",null,false]\n"),
      .edge("unicode", "{\"k\u{E9}y\":\"\u{65E5}\u{672C} \\u00e9 \\ud83d\\ude00 \\n\\t\\\"\"}\n"),
      .edge("deep", deep + "\n"),
      .edge("big", "[1e1000,12345678901234567890,1.7976931348623157e308,5e-324,-0,0.1]\n"),
      .edge("duplicate", "{\"a\":1,\"a\":2}\n"), .edge("nofinal", "{\"a\":1}"),
      .edge("several", "1 \"two\" [3] {\"four\":4}\n"),
      .bad("open", "{\"a\":[1,2\n"), .bad("comma", "[1,2,]\n"), .bad("quote", "{'a':1}\n"), .bad("bare", "{a:1}\n"),
      .bad("string", "[\"abc\n"), .bad("word", "nul\n"), .bad("after", "{\"a\":1} }\n"), .bad("escape", "\"\\x41\"\n"),
      Draft(variant: .malformed, label: "utf8", bytes: Array("\"a".utf8) + [0xFF, 0xC3] + Array("\"\n".utf8)),
    ]
  }

  private static func value(_ random: inout RandomSource, depth: Int) -> String {
    switch depth == 0 ? random.below(4) : 4 + random.below(3) {
    case 0: return "\(random.below(200) - 100)"
    case 1: return "\"\(random.pick(vocabulary))\""
    case 2: return random.pick(["true", "false", "null"])
    case 3: return "\(random.below(100)).25"
    case 4:
      return "[" + (0..<3).map { _ in value(&random, depth: depth - 1 - random.below(depth)) }.joined(separator: ",")
        + "]"
    default:
      let members = (0..<3).map {
        "\"\(random.pick(vocabulary))\($0)\":\(value(&random, depth: depth - 1 - random.below(depth)))"
      }
      return "{" + members.joined(separator: ",") + "}"
    }
  }

  static func yaml() -> [Draft] {
    [
      .normal("map", "name: demo\nversion: 1.2\nitems:\n  - a\n  - b: 2\n    c: [1, 2]\nnested:\n  key: value\n"),
      .normal("types", "s: text\nq: \"1\"\ni: 12\nf: 1.5\nb: yes\nt: true\nn: ~\nd: 2024-01-02\n"),
      .normal("blocks", "lit: |\n  one\n  two\nfold: >-\n  a\n  b\n"),
      .normal("documents", "---\na: 1\n---\nb: 2\n...\n"),
      .normal("anchors", "base: &b {x: 1}\nuse:\n  <<: *b\n  y: 2\n"), .edge("empty", ""), .edge("scalar", "text\n"),
      .edge("comment", "# only a comment\n"), .edge("unicode", "k\u{E9}y: \"\\u65e5\"\n"),
      .edge("quoted", "'it''s': \"a\\tb\"\n"),
      .bad("indent", "a:\n  - b\n c: d\n"), .bad("tab", "a:\n\tb: 1\n"), .bad("open", "a: [1, 2\n"),
      .bad("alias", "a: *nope\n"),
    ]
  }

  static func toml() -> [Draft] {
    [
      .normal("tables", "title = \"demo\"\n[owner]\nname = \"Ann\"\nage = 31\n[[item]]\nid = 1\n[[item]]\nid = 2\n"),
      .normal(
        "types", "i = 1_000\nf = 1.5e3\nb = true\nd = 2024-01-02T03:04:05Z\na = [1, 2, 3]\nt = {x = 1, y = \"z\"}\n"),
      .normal("strings", "a = 'raw\\n'\nb = \"\"\"\ntwo\nlines\"\"\"\n\"quoted key\" = 1\ndotted.key = 2\n"),
      .edge("empty", ""),
      .edge("comment", "# nothing\n"), .edge("numbers", "h = 0xFF\no = 0o17\ni = inf\nn = -nan\n"),
      .bad("value", "a =\n"),
      .bad("duplicate", "a = 1\na = 2\n"), .bad("table", "[a\nb = 1\n"), .bad("string", "a = \"open\n"),
    ]
  }

  static func ini() -> [Draft] {
    [
      .normal("sections", "[core]\nname = demo\npath=/tmp/x\n; note\n[other]\nkey: value\nflag\n"),
      .normal("plain", "a=1\nb=2\n# c=3\n"), .edge("empty", ""), .edge("spaces", "  [ a ]  \n  k  =  v w  \n\n"),
      .edge("duplicate", "[a]\nk=1\n[a]\nk=2\n"), .edge("quotes", "k=\"v;w\"\nl='x' ; c\n"),
      .bad("section", "[open\nk=v\n"), .bad("novalue", "=x\n===\n"),
    ]
  }

  static func xml() -> [Draft] {
    [
      .normal(
        "tree", "<?xml version=\"1.0\"?>\n<root id=\"1\"><item k=\"a\">one</item><item k=\"b\"/><!-- note --></root>\n"),
      .normal("mixed", "<p>Some <b>bold</b> &amp; <i>it</i> &#233;</p>\n"),
      .normal("cdata", "<a><![CDATA[x < y & z]]></a>\n"),
      .normal("namespace", "<x:a xmlns:x=\"urn:x\"><x:b/></x:a>\n"), .edge("empty", ""), .edge("leaf", "<a/>\n"),
      .edge("deep", String(repeating: "<d>", count: 50) + String(repeating: "</d>", count: 50) + "\n"),
      .edge("unicode", "<\u{E9} a='\u{65E5}'>\u{1F600}</\u{E9}>\n"), .bad("open", "<a><b></a>\n"),
      .bad("attribute", "<a b=c>1</a>\n"),
      .bad("entity", "<a>&nope;</a>\n"), .bad("two", "<a/><b/>\n"), .bad("text", "no markup\n"),
    ]
  }

  static func html() -> [Draft] {
    [
      .normal(
        "page",
        "<!DOCTYPE html>\n<html><head><title>T</title></head><body><h1>Hi</h1><p>A <a href=\"x.html\">link</a>.<ul><li>1<li>2</ul></body></html>\n"
      ),
      .normal("table", "<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table>\n"),
      .normal("form", "<form action='/x'><input name=q value=\"1\"><br><img src=a.png alt='pic'></form>\n"),
      .edge("empty", ""),
      .edge("entities", "<p>&lt;&nbsp;&#x41;&copy;</p>\n"),
      .edge("script", "<script>if (a < b) alert(\"</p>\")</script>\n"),
      .bad("nesting", "<b><i>x</b></i>\n"), .bad("open", "<div class=\"a\n<p>\n"),
    ]
  }

  static func markdown() -> [Draft] {
    [
      .normal(
        "document",
        "# Title\n\nA *paragraph* with **bold**, `code` and [a link](http://example.invalid/ \"t\").\n\n- one\n- two\n  - nested\n\n1. first\n2. second\n\n> quote\n\n```c\nint x;\n```\n\n---\n"
      ),
      .normal("table", "| a | b |\n|---|:-:|\n| 1 | 2 |\n| x | `y` |\n"),
      .normal("setext", "Title\n=====\n\nSub\n---\n\ntext  \nbreak\n"),
      .normal("html", "<div>\n*raw*\n</div>\n\ntext <b>inline</b> &amp; &copy;\n"),
      .normal("references", "See [one][1] and ![img][i].\n\n[1]: http://example.invalid/a\n[i]: pic.png 'Pic'\n"),
      .normal("tasks", "- [ ] open\n- [x] done\n\n~~gone~~ http://example.invalid/auto\n"), .edge("empty", ""),
      .edge("nofinal", "# T"),
      .edge("escapes", "\\*not\\* \\# _a_b_ __c__ ***d***\n"), .edge("tabs", "-\ta\n\n\tcode\n\n\n\tmore\n"),
      .edge("unicode", "# \u{65E5}\u{672C}\n\n*caf\u{E9}*\n"), .edge("deep", "> > > quote\n> > - a\n> >   - b\n"),
      .bad("fence", "```\nopen\n"),
      .bad("links", "[a](b\n[c][\n![\n"),
    ]
  }

  static func diff() -> [Draft] {
    [
      .normal("unified", "--- a/x.txt\n+++ b/x.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"),
      .normal(
        "git", "diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-a\n+b\n+c\n"),
      .edge("empty", ""),
      .edge("new", "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n"), .bad("hunk", "--- a\n+++ b\n@@ -1,9 +1 @@\n-x\n"),
      .bad("text", "no diff\n"),
    ]
  }
}
