import Testing

@testable import ForgeCases

@Suite struct ExampleTests {
  private func examples(_ text: String) -> [Example] { GrammarReader(programs: ["shelf"]).read(text).examples }

  private func example(_ text: String, _ arguments: [String]) throws -> Example {
    let found = examples(text)
    return try #require(
      found.first { $0.arguments == arguments }, "no \(arguments) in \(found.map(\.arguments))")
  }

  @Test func hereDocuments() throws {
    let text = """
      Try it:

          $ shelf sort - <<'END'
          zebra
            ant
          END
          $ cat <<EOF | shelf count
          one\ttab
          EOF
          $ cat > books.txt <<EOF
          Emma
          EOF
          $ shelf list books.txt
          Emma
      """
    #expect(try example(text, ["sort", "-"]).stdin == "zebra\n  ant\n")
    #expect(try example(text, ["count"]).stdin == "one\ttab\n")
    #expect(try example(text, ["list", "books.txt"]).files == ["books.txt": "Emma\n"])
  }

  @Test func plainStagesOfPipelines() throws {
    let text = """
      ```console
      me@desk:~/books$ printf '%s: %d\\n' a 1 b 2 | shelf add
      % echo -n 'x\\ty' | shelf raw 2>/dev/null
      $ echo "first" > one.txt && echo -e 'a\\x41\\101' > two.txt
      $ cat one.txt two.txt | shelf both
      $ SHELF_ROOT=here /usr/bin/shelf show < two.txt > out.txt; shelf last
      $ sort names | shelf unknown
      $ shelf $(date) | cat
      ```
      """
    #expect(try example(text, ["add"]).stdin == "a: 1\nb: 2\n")
    #expect(try example(text, ["raw"]).stdin == "x\\ty")
    #expect(try example(text, ["both"]).stdin == "first\naAA\n")
    let shown = try example(text, ["show"])
    #expect(shown.environment == ["SHELF_ROOT": "here"])
    #expect(shown.stdin == "aAA\n")
    #expect(try example(text, ["last"]).stdin == nil)
    #expect(try example(text, ["unknown"]).stdin == nil)
    #expect(!examples(text).contains { $0.arguments.contains("date") })
  }

  @Test func filesThatTheTextShows() throws {
    let text = """
      Given the file `loans.csv`:

      ```csv
      who,what
      Ann,Emma
      ```

      ```json title="rules.json"
      {"days": 14}
      ```

      **notes.md**

          # Notes
            deep

      ```
      $ cat more.txt
      and
      more
      $ shelf due --rules=rules.json loans.csv notes.md more.txt
      ```
      """
    let due = try example(text, ["due", "--rules=rules.json", "loans.csv", "notes.md", "more.txt"])
    #expect(due.files["loans.csv"] == "who,what\nAnn,Emma\n")
    #expect(due.files["rules.json"] == "{\"days\": 14}\n")
    #expect(due.files["notes.md"] == "# Notes\n  deep\n")
    #expect(due.files["more.txt"] == "and\nmore\n")
  }

  @Test func tablesAndLabels() throws {
    let text = """
      | Expression | Input       | Output |
      |------------|-------------|--------|
      | `a \\| b`   | `{"a": 1}`  | `1`    |
      | `shelf -c x` | `2`       | `3`    |

      examples:
        - program: '.title // ''none'''
          input: '{"title": null}'
          output: ['"none"']
        - program: |
            first
            | last
          input: "[1,\\n2]"

      Command: shelf --sort size
      Input:
          9
          10
      """
    #expect(try example(text, ["a | b"]).stdin == "{\"a\": 1}\n")
    #expect(examples(text).contains { $0.arguments == ["-c", "x"] && $0.stdin == "2\n" })
    #expect(try example(text, [".title // 'none'"]).stdin == "{\"title\": null}\n")
    #expect(try example(text, ["first\n| last"]).stdin == "[1,\n2]\n")
    #expect(examples(text).contains { $0.arguments == ["--sort", "size"] && $0.stdin == "9\n10\n" })
  }

  @Test func textIsNoFile() {
    let text = """
      See config.ini, e.g. for defaults:

          $ shelf --config config.ini

      Version 1.2:

          Faster.
      """
    #expect(examples(text).map(\.arguments) == [["--config", "config.ini"]])
    #expect(examples(text)[0].files.isEmpty)
  }
}
