extension RecipeDecoder {
  /// The source, in one of its two forms.
  mutating func upstream(_ fields: RecipeFields) -> Recipe.Upstream? {
    let hint = "{git: URL, commit: SHA} or {debian: PACKAGE, version: VERSION}."
    guard let value = fields.required("upstream", hint, problems: &reader.problems) else { return nil }
    guard case .mapping(let entries) = value.content else {
      reader.add(.recipeWrongType, "'upstream' is \(hint) This is \(value.found).", at: value.mark)
      return nil
    }
    // The form that more of the keys belong to is the one a misspelt key is measured against.
    let written = entries.map(\.key)
    let debian = written.contains { ["debian", "version", "patches"].contains($0) }
    return debian && !written.contains("git") ? self.debian(value) : git(value)
  }

  private mutating func git(_ value: YAMLValue) -> Recipe.Upstream? {
    let keys = ["git", "commit"]
    guard let fields = RecipeFields(value, name: "upstream", keys: keys, problems: &reader.problems) else { return nil }
    let urlValue = fields.required("git", "the repository's URL.", problems: &reader.problems)
    let commitValue = fields.required("commit", "the full commit, 40 digits.", problems: &reader.problems)
    var url = reader.text(urlValue, "upstream.git")
    if let text = url, let complaint = Self.complaint(url: text) {
      reader.add(.recipeBadValue, "'\(text)' \(complaint)", at: urlValue?.mark ?? value.mark)
      url = nil
    }
    let commit = commitValue.flatMap { self.commit($0) }
    guard let commit, let url else { return nil }
    return .git(url: url, commit: commit)
  }

  /// Commits of digits alone are read as numbers by YAML, so the text counts whatever its type.
  private mutating func commit(_ value: YAMLValue) -> String? {
    guard case .scalar(let text, let kind) = value.content, kind != .null else {
      reader.add(.recipeWrongType, "'upstream.commit' is a commit; this is \(value.found).", at: value.mark)
      return nil
    }
    if RecipeID.isHex(text, digits: 40) { return text }
    let advice =
      if RecipeID.isHex(text.lowercased(), digits: 40) {
        "write it in lower case."
      } else if text.count < 40, RecipeID.isHex(text, digits: text.count), text.count >= 4 {
        "it has \(text.count) digits: write all 40, a short one may become ambiguous."
      } else {
        "a commit is 40 lower-case hexadecimal digits; branches and tags move."
      }
    reader.add(.recipeBadValue, "'\(text)' is no full commit: \(advice)", at: value.mark)
    return nil
  }

  private static func complaint(url: String) -> String? {
    if url.contains(where: \.isWhitespace) { return "holds white space, which no URL does." }
    if let scheme = url.firstRange(of: "://") {
      let name = url[..<scheme.lowerBound].lowercased()
      let known = ["https", "http", "git", "ssh", "file"]
      guard known.contains(name) else {
        return "has a scheme that cannot be fetched. \(NearestWord.advice(name, among: known))"
      }
      let authority = url[scheme.upperBound...].prefix { $0 != "/" }
      if let at = authority.firstIndex(of: "@"), authority[..<at].contains(":") || name.hasPrefix("http") {
        return "carries credentials, which a recipe must not: use git's credential helpers or --mirror."
      }
    }
    return Recipe.Upstream.ownerAndName(url) == nil
      ? "has no '<owner>/<repo>' at its end, from which the id is made." : nil
  }

  private mutating func debian(_ value: YAMLValue) -> Recipe.Upstream? {
    let keys = ["debian", "version", "patches"]
    guard let fields = RecipeFields(value, name: "upstream", keys: keys, problems: &reader.problems) else { return nil }
    let nameValue = fields.required("debian", "the name of the source package.", problems: &reader.problems)
    let versionValue = fields.required("version", "the source package's full version.", problems: &reader.problems)
    var name = reader.text(nameValue, "upstream.debian")
    var version = reader.text(versionValue, "upstream.version")
    let patches = patches(fields.optional("patches"))
    if let text = name, !RecipeID.isPackageName(text) {
      reader.add(.recipeBadValue, "'\(text)' is no name of a Debian source package.", at: nameValue?.mark ?? value.mark)
      name = nil
    }
    if let text = version, !RecipeID.isDebianVersion(text) {
      reader.add(.recipeBadValue, "'\(text)' is no Debian version.", at: versionValue?.mark ?? value.mark)
      version = nil
    }
    guard let name, let version, let patches else { return nil }
    return .debian(package: name, version: version, patches: patches)
  }

  private mutating func patches(_ value: YAMLValue?) -> Recipe.Patches? {
    guard let value else { return .named([]) }
    if case .scalar(let text, .text) = value.content {
      if text == "all" { return .all }
      reader.add(.recipeBadValue, "'upstream.patches' is 'all' or a list of names of the series.", at: value.mark)
      return nil
    }
    return reader.texts(value, "upstream.patches") { name in
      RecipeReader.complaint(path: name)
    }.map { .named($0) }
  }

  /// What the recipe says of its licence.
  mutating func licence(
    _ fields: RecipeFields, upstream: Recipe.Upstream?
  ) -> (expression: String?, files: [Recipe.Pattern], none: String?) {
    if case .git = upstream {
      _ = fields.required("license", "an SPDX expression, such as MIT.", problems: &reader.problems)
    }
    let value = fields.optional("license")
    let expression = reader.text(value, "license")
    if let value, let expression, let complaint = RecipeLicense.complaint(expression) {
      reader.add(.recipeBadValue, "'\(expression)' is no SPDX expression: \(complaint)", at: value.mark)
    }
    let files = reader.patterns(fields.optional("license_files"), "license_files") ?? []
    let none = reader.text(fields.optional("no_license"), "no_license")
    if none != nil, fields.optional("license_files") != nil {
      reader.add(
        .recipeBadValue, "'no_license' says that there is no licence file, and 'license_files' names some. Keep one.",
        at: fields.place("no_license"))
    }
    return (expression, files, none)
  }
}
