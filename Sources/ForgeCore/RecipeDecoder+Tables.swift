extension RecipeDecoder {
  private static let tableKeys = ["files", "records", "mark", "comments", "split", "args", "stdin", "tree"]

  /// The tables of `surface.tables`.
  mutating func tables(_ value: YAMLValue?) -> [Recipe.Table] {
    (reader.list(value, "surface.tables") ?? []).enumerated().compactMap { index, item in
      table(item, "surface.tables[\(index)]")
    }
  }

  private mutating func table(_ value: YAMLValue, _ name: String) -> Recipe.Table? {
    guard let fields = RecipeFields(value, name: name, keys: Self.tableKeys, problems: &reader.problems) else {
      return nil
    }
    let filesValue = fields.required("files", "patterns of the files to split.", problems: &reader.problems)
    var table = Recipe.Table(files: reader.patterns(filesValue, "\(name).files") ?? [])
    if let filesValue, case .sequence(let items) = filesValue.content, items.isEmpty {
      reader.add(.recipeBadValue, "'\(name).files' names no file.", at: filesValue.mark)
    }
    if let records: Recipe.Table.Records = reader.word(fields.optional("records"), "\(name).records") {
      table.records = records
    }
    table.mark = line(fields.optional("mark"), "\(name).mark")
    if fields.optional("mark") != nil, let records = fields.optional("records") {
      reader.add(
        .recipeBadValue, "'\(name).mark' says where records begin, and so does 'records': keep one of them.",
        at: records.mark)
    }
    table.comments =
      reader.texts(fields.optional("comments"), "\(name).comments") { text in
        text.contains(where: \.isNewline) ? "is more than one line." : nil
      } ?? []
    table.split = reader.text(fields.optional("split"), "\(name).split")
    let argsValue = fields.optional("args")
    let args = (reader.list(argsValue, "\(name).args") ?? []).enumerated().map { index, item in
      reader.text(item, "\(name).args[\(index)]", empty: true)
    }
    table.args = args.compactMap(\.self)
    table.stdin = reader.text(fields.optional("stdin"), "\(name).stdin", empty: true)
    for (entry, text) in reader.table(fields.optional("tree"), "\(name).tree", empty: true) ?? [] {
      if let complaint = RecipeReader.complaint(path: entry.key) {
        reader.add(.recipeBadPath, "The path '\(entry.key)' in '\(name).tree' \(complaint)", at: entry.mark)
      } else {
        table.tree[entry.key] = text
      }
    }
    check(table, name, at: argsValue?.mark ?? fields.mark)
    return table
  }

  private mutating func line(_ value: YAMLValue?, _ name: String) -> String? {
    guard let value, let text = reader.text(value, name) else { return nil }
    guard !text.contains(where: \.isNewline) else {
      reader.add(.recipeBadValue, "'\(name)' is the beginning of one line, and this is more than one.", at: value.mark)
      return nil
    }
    return text
  }

  /// A table whose calls are all the same, or that asks for a field before the first, is a mistake.
  private mutating func check(_ table: Recipe.Table, _ name: String, at mark: YAMLValue.Mark) {
    let places = table.templates.flatMap { Recipe.Table.parts(of: $0).compactMap(\.place) }
    if places.isEmpty {
      reader.add(
        .recipeBadValue,
        "'\(name)' puts no field anywhere: write {1}, {2} or {2-} in 'args', 'stdin' or 'tree'.", at: mark)
    } else if places.contains(where: { $0.number == 0 }) {
      reader.add(.recipeBadValue, "'\(name)' asks for the field {0}; the first is {1}.", at: mark)
    }
  }
}
