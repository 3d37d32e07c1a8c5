/// Paragraphs of `Name: value` fields, the format of apt's output and of deb822 source files.
///
/// Source: deb-control(5) and deb822(5). Field names are compared without case; continuation lines keep their line
/// breaks without the leading blank.
package struct ControlFile: Sendable {
  /// One paragraph.
  package struct Paragraph: Sendable {
    private var fields: [String: String] = [:]

    /// The value of a field; nil where it is missing.
    package subscript(name: String) -> String? { fields[name.lowercased()] }

    /// The words of a field, split at blanks, commas and line breaks.
    package func words(_ name: String) -> [String] {
      (self[name] ?? "").split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
    }

    fileprivate mutating func add(_ name: Substring, _ value: String) { fields[name.lowercased()] = value }
    fileprivate mutating func extend(_ name: Substring, _ line: String) {
      fields[name.lowercased(), default: ""] += "\n" + line
    }
    fileprivate var isEmpty: Bool { fields.isEmpty }
  }

  /// The paragraphs in their order.
  package let paragraphs: [Paragraph]

  /// Reads paragraphs; lines that are neither a field, a continuation nor a comment are left out.
  package init(_ text: String) {
    var found: [Paragraph] = []
    var paragraph = Paragraph()
    var last: Substring?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) {
        if !paragraph.isEmpty { found.append(paragraph) }
        paragraph = Paragraph()
        last = nil
      } else if line.first == "#" {
        continue
      } else if line.first == " " || line.first == "\t" {
        if let last { paragraph.extend(last, line.trimmingBlanks) }
      } else if let colon = line.firstIndex(of: ":") {
        let name = line[..<colon]
        paragraph.add(name, line[line.index(after: colon)...].trimmingBlanks)
        last = name
      }
    }
    if !paragraph.isEmpty { found.append(paragraph) }
    paragraphs = found
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  var trimmingBlanks: String {
    let start = firstIndex(where: { !$0.isWhitespace }) ?? endIndex
    let end = lastIndex(where: { !$0.isWhitespace }).map { index(after: $0) } ?? start
    return String(self[start..<end])
  }
}
