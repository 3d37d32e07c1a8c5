package import ForgeCore
package import SystemPackage

/// Makes an input of every record of upstream's tables, as the recipe says how they are split.
package struct TableSplitter: Sendable {
  /// What the tables gave.
  package struct Split: Sendable {
    /// One input for each record that could be read.
    package var inputs: [HarvestedInput] = []
    /// Records found.
    package var records = 0
    /// Records of which no input was made, by reason.
    package var dropped: [String: Int] = [:]
  }

  /// Records taken from all tables together at most.
  private static let mostRecords = 20_000

  /// The recipe's tables.
  package var tables: [Recipe.Table]
  /// The largest whole input of a case, in bytes.
  package var inputBytes: Int

  /// Describes what to split.
  package init(tables: [Recipe.Table], inputBytes: Int) {
    self.tables = tables
    self.inputBytes = inputBytes
  }

  /// Splits the tables of a checkout.
  ///
  /// - Throws: `ForgeError` where a pattern matches no file, or a file cannot be read.
  package func split(_ checkout: FilePath) throws -> Split {
    var split = Split()
    for table in tables {
      for entry in try TreeEntry.files(below: checkout, matching: table.files) {
        guard case .file(let bytes, _) = entry.content else { continue }
        guard let text = bytes.text, bytes.count <= 16 << 20 else {
          throw ForgeError(
            .unreadableTable, "surface.tables names a file that is no text of at most 16 MiB.",
            path: checkout.appending(entry.path).string)
        }
        for record in Self.records(of: text, table) {
          guard split.records < Self.mostRecords else { return split }
          split.records += 1
          add(record, table, entry.path, to: &split)
        }
      }
    }
    return split
  }

  private func add(_ record: Record, _ table: Recipe.Table, _ path: String, to split: inout Split) {
    let fields = Self.fields(of: record, table)
    func fill(_ template: String) -> String? {
      var text = ""
      for part in Recipe.Table.parts(of: template) {
        text += part.text
        guard let place = part.place else { continue }
        guard (1...fields.count).contains(place.number) else { return nil }
        let separator = table.split ?? "\n"
        text += place.isRest ? fields[(place.number - 1)...].joined(separator: separator) : fields[place.number - 1]
      }
      return text
    }
    let args = table.args.compactMap(fill)
    let stdin = table.stdin.map(fill) ?? ""
    let tree = table.tree.compactMap { path, text in
      fill(text).map { TreeEntry(path: path, content: .file(ByteString($0), mode: 0o644)) }
    }
    guard args.count == table.args.count, let stdin, tree.count == table.tree.count else {
      split.dropped["a record has too few fields", default: 0] += 1
      return
    }
    let invocation = Invocation(argv: args.map { ByteString($0) }, stdin: ByteString(stdin), files: tree)
    if invocation.inputBytes > inputBytes {
      split.dropped["needs more than \(inputBytes) bytes", default: 0] += 1
    } else if invocation.treeFault != nil {
      split.dropped["its files cannot be laid out", default: 0] += 1
    } else {
      split.inputs.append(HarvestedInput(invocation: invocation, place: "\(path):\(record.line)"))
    }
  }

  /// Lines of a table that belong together, with the number of the first.
  private struct Record {
    var line: Int
    var lines: [Substring] = []
  }

  private static func records(of text: String, _ table: Recipe.Table) -> [Record] {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if lines.last == "" { lines.removeLast() }
    var found: [Record] = []
    var open = table.mark == nil
    var isNew = true
    for (index, line) in lines.enumerated() {
      if let mark = table.mark, line.hasPrefix(mark) {
        (open, isNew) = (true, true)
        continue
      }
      if table.comments.contains(where: { line.hasPrefix($0) }) { continue }
      if table.mark == nil, table.records == .paragraphs, line.allSatisfy(\.isWhitespace) {
        isNew = true
        continue
      }
      if table.mark == nil, table.records == .lines {
        if line.isEmpty { continue }
        isNew = true
      }
      guard open else { continue }
      if isNew { found.append(Record(line: index + 1)) }
      isNew = false
      found[found.count - 1].lines.append(line)
    }
    return found
  }

  private static func fields(of record: Record, _ table: Recipe.Table) -> [String] {
    guard let split = table.split else { return record.lines.map(String.init) }
    return record.lines.joined(separator: "\n").split(separator: split, omittingEmptySubsequences: false).map(
      String.init)
  }
}
