import ForgeCore

extension InputGenerator {
  static func jsonLines(_ random: inout RandomSource) -> [Draft] {
    let rows = (1...5).map {
      "{\"id\":\($0),\"level\":\"\(random.pick(["info", "warn"]))\",\"ms\":\(random.below(300))}"
    }
    return [
      .normal("rows", rows.joined(separator: "\n") + "\n"), .normal("mixed", "1\n\"two\"\n[3]\nnull\n{\"four\":4}\n"),
      .edge("empty", ""), .edge("nofinal", "{\"a\":1}\n{\"a\":2}"), .edge("blank", "{\"a\":1}\n\n{\"a\":2}\n"),
      .bad("row", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n"), .bad("text", "not json\n"),
    ]
  }

  static func svg() -> [Draft] {
    [
      .normal(
        "shapes",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"40\"><rect x=\"1\" y=\"2\" width=\"10\" height=\"5\" fill=\"#f00\"/><circle cx=\"20\" cy=\"20\" r=\"5\"/><path d=\"M0 0 L10 10 Z\"/></svg>\n"
      ),
      .normal(
        "text", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><g><text x=\"1\">hi</text></g></svg>\n"),
      .edge("empty", ""),
      .edge("hollow", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"), .bad("open", "<svg><rect></svg>\n"),
      .bad("text", "no picture\n"),
    ]
  }

  static func sql() -> [Draft] {
    [
      .normal(
        "schema",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, qty REAL DEFAULT 0);\nINSERT INTO t (name, qty) VALUES ('a', 1.5), ('b''s', 2);\n"
      ),
      .normal(
        "queries",
        "SELECT name, sum(qty) AS total FROM t WHERE id > 1 GROUP BY name HAVING total > 1 ORDER BY 2 DESC LIMIT 3;\nUPDATE t SET qty = qty * 2 WHERE name LIKE 'a%';\n"
      ),
      .edge("empty", ""), .edge("comment", "-- nothing\n/* here */\n"), .bad("syntax", "SELEC * FORM t;\n"),
      .bad("open", "SELECT 'abc;\n"),
    ]
  }

  static func bibtex() -> [Draft] {
    [
      .normal(
        "entries",
        "@article{knuth84,\n  author = {Donald E. Knuth},\n  title = {Literate {P}rogramming},\n  year = 1984,\n}\n\n@book{a, title = \"B\", note = {x} # {y}}\n"
      ),
      .edge("empty", ""), .edge("comment", "@comment{x}\n@string{s = \"v\"}\n"),
      .bad("open", "@article{k, title = {open\n"), .bad("key", "@article{title = 1}\n"),
    ]
  }

  static func genomic(_ kind: Recipe.InputKind) -> [Draft] {
    let normal: String =
      switch kind {
      case .bed: "chr1\t10\t20\ta\t5\t+\nchr1\t15\t40\tb\t9\t-\nchr2\t0\t7\tc\t0\t+\nseq1\t2\t12\nseq2\t5\t30\n"
      case .gff:
        "##gff-version 3\nchr1\tx\tgene\t10\t90\t.\t+\t.\tID=g1;Name=a\nchr1\tx\texon\t10\t40\t.\t+\t0\tParent=g1\n"
      case .vcf:
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t12\t.\tA\tG\t50\tPASS\tDP=10\nchr1\t30\trs1\tAT\tA\t9\tq10\tDP=3\n"
      default:
        "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:100\nr1\t0\tchr1\t7\t60\t8M\t*\t0\t0\tACGTACGT\tIIIIIIII\nr2\t16\tchr1\t20\t30\t4M1I3M\t*\t0\t0\tTTTTACGT\t########\n"
      }
    return [
      .normal("records", normal), .edge("empty", ""), .edge("nofinal", String(normal.dropLast())),
      .edge("crlf", normal.replacing("\n", with: "\r\n")),
      .bad("fields", "chr1\tx\n"), .bad("text", "not a table\n"), .bad("order", "chr1\t40\t10\n"),
    ]
  }

  static func otherSource(_ kind: Recipe.InputKind) -> [Draft] {
    let normal: String =
      switch kind {
      case .perl:
        "#!/usr/bin/perl\nuse strict;\nmy %h = (a => 1, 'b', 2);\nforeach my $k (sort keys %h) { print \"$k=$h{$k}\\n\" if $k =~ /^[a-z]+$/; }\n"
      case .go:
        "package main\n\nimport \"fmt\"\n\ntype T struct{ X int `json:\"x\"` }\n\nfunc (t *T) Inc() { t.X++ }\n\nfunc main() {\n\tt := &T{X: 1}\n\tfor i := range []int{1, 2} {\n\t\tt.Inc()\n\t\tfmt.Printf(\"%d %v\\n\", i, t)\n\t}\n}\n"
      case .rust:
        "use std::collections::HashMap;\n\n#[derive(Debug)]\nenum E<'a> { A(i32), B { s: &'a str } }\n\nfn main() {\n    let mut m: HashMap<&str, E> = HashMap::new();\n    m.insert(\"k\", E::A(1_000));\n    match m.get(\"k\") { Some(E::A(n)) if *n > 0 => println!(\"{n:?}\"), _ => {} } // done\n}\n"
      case .java:
        "package a.b;\n\nimport java.util.*;\n\n/** Doc. */\npublic class Main {\n  private static final int N = 0x1F;\n  public static void main(String[] args) {\n    for (String s : args) { System.out.println(s + 'c' + N); }\n  }\n}\n"
      case .haskell:
        "module Main where\n\nimport Data.List (sort)\n\ndata T a = Leaf | Node (T a) a (T a) deriving Show\n\nmain :: IO ()\nmain = mapM_ print $ sort [x * 2 | x <- [3, 1, 2], x /= 1] -- done\n"
      case .makefile:
        "CC = gcc\nOBJ := a.o b.o\n\nall: app\n\napp: $(OBJ)\n\t$(CC) -o $@ $^\n\n%.o: %.c\n\t$(CC) -c $<\n\n.PHONY: all clean\nclean:\n\trm -f $(OBJ)\n"
      default: ".text\n.globl main\nmain:\n  movl $42, %eax\n  ret\n.data\nmsg: .asciz \"hi\\n\"\n"
      }
    return [
      .normal("source", normal), .normal("again", normal + "\n" + normal), .edge("empty", ""),
      .edge("crlf", normal.replacing("\n", with: "\r\n")),
      .edge("nofinal", String(normal.dropLast())), .bad("open", "{ ( [ \"\n"), .bad("text", "?? not a program !!\n"),
    ]
  }

  static func regex() -> [Draft] {
    let normal = ["a.c", "^[a-z]+$", "(foo|bar)+", "\\d{2,4}", "[^,]*", "x?", "\\bword\\b", "(a)(b)\\2"]
    let bad = ["(", "[a-", "*", "a{2", "\\", "(?<n"]
    return normal.enumerated().map { .normal("n\($0.offset)", $0.element + "\n") } + [
      .edge("empty", ""), .edge("unicode", "[\u{E0}-\u{FF}]+\n"),
    ]
      + bad.enumerated().map { .bad("b\($0.offset)", $0.element + "\n") }
  }

  static func hosts() -> [Draft] {
    [
      .normal("hosts", "127.0.0.1 localhost\n10.0.0.1 a.example b\n::1 ip6-localhost\n# note\n"),
      .normal("ranges", "10.0.0.0/24\n192.168.1.1-192.168.1.9\n"),
      .edge("empty", ""), .edge("one", "10.0.0.1"), .bad("octet", "300.1.2.3\n"), .bad("text", "not an address\n"),
      .bad("prefix", "10.0.0.0/99\n"),
    ]
  }
}
