import ForgeCore

extension InputGenerator {
  static let vocabulary = """
    the quick brown fox jumps over a lazy dog while seven green apples fall near old stone walls and every river finds \
    its way home again under bright winter stars alpha beta gamma delta error warning info apple Banana cherry Date
    """.split(separator: " ").map(String.init)

  static func text(_ random: inout RandomSource) -> [Draft] {
    let prose = (0..<6).map { _ in sentence(&random, words: 9) }.joined(separator: "\n") + "\n"
    let log = (1...12).map { line in
      "2024-03-\(pad(line, 2)) 0\(line % 10):1\(line % 6):00 \(random.pick(["INFO", "WARN", "ERROR"])) worker\(line % 3): \(sentence(&random, words: 4))"
    }
    let paragraphs = "Title\n=====\n\n" + sentence(&random, words: 30) + "\n\n" + sentence(&random, words: 12) + "\n"
    let repeated = ["b", "a", "c", "a", "b", "B", "10", "9", "2", "a"].joined(separator: "\n") + "\n"
    return [
      .normal("prose", prose), .normal("short", "Hello, World!\n"), .normal("log", log.joined(separator: "\n") + "\n"),
      .normal("keys", repeated), .normal("paragraphs", paragraphs),
      .normal("repetitive", String(repeating: "abcabcabd ", count: 180) + "\n"),
      .normal("indented", "if x:\n    y = 1\n\tz = 2\n        deep\n  end  \n"),
      .edge("empty", ""), .edge("newline", "\n"), .edge("nofinal", "one\ntwo\nthree"),
      .edge("crlf", "one\r\ntwo\r\nthree\r\n"), .edge("blank", "\n\n a \n\n\nb\n\n"), .edge("tabs", "a\tb\tc\n\t\td\n"),
      .edge("unicode", "na\u{EF}ve caf\u{E9} \u{65E5}\u{672C}\u{8A9E} \u{1F600} e\u{301} \u{3A9}\n"),
      .edge("long", (0..<220).map { _ in random.pick(vocabulary) }.joined(separator: " ") + "\n"),
      .edge("symbols", "!@#$%^&*()_+-=[]{}|;':\",./<>?`~\\\n"), .edge("onechar", "x"),
      Draft(variant: .malformed, label: "invalid", bytes: [0x61, 0xFF, 0xFE, 0x62, 0xC3, 0x0A, 0x80, 0x63, 0x0A]),
      Draft(variant: .malformed, label: "nul", bytes: Array("a\0b\nc\0\n".utf8)),
      .bad("control", "a\u{1}b\u{7}c\u{1B}[31md\u{8}e\n"),
    ] + encodings
  }

  /// Texts in other encodings, and in forms of UTF-8 that few write: whoever reads texts may know them, or at least has to
  /// get past them.
  private static let encodings: [Draft] = [
    // ISO 2022 (ECMA-35): sets of 94, 96 and 94 x 94 characters, invoked left and right, locking and once.
    Draft(
      variant: .edge, label: "iso2022",
      bytes: Array(
        "a\u{1B}$B%3%s\u{1B}(B b\u{1B}-A\u{E}i\u{F} \u{1B}*J\u{1B}N\\ \u{1B}+I\u{1B}O3 \u{1B}$)C\u{1B}~".utf8)
        + [0xB0, 0xA1, 0x0A]),
    .edge("hz", "a ~{<:Ky2;~} ~~ b~\nc\n"),
    Draft(variant: .edge, label: "shiftjis", bytes: [0x61, 0x83, 0x52, 0x83, 0x93, 0xBA, 0xDD, 0x62, 0x0A]),
    Draft(variant: .edge, label: "latin1", bytes: [0x67, 0x72, 0xFC, 0xDF, 0x65, 0x20, 0xA9, 0x0A]),
    Draft(variant: .edge, label: "utf16", bytes: [0xFF, 0xFE, 0x61, 0, 0xE4, 0, 0x3D, 0xD8, 0, 0xDE, 0x0A, 0]),
    .edge("bom", "\u{FEFF}a \u{10348} \u{85}\u{2028}b\n"),
    // Sequences of five and six bytes, which RFC 3629 took away, a surrogate and a form that is too long.
    Draft(
      variant: .malformed, label: "utf8long",
      bytes: [
        0x61, 0xF9, 0x80, 0x80, 0x80, 0x80, 0x20, 0xFD, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF, 0x20, 0xED, 0xA0, 0x80, 0x20,
        0xC0, 0xAF, 0x0A,
      ]),
  ]

  static func words(_ random: inout RandomSource) -> [Draft] {
    let list = (0..<16).map { _ in random.pick(vocabulary) }
    return [
      .normal("words", list.joined(separator: "\n") + "\n"),
      .normal("line", list.prefix(6).joined(separator: " ") + "\n"),
      .edge("empty", ""), .edge("nofinal", "alpha\nbeta"), .edge("unicode", "\u{E4}\n\u{DF}\n\u{65E5}\n"),
    ]
  }

  static func numbers(_ random: inout RandomSource) -> [Draft] {
    let list = (0..<12).map { _ in String(random.below(2000) - 1000) }
    return [
      .normal("integers", list.joined(separator: "\n") + "\n"), .normal("real", "1.5\n-2.25\n3e2\n0.001\n10\n"),
      .normal("pairs", "1 10\n2 20\n3 15\n4 40\n"), .edge("empty", ""), .edge("one", "42\n"),
      .edge("large", "9223372036854775807\n-9223372036854775808\n1e308\n0\n-0\n"),
      .edge("nan", "nan\ninf\n-inf\n1\n"), .bad("words", "1\ntwo\n3\n"), .bad("mixed", "1.2.3\n0x1F\n--5\n"),
    ]
  }

  static func table(_ separator: String, _ random: inout RandomSource) -> [Draft] {
    func rows(_ rows: [[String]], end: String = "\n") -> String {
      rows.map { $0.joined(separator: separator) + end }.joined()
    }
    let header = ["id", "name", "qty", "price", "date"]
    let body = (1...8).map { row in
      [
        "\(row)", random.pick(["anna", "Bob", "chloe", "Dan"]), "\(random.below(50))",
        "\(random.below(90)).\(pad(random.below(100), 2))",
        "2024-0\(1 + random.below(9))-1\(random.below(10))",
      ]
    }
    let quoted =
      separator == ","
      ? "id,text\n1,\"a, b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n4,\n" : "id\ttext\n1\ta b\n2\t\"q\"\n3\t\n"
    return [
      .normal("table", rows([header] + body)), .normal("quoted", quoted),
      .normal("plain", rows([["1", "2", "3"], ["4", "5", "6"]])),
      .edge("empty", ""), .edge("header", rows([header])), .edge("crlf", rows([header, body[0]], end: "\r\n")),
      .edge("missing", rows([["a", "b", "c"], ["1", "", "3"], ["", "", ""]])),
      .edge("nofinal", "a\(separator)b\n1\(separator)2"),
      .edge("unicode", rows([["k", "v"], ["\u{E9}", "\u{65E5}\u{672C}"], ["\u{1F600}", " pad "]])),
      .edge("onecolumn", "a\n1\n2\n"),
      .edge("semicolon", "a;b\n1;2\n"), .bad("ragged", rows([["a", "b"], ["1"], ["1", "2", "3"]])),
      .bad("openquote", "a,b\n\"1,2\n"), .bad("strayquote", "a,b\n1\"x,\"y\"z\n"),
    ]
  }

  static func fasta(_ random: inout RandomSource) -> [Draft] {
    func bases(_ count: Int, _ letters: String = "ACGT") -> String {
      let all = Array(letters)
      return String((0..<count).map { _ in random.pick(all) })
    }
    func folded(_ text: String, _ width: Int) -> String {
      stride(from: 0, to: text.count, by: width).map { String(text.dropFirst($0).prefix(width)) }.joined(
        separator: "\n")
    }
    let many = (1...5).map { ">seq\($0) sample \($0)\n\(folded(bases(40 + 17 * $0), 60))\n" }.joined()
    return [
      .normal("many", many), .normal("one", ">chr1\n\(bases(50))\n"),
      .normal("mixed", ">a first\n\(bases(20))nnnNNN\(bases(12, "acgt"))\n>b\nRYSWKMBDHVN\n"),
      .normal("gaps", ">g\n\(bases(30))NNNNNNNNNNNN\(bases(30))NN\(bases(10))\n"),
      .normal("protein", ">p1\nMKTAYIAKQRQISFVKSHFSRQ\n"),
      .edge("empty", ""), .edge("noseq", ">only\n"), .edge("nofinal", ">x\nACGT"),
      .edge("crlf", ">x\r\nACGT\r\nAC\r\n"),
      .edge("blank", ">x\n\nAC\n\nGT\n\n>y\nA\n"), .edge("dups", ">x\nACGT\n>x\nTTTT\n"),
      .edge("lower", ">l\nacgtacgtnn\n"),
      .bad("noheader", "ACGT\nGGCC\n"), .bad("digits", ">x\nAC1GT*-\n"), .bad("text", "this is not a sequence\n"),
    ]
  }

  static func fastq(_ random: inout RandomSource) -> [Draft] {
    func record(_ name: String, _ count: Int, _ qualities: String) -> String {
      let letters = Array("ACGTN")
      let marks = Array(qualities)
      let bases = String((0..<count).map { _ in random.pick(letters) })
      return "@\(name)\n\(bases)\n+\n\(String((0..<count).map { _ in random.pick(marks) }))\n"
    }
    let good = "ABCDEFGHI"
    let mixed = "!#$%&'()*+,-./0123456789:;<=>?@" + good
    let reads = (1...5).map { record("read\($0)/1", 24 + 3 * $0, $0 % 2 == 0 ? good : mixed) }.joined()
    let pairs = (1...3).map { record("p\($0)/1", 20, good) + record("p\($0)/2", 20, mixed) }.joined()
    return [
      .normal("reads", reads), .normal("pairs", pairs),
      .normal("one", "@r1 comment\nACGTACGT\n+r1 comment\nIIIIHHH#\n"),
      .edge("empty", ""), .edge("nofinal", "@r\nAC\n+\nII"), .edge("zero", "@r\n\n+\n\n"),
      .edge("crlf", "@r\r\nAC\r\n+\r\nII\r\n"),
      .edge("multiline", "@r\nACGT\nACGT\n+\nIIII\nII@I\n"), .bad("short", "@r\nACGT\n+\nII\n@s\nAC\n+\nII\n"),
      .bad("noplus", "@r\nACGT\nIIII\n"), .bad("truncated", "@r\nACGT\n+\n"), .bad("text", "not a read\n"),
    ]
  }

  static func binary(_ random: inout RandomSource) -> [Draft] {
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    let runs = (0..<24).flatMap { index in [UInt8](repeating: UInt8(index * 11 & 0xFF), count: 1 + index * 3) }
    return [
      Draft(variant: .normal, label: "random", bytes: bytes(512)),
      Draft(variant: .normal, label: "zeros", bytes: [UInt8](repeating: 0, count: 1000)),
      Draft(variant: .normal, label: "runs", bytes: runs), Draft(variant: .normal, label: "all", bytes: Array(0...255)),
      .normal("text", String(repeating: "hello hello hello\n", count: 30)), .edge("empty", ""),
      Draft(variant: .edge, label: "one", bytes: [0]),
      Draft(variant: .edge, label: "ff", bytes: [0xFF, 0xFF, 0xFF, 0xFF]),
      Draft(variant: .malformed, label: "gzipcut", bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B]),
      Draft(variant: .malformed, label: "xzcut", bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4]),
    ]
  }

  private static func sentence(_ random: inout RandomSource, words count: Int) -> String {
    (0..<count).map { _ in random.pick(vocabulary) }.joined(separator: " ") + "."
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
