extension Recipe {
  /// Upstream files that hold many inputs each, and how one is told from the next.
  ///
  /// A file is cut into records, a record into fields, and the fields fill the places of a call: `{1}` is the first
  /// field, `{2-}` the second and all behind it, as they stand in the file.
  package struct Table: Sendable, Hashable {
    /// What parts one record from the next.
    package enum Records: String, Sendable, Hashable, CaseIterable {
      /// Empty lines.
      case paragraphs
      /// The end of a line: each line is a record.
      case lines
      /// Nothing: a file is one record.
      case files
    }
    /// Where the records are.
    package var files: [Pattern]
    /// What parts records, where ``mark`` is nil.
    package var records: Records
    /// A record begins behind each line that begins with this; what stands before the first is none.
    package var mark: String?
    /// Lines that begin with one of these are left out.
    package var comments: [String]
    /// What parts the fields of a record; nil for the ends of lines.
    package var split: String?
    /// The arguments of the call.
    package var args: [String]
    /// Standard input of the call; nil for none.
    package var stdin: String?
    /// Files of the call by path.
    package var tree: [String: String]

    /// Describes a table.
    package init(
      files: [Pattern], records: Records = .paragraphs, mark: String? = nil, comments: [String] = [],
      split: String? = nil, args: [String] = [], stdin: String? = nil, tree: [String: String] = [:]
    ) {
      self.files = files
      self.records = records
      self.mark = mark
      self.comments = comments
      self.split = split
      self.args = args
      self.stdin = stdin
      self.tree = tree
    }

    /// Every text with places.
    package var templates: [String] { args + (stdin.map { [$0] } ?? []) + tree.sorted { $0.key < $1.key }.map(\.value) }

    /// A place in a template: a field by its number from 1, and whether all behind it belong to it too.
    package struct Place: Sendable, Hashable {
      /// The field's number.
      package var number: Int
      /// Whether it stands for the rest of the record.
      package var isRest: Bool
    }

    /// Cuts a template into texts and places; braces around anything but a number stand for themselves.
    package static func parts(of template: String) -> [(text: String, place: Place?)] {
      var parts: [(String, Place?)] = []
      var text = ""
      var rest = Substring(template)
      while let open = rest.firstIndex(of: "{") {
        text += rest[..<open]
        let inside = rest[rest.index(after: open)...].prefix { $0 != "}" && $0 != "{" }
        let isRest = inside.hasSuffix("-")
        let digits = isRest ? inside.dropLast() : inside
        if inside.endIndex < rest.endIndex, rest[inside.endIndex] == "}", (1...4).contains(digits.utf8.count),
          digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits)
        {
          parts.append((text, Place(number: number, isRest: isRest)))
          text = ""
          rest = rest[rest.index(after: inside.endIndex)...]
        } else {
          text += "{"
          rest = rest[rest.index(after: open)...]
        }
      }
      return parts + [(text + rest, nil)]
    }
  }
}
