/// Files whose content a document shows: blocks titled with a name, and fences that carry one.
struct ShownFiles {
  let programs: Set<String>

  private static let most = 40

  /// The content by name; of two blocks with one title the first.
  func read(_ manual: ManualText) -> [String: String] {
    var found: [String: String] = [:]
    var fence: (start: Int, title: String?)?
    for (index, line) in manual.lines.enumerated() where found.count < Self.most {
      if line.text.hasPrefix("```") || line.text.hasPrefix("~~~") {
        if let open = fence {
          keep(manual, open.start..<index, title: open.title, &found)
          fence = nil
        } else {
          fence = (index + 1, Self.title(ofFence: line.text) ?? Self.title(above: index, manual))
        }
      } else if fence == nil, let title = Self.title(above: index, manual), Self.isBlockStart(manual, index) {
        let end = Self.end(of: index, manual)
        keep(manual, index..<end, title: title, &found)
      }
    }
    return found
  }

  private func keep(_ manual: ManualText, _ range: Range<Int>, title: String?, _ found: inout [String: String]) {
    guard let title, let first = range.first, found[title] == nil, range.count <= 200 else { return }
    // A session or a command about the file is not the file.
    let text = manual.lines[first].text
    guard !["$ ", "% ", "# $"].contains(where: { text.hasPrefix($0) }),
      !programs.contains(text.split(separator: " ").first.map(String.init) ?? "")
    else { return }
    found[title] = manual.text(
      of: range, indent: range.map { manual.lines[$0] }.filter { !$0.isBlank }.map(\.indent).min() ?? 0)
  }

  /// Whether a word is a plain file name with an ending, in this directory or one below.
  static func isFileName(_ word: String) -> Bool {
    guard (3...60).contains(word.count), !word.hasPrefix("/"), !word.hasPrefix("-"), !word.contains(".."),
      word.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-+/".contains($0)) }),
      let dot = word.lastIndex(of: "."), dot > word.startIndex
    else { return false }
    let ending = word[word.index(after: dot)...]
    return (1...8).contains(ending.count) && ending.first?.isLetter == true
      && ending.allSatisfy { $0.isLetter || $0.isNumber } && !["e.g", "i.e"].contains(word.lowercased())
  }

  /// The lines below a command that shows a file, up to the next prompt, fence or less indented line.
  static func body(_ manual: ManualText, from start: Int, indent: Int) -> String? {
    var end = start
    while end < manual.lines.count, end - start < 200 {
      let line = manual.lines[end]
      if line.text.hasPrefix("$ ") || line.text.hasPrefix("% ") || line.text.hasPrefix("```") { break }
      if line.isBlank {
        // A blank line belongs to the file only within a block that goes on as a session.
        let rest = manual.lines[end...].prefix(40).drop { $0.isBlank }
        guard let next = rest.first, next.indent >= indent, indent > 0, !next.text.hasPrefix("$ ") else { break }
      } else if line.indent < indent {
        break
      }
      end += 1
    }
    return end > start ? manual.text(of: start..<end, indent: indent) : nil
  }

  /// The name in a fence such as ```` ```json title="data.json" ````.
  private static func title(ofFence text: String) -> String? {
    text.drop { "`~".contains($0) }.split { " {}=\"',:".contains($0) }.map(String.init).first(where: isFileName)
  }

  /// The name in the line above a block, which is that name alone or ends in a colon and has one name.
  private static func title(above index: Int, _ manual: ManualText) -> String? {
    var above = index - 1
    if above >= 0, manual.lines[above].isBlank { above -= 1 }
    guard above >= 0, !manual.lines[above].isBlank, manual.lines[above].text.count < 100 else { return nil }
    let text = manual.lines[above].text
    let bare = text.trimming("#*`:_\"' ")
    if isFileName(bare) { return bare }
    guard text.trimming("*_ ").hasSuffix(":") else { return nil }
    let names = text.split { " `*\"',:()".contains($0) }.map(String.init).filter(isFileName)
    return names.count == 1 ? names[0] : nil
  }

  /// Whether an indented block begins: deeper than its title, behind a blank line or right below.
  private static func isBlockStart(_ manual: ManualText, _ index: Int) -> Bool {
    guard !manual.lines[index].isBlank, index > 0 else { return false }
    let above = manual.lines[index - 1].isBlank ? index - 2 : index - 1
    return above >= 0 && manual.lines[index].indent > manual.lines[above].indent + 1
  }

  private static func end(of start: Int, _ manual: ManualText) -> Int {
    var end = start
    let indent = manual.lines[start].indent
    while end < manual.lines.count, end - start < 200 {
      let line = manual.lines[end]
      if line.isBlank {
        guard let next = manual.lines[end...].first(where: { !$0.isBlank }), next.indent >= indent else { break }
      } else if line.indent < indent {
        break
      }
      end += 1
    }
    return end
  }
}
