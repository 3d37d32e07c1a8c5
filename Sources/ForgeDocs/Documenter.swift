package import ForgeCore
package import ForgeSandbox
package import SystemPackage

/// Gathers what an agent may read: files of the upstream tree, rendered man pages, licence texts and help texts.
package struct Documenter: Sendable {
  /// Runs the program in a cell or a sandbox; ``CellPool``'s `run` fits.
  package typealias Run = @Sendable (Invocation) async throws -> Observation

  /// The upstream tree after checkout or build.
  package var checkout: FilePath
  /// The recipe's word on documents.
  package var declared: Recipe.Documents
  /// Patterns of licence files; empty takes the usual names.
  package var licenseFiles: [Recipe.Pattern]
  /// The names the documents use for the program, the first its file name.
  package var programs: [String]
  /// The sandbox over the tools root, which holds mandoc.
  package var tools: Sandbox

  /// Describes the gathering; nothing is done.
  package init(
    checkout: FilePath, declared: Recipe.Documents, licenseFiles: [Recipe.Pattern] = [], programs: [String],
    tools: Sandbox
  ) {
    self.checkout = checkout
    self.declared = declared
    self.licenseFiles = licenseFiles
    self.programs = programs
    self.tools = tools
  }

  /// Finds out, before anything is built, whether the files that a recipe names are there.
  ///
  /// - Throws: `docs.missing`, naming the pattern and the recipe's field.
  package static func check(
    _ declared: Recipe.Documents, licenseFiles: [Recipe.Pattern], in checkout: FilePath
  ) throws {
    let files = try CheckoutFiles(checkout)
    _ = try files.matching(declared.include, field: "docs.include")
    _ = try files.matching(declared.man, field: "docs.man")
    _ = try files.matching(licenseFiles, field: "license_files")
  }

  /// Writes `docs/` and `licenses/` into a directory.
  ///
  /// - Parameters:
  ///   - directory: a fresh directory, made where missing.
  ///   - run: runs the program; nil leaves the help texts out.
  /// - Returns: what was written and from where.
  /// - Throws: `docs.missing` for a declared document that is not there, `docs.render`, `core.system`, `core.cancelled`.
  package func gather(into directory: FilePath, run: Run?) async throws -> DocumentReport {
    let files = try CheckoutFiles(checkout)
    var writer = DocumentWriter(directory: directory)
    let include = declared.include.isEmpty ? [] : try files.matching(declared.include, field: "docs.include")
    let pages = try manPages(files)
    let readmes = files.paths.filter { !$0.contains("/") && $0.lowercased().hasPrefix("readme") }
    for path in Set(include + readmes).subtracting(pages) {
      try writer.add(files.read(path), at: "docs/" + Self.place(path), origin: .upstream(path))
    }
    for path in pages { try await add(page: path, files, &writer) }
    let texts =
      licenseFiles.isEmpty
      ? LicenseFiles.find(in: files.paths) : try files.matching(licenseFiles, field: "license_files")
    for path in texts { try writer.add(files.read(path), at: "licenses/" + path, origin: .upstream(path)) }
    var probes: [ProbeRecord] = []
    if let run {
      var prober = HelpProber(run: run, programs: programs)
      let texts = try await prober.probe(declared: declared.probe)
      probes = prober.records
      for text in texts {
        try writer.add(Array(text.content.utf8), at: "docs/" + text.name, origin: .probe(text.argv))
      }
    }
    return writer.report(probes: probes)
  }

  /// Where an upstream path stands below `docs`; what taskforge makes itself keeps `help` and `man`.
  static func place(_ path: String) -> String {
    let first = path.split(separator: "/").first.map(String.init) ?? path
    return ["help", "man"].contains(first) ? "upstream/" + path : path
  }

  private func manPages(_ files: CheckoutFiles) throws -> [String] {
    if !declared.man.isEmpty { return try files.matching(declared.man, field: "docs.man") }
    return files.paths.filter { path in
      let name = path.split(separator: "/").last ?? ""
      return programs.contains { program in
        name.hasPrefix(program + ".") && name.count == program.count + 2 && "12345678".contains(name.last ?? " ")
      }
    }
  }

  private func add(page path: String, _ files: CheckoutFiles, _ writer: inout DocumentWriter) async throws {
    var roff = try files.read(path)
    if let target = ManPage.alias(roff) {
      let name = target.split(separator: "/").last ?? ""
      guard let page = files.paths.first(where: { $0.hasSuffix("/" + name) || $0 == name }) else {
        throw ForgeError(.documentMissing, "stands for \(target), which is not in the checkout", path: path)
      }
      roff = try files.read(page)
    }
    let name = String(path.split(separator: "/").last ?? "page")
    let text = try await ManPage(tools: tools).render(roff, path: path)
    let place = try writer.add(roff, at: "docs/man/" + name, origin: .upstream(path))
    try writer.add(Array(text.utf8), at: place + ".txt", origin: .rendered(path))
  }
}
