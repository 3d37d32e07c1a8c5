import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgeCases

@Suite struct TableSplitterTests {
  private func split(_ text: String, _ table: Recipe.Table) throws -> TableSplitter.Split {
    try withTemporaryDirectory { directory in
      try directory.appending("tests").makeDirectory()
      try FileDescriptor.writeNew(directory.appending("tests/t.test"), text.utf8)
      return try TableSplitter(tables: [table], inputBytes: 1000).split(directory)
    }
  }

  private func calls(_ split: TableSplitter.Split) -> [[String]] {
    split.inputs.map { input in
      input.invocation.argv.map(\.lossyText) + [input.invocation.stdin.lossyText]
        + input.invocation.files.flatMap { entry in
          if case .file(let bytes, _) = entry.content { [entry.path, bytes.lossyText] } else { [String]() }
        }
    }
  }

  @Test func recordsArePartedByEmptyLines() throws {
    let text = "# one\n.a\n{\"a\":1}\n1\n\n\n%%FAIL\n.b(\nerror: x\n  \n.c\n[]\n"
    let found = try split(
      text,
      Recipe.Table(files: ["tests/*.test"], comments: ["#", "%%"], args: ["-c", "{1}"], stdin: "{2}\n"))
    #expect(calls(found) == [["-c", ".a", "{\"a\":1}\n"], ["-c", ".b(", "error: x\n"], ["-c", ".c", "[]\n"]])
    #expect(found.inputs.map(\.place) == ["tests/t.test:2", "tests/t.test:8", "tests/t.test:11"])
    #expect(found.records == 3 && found.dropped.isEmpty)
  }

  @Test func linesAreRecordsWithFieldsOfTheirOwn() throws {
    let found = try split(
      "a\tb\tc d\r\n#x\n\nonly\nq\t\t\n",
      Recipe.Table(files: ["tests/t.test"], records: .lines, comments: ["#"], split: "\t", args: ["{2}", "{1}{3}"]))
    #expect(calls(found) == [["b", "ac d", ""], ["", "q", ""]])
    #expect(found.dropped == ["a record has too few fields": 1] && found.records == 3)
  }

  @Test func marksBeginRecords() throws {
    let found = try split(
      "preface\n=== first\nprogram\n\ndata\nmore\n=== second\nx\ny\n",
      Recipe.Table(files: ["tests/t.test"], mark: "===", args: ["{1}"], tree: ["in/d.txt": "{2-}\n"]))
    #expect(calls(found) == [["program", "", "in/d.txt", "\ndata\nmore\n"], ["x", "", "in/d.txt", "y\n"]])
  }

  @Test func aFileCanBeOneRecord() throws {
    let found = try split(
      "program\n\nin\n--\nout\n",
      Recipe.Table(
        files: ["tests/t.test"], records: .files, split: "\n--\n", args: ["{x}", "{}", "{1", "{01}"], stdin: "{2}"))
    #expect(calls(found) == [["{x}", "{}", "{1", "program\n\nin", "out"]])
  }

  @Test func whatIsTooLargeOrMissingIsSaid() throws {
    let large = try split(
      String(repeating: "x", count: 2000), Recipe.Table(files: ["tests/t.test"], records: .files, args: ["{1}"]))
    #expect(large.inputs.isEmpty && large.dropped == ["needs more than 1000 bytes": 1])
    #expect(throws: ForgeError.self) { try split("x", Recipe.Table(files: ["no/*"], args: ["{1}"])) }
    let error = #expect(throws: ForgeError.self) { try split("\0", Recipe.Table(files: ["tests/*"], args: ["{1}"])) }
    #expect(error?.code == .unreadableTable)
  }
}
