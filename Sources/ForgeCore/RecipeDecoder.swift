/// Makes a ``Recipe`` of a YAML text, or one error that carries everything that is wrong with it.
package struct RecipeDecoder {
  var reader: RecipeReader

  private init(path: String) { reader = RecipeReader(path: path) }

  /// Decodes a recipe.
  ///
  /// - Parameters:
  ///   - text: The whole file.
  ///   - path: The file's name as messages shall show it; its last component has to be the id with `.yaml`, unless it
  ///     is nil or has another extension.
  /// - Returns: The recipe, valid in itself; whether its packages and files exist is for later stages to say.
  /// - Throws: ``ForgeError`` with a line and a column, its `others` in the order of the file.
  package static func decode(_ text: String, path: String? = nil) throws(ForgeError) -> Recipe {
    let (_, recipe, failure) = read(text, path: path)
    if let failure { throw failure }
    guard let recipe else {
      throw ForgeError(.recipeSyntax, "The file holds no recipe.", path: path, line: 1, column: 1)
    }
    return recipe
  }

  /// Decodes as far as possible, keeping the document for later messages.
  static func read(_ text: String, path: String?) -> (document: YAMLValue?, recipe: Recipe?, failure: ForgeError?) {
    var decoder = RecipeDecoder(path: path ?? "recipe")
    let document = YAMLComposer.compose(text, problems: &decoder.reader.problems)
    var recipe: Recipe?
    if let document { recipe = decoder.recipe(document, fileName: path.map(fileName)) }
    let failure = decoder.reader.problems.failure
    return (document, failure == nil ? recipe : nil, failure)
  }

  private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  private static let keys = [
    "schema", "id", "upstream", "language", "license", "license_files", "no_license", "suite", "packages", "runtime",
    "link", "fetch", "build", "version", "executable", "docs", "surface", "deny", "limits", "waivers", "budget",
  ]

  private mutating func recipe(_ document: YAMLValue, fileName: String?) -> Recipe? {
    guard let fields = RecipeFields(document, name: "", keys: Self.keys, problems: &reader.problems) else { return nil }
    if let schema = fields.required("schema", "write 'schema: 1'.", problems: &reader.problems) {
      checkSchema(schema)
    }
    let id = fields.required("id", "it is the file's name without '.yaml'.", problems: &reader.problems)
    let idText = reader.text(id, "id")
    let upstream = self.upstream(fields)
    if let id, let idText { checkID(idText, upstream, fileName, at: id.mark) }
    let language: Recipe.Language? = reader.word(
      fields.required("language", "one of c, cpp, rust, go, haskell, java.", problems: &reader.problems), "language")
    let suite: Recipe.Suite? = reader.word(
      fields.required("suite", "the Debian suite of the roots, bookworm or trixie.", problems: &reader.problems),
      "suite")
    let link: Recipe.Linkage? = reader.word(
      fields.required("link", "static, or dynamic where the program does not allow it.", problems: &reader.problems),
      "link")
    let buildValue = fields.required(
      "build", "the argument vectors that make the executable.", problems: &reader.problems)
    let build = reader.steps(buildValue, "build")
    if let buildValue, case .sequence(let steps) = buildValue.content, steps.isEmpty {
      reader.add(.recipeBadValue, "'build' has no step.", at: buildValue.mark)
    }
    let executable = reader.path(
      fields.required("executable", "the path of the file the build makes.", problems: &reader.problems), "executable")
    let license = licence(fields, upstream: upstream)
    let rest = Recipe(
      id: idText ?? "", upstream: upstream ?? .git(url: "", commit: ""), language: language ?? .c,
      license: license.expression, licenseFiles: license.files, noLicense: license.none, suite: suite ?? .bookworm,
      packages: packages(fields, upstream: upstream), runtime: debianPackages(fields, "runtime") ?? [],
      link: link ?? .static, fetch: reader.steps(fields.optional("fetch"), "fetch") ?? [], build: build ?? [],
      version: reader.text(fields.optional("version"), "version"), executable: executable ?? "",
      docs: documents(fields.optional("docs")), surface: surface(fields.optional("surface")),
      deny: debianPackages(fields, "deny") ?? [], limits: limits(fields.optional("limits")),
      waivers: waivers(fields.optional("waivers")), budget: budget(fields.optional("budget")))
    return reader.problems.errors.isEmpty ? rest : nil
  }

  private mutating func checkSchema(_ value: YAMLValue) {
    guard let number = reader.number(value, "schema", in: 1...1_000_000), number != Recipe.schema else { return }
    reader.add(
      .recipeBadValue, "This taskforge reads recipes of schema \(Recipe.schema), not \(number). Use a newer one.",
      at: value.mark)
  }

  private mutating func checkID(
    _ id: String, _ upstream: Recipe.Upstream?, _ fileName: String?, at mark: YAMLValue.Mark
  ) {
    if let complaint = RecipeID.complaint(id) {
      reader.add(.recipeBadID, "'\(id)' is no id: \(complaint)", at: mark)
    } else if let expected = upstream?.id, expected != id {
      reader.add(.recipeBadID, "'\(id)' is not the id of this upstream, which is '\(expected)'.", at: mark)
    }
    guard let fileName, fileName.hasSuffix(".yaml") || fileName.hasSuffix(".yml") else { return }
    if fileName != "\(id).yaml" {
      reader.add(.recipeBadID, "The file is named '\(fileName)', but its id asks for '\(id).yaml'.", at: mark)
    }
  }
}

extension RecipeDecoder {
  private mutating func packages(_ fields: RecipeFields, upstream: Recipe.Upstream?) -> [String]? {
    if case .git = upstream {
      _ = fields.required("packages", "the Debian packages of the build root.", problems: &reader.problems)
    }
    return debianPackages(fields, "packages")
  }

  private mutating func debianPackages(_ fields: RecipeFields, _ key: String) -> [String]? {
    reader.texts(fields.optional(key), key) { name in
      RecipeID.isPackageName(name)
        ? nil
        : "is no name of a Debian package: lower-case letters, digits, '+', '-' and '.', from a letter or digit on."
    }
  }

  private mutating func documents(_ value: YAMLValue?) -> Recipe.Documents {
    var documents = Recipe.Documents()
    let keys = ["include", "man", "probe"]
    guard let value, let fields = RecipeFields(value, name: "docs", keys: keys, problems: &reader.problems) else {
      return documents
    }
    documents.include = reader.patterns(fields.optional("include"), "docs.include") ?? []
    documents.man = reader.patterns(fields.optional("man"), "docs.man") ?? []
    documents.probe = reader.arguments(fields.optional("probe"), "docs.probe") ?? Recipe.Documents.usualProbes
    return documents
  }

  private mutating func surface(_ value: YAMLValue?) -> Recipe.Surface {
    var surface = Recipe.Surface()
    let keys = ["stdin", "files", "args", "assets", "seeds", "harvest", "tables", "ignore", "env"]
    guard let value, let fields = RecipeFields(value, name: "surface", keys: keys, problems: &reader.problems) else {
      return surface
    }
    surface.stdin = kinds(fields.optional("stdin"), "surface.stdin")
    surface.files = kinds(fields.optional("files"), "surface.files")
    surface.args = reader.arguments(fields.optional("args"), "surface.args", kinds: surface.files) ?? []
    surface.assets = reader.patterns(fields.optional("assets"), "surface.assets") ?? []
    surface.seeds = reader.patterns(fields.optional("seeds"), "surface.seeds") ?? []
    surface.harvest = reader.steps(fields.optional("harvest"), "surface.harvest") ?? []
    surface.tables = tables(fields.optional("tables"))
    for (entry, reason) in reader.table(fields.optional("ignore"), "surface.ignore", empty: false) ?? [] {
      if let stream = Recipe.Stream(rawValue: entry.key) {
        surface.ignore[stream] = reason
      } else {
        let advice = NearestWord.advice(entry.key, among: Recipe.Stream.allCases.map(\.rawValue))
        reader.add(
          .recipeUnknownKey, "'\(entry.key)' is no part of an outcome that can be ignored. \(advice)", at: entry.mark)
      }
    }
    for (entry, text) in reader.table(fields.optional("env"), "surface.env", empty: true) ?? [] {
      if RecipeID.isVariableName(entry.key) {
        surface.env[entry.key] = text
      } else {
        reader.add(
          .recipeBadValue, "'\(entry.key)' is no name of a variable: letters, digits and '_', not from a digit on.",
          at: entry.mark)
      }
    }
    return surface
  }

  /// One kind may stand without brackets.
  private mutating func kinds(_ value: YAMLValue?, _ name: String) -> [Recipe.InputKind] {
    if let value, case .scalar(_, .text) = value.content {
      return reader.word(value, name, as: Recipe.InputKind.self).map { [$0] } ?? []
    }
    return reader.words(value, name, as: Recipe.InputKind.self) ?? []
  }

  private mutating func limits(_ value: YAMLValue?) -> Recipe.Limits {
    var limits = Recipe.Limits()
    guard let value,
      let fields = RecipeFields(
        value, name: "limits", keys: Recipe.Limits.fields.map(\.key), problems: &reader.problems)
    else { return limits }
    for field in Recipe.Limits.fields {
      if let number = reader.number(fields.optional(field.key), "limits.\(field.key)", in: field.range) {
        limits[keyPath: field.path] = number
      }
    }
    return limits
  }

  private mutating func budget(_ value: YAMLValue?) -> Recipe.Budget {
    var budget = Recipe.Budget()
    let keys = ["cases", "executions", "mutants", "aims", "input"]
    guard let value, let fields = RecipeFields(value, name: "budget", keys: keys, problems: &reader.problems) else {
      return budget
    }
    if let cases = reader.number(fields.optional("cases"), "budget.cases", in: 1...100_000) { budget.cases = cases }
    if let runs = reader.number(fields.optional("executions"), "budget.executions", in: 1...1_000_000_000) {
      budget.executions = runs
    }
    if let count = reader.number(fields.optional("mutants"), "budget.mutants", in: 0...100_000) {
      budget.mutants = count
    }
    if let runs = reader.number(fields.optional("aims"), "budget.aims", in: 0...1_000_000_000) { budget.aims = runs }
    guard let input = fields.optional("input"),
      let parts = RecipeFields(input, name: "budget.input", keys: ["bytes", "reason"], problems: &reader.problems)
    else { return budget }
    let bytes = parts.required("bytes", "the largest whole input of a case.", problems: &reader.problems)
    let reason = parts.required("reason", "why cases need more than 16 KiB.", problems: &reader.problems)
    budget.inputBytes = reader.number(bytes, "budget.input.bytes", in: 1...(64 << 20)) ?? budget.inputBytes
    budget.inputReason = reader.text(reason, "budget.input.reason")
    return budget
  }

  private mutating func waivers(_ value: YAMLValue?) -> [Recipe.Waiver] {
    (reader.list(value, "waivers") ?? []).compactMap { item in
      let keys = ["artefact", "digest", "reason"]
      guard let fields = RecipeFields(item, name: "waivers", keys: keys, problems: &reader.problems) else { return nil }
      let artefact = reader.path(
        fields.required("artefact", "the one file it holds for.", problems: &reader.problems), "waivers.artefact")
      let digestValue = fields.required("digest", "the SHA-256 of that file.", problems: &reader.problems)
      let digest = reader.text(digestValue, "waivers.digest")
      let reason = reader.text(
        fields.required("reason", "why the finding is none.", problems: &reader.problems), "waivers.reason")
      guard let artefact, let digest, let reason else { return nil }
      guard let digest = Digest(hex: digest) else {
        reader.add(
          .recipeBadValue, "'\(digest)' is no SHA-256 digest of 64 hexadecimal digits.",
          at: digestValue?.mark ?? item.mark)
        return nil
      }
      return Recipe.Waiver(artefact: artefact, digest: digest, reason: reason)
    }
  }
}
