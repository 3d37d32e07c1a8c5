package import ForgeCore
package import ForgeSandbox
import Glibc
package import SystemPackage

/// Makes a cleanroom: the stripped executable, redacted documents, licence texts, data files and `TASK.md`.
package struct Sealer: Sendable {
  /// The recipe.
  package var recipe: Recipe
  /// SPDX expression of the program; the recipe's, or what `debian/copyright` says where the recipe has none.
  package var license: String
  /// The upstream tree.
  package var checkout: FilePath
  /// The executable as it was built, with symbols.
  package var executable: FilePath
  /// The directory that holds `docs/` and `licenses/` as they were gathered.
  package var documents: FilePath
  /// Upstream paths of the documents, which are no secret.
  package var documentSources: Set<String>
  /// The sandbox over the tools root, which holds binutils.
  package var tools: Sandbox
  /// The run root; nil for the host's own system.
  package var runRoot: FilePath?
  /// Directories in which the program was built.
  package var buildPaths: [String]
  /// Names that lead to the source.
  package var identity: UpstreamIdentity
  /// Toolchains of the solve root, for `TASK.md`.
  package var toolchains: [String]
  /// What building a submission may use, for `TASK.md`.
  package var submission: SubmissionLimits

  /// Describes the sealing; nothing is done.
  package init(
    recipe: Recipe, license: String, checkout: FilePath, executable: FilePath, documents: FilePath,
    documentSources: Set<String>, tools: Sandbox, runRoot: FilePath?, buildPaths: [String] = ["/build"],
    identity: UpstreamIdentity? = nil, toolchains: [String] = [], submission: SubmissionLimits = .init()
  ) {
    self.recipe = recipe
    self.license = license
    self.checkout = checkout
    self.executable = executable
    self.documents = documents
    self.documentSources = documentSources
    self.tools = tools
    self.runRoot = runRoot
    self.buildPaths = buildPaths
    self.toolchains = toolchains
    self.submission = submission
    self.identity = identity ?? Self.identity(recipe, checkout)
  }

  /// What the program is called.
  private static func program(_ recipe: Recipe) -> String {
    recipe.executable.split(separator: "/").last.map(String.init) ?? "program"
  }

  private static func identity(_ recipe: Recipe, _ checkout: FilePath) -> UpstreamIdentity {
    let files = ["debian/control", "debian/copyright", "debian/upstream/metadata"].compactMap {
      (try? FileDescriptor.readAll(checkout.appending($0))).map { String(decoding: $0, as: UTF8.self) }
    }
    return UpstreamIdentity(recipe.upstream, programs: [program(recipe)], debianFiles: files)
  }

  /// Writes the cleanroom and says what was done and found.
  ///
  /// Findings of the leak scan are in the report, not thrown: what is to be done about them is the caller's to say.
  ///
  /// - Parameter cleanroom: a directory that does not exist.
  /// - Returns: the report.
  /// - Throws: `seal.executable`, `seal.library`, `seal.license`, `core.system`, `core.cancelled`.
  package func seal(into cleanroom: FilePath) async throws -> SealReport {
    try cleanroom.makeDirectory(parents: true)
    let licenseReport = try LicenseReport(
      expression: license, texts: try licenseTexts(), noLicense: recipe.noLicense)
    let target = cleanroom.appending("executable")
    let treatment = try await Stripper(tools: tools).strip(executable, to: target)
    let libraries = try LibraryClosure(root: runRoot).libraries(of: executable)
    guard recipe.link == .dynamic || libraries.isEmpty else {
      throw ForgeError(
        .sealExecutable,
        "the recipe says `link: static`, but the executable loads \(libraries.map(\.name).joined(separator: ", ")); add "
          + "-static to the link step, or say `link: dynamic`", path: executable.string)
    }
    let replacements = try copyDocuments(to: cleanroom)
    let assets = try copyAssets(to: cleanroom)
    try FileDescriptor.writeNew(
      cleanroom.appending("TASK.md"), Array(taskText(cleanroom, assets: assets).markdown.utf8))
    let unstripped = try Digest(ofFile: executable)
    let stripped = try FileDescriptor.readAllOfMode0111(target)
    let code = try UpstreamCode(checkout: checkout, documents: documentSources.union(assets))
    let leaks = try LeakScan(code: code, identity: identity, buildPaths: buildPaths)
      .scan(cleanroom, unscanned: Set(assets), waivers: recipe.waivers)
    return SealReport(
      executable: .init(
        digest: Digest(of: stripped), bytes: stripped.count, unstripped: unstripped, libraries: libraries,
        moduleData: treatment),
      files: try digests(of: cleanroom), replacements: replacements, leaks: leaks, license: licenseReport)
  }

  private func relative(_ file: FilePath, to directory: FilePath) -> String {
    String(file.string.dropFirst(directory.string.count).drop { $0 == "/" })
  }

  private func licenseTexts() throws -> [(path: String, bytes: [UInt8])] {
    let directory = documents.appending("licenses")
    guard directory.isDirectory else { return [] }
    return try directory.regularFiles().map { (relative($0, to: directory), try FileDescriptor.readAll($0)) }
  }

  /// Copies documents redacted, and licence texts as they are: a licence asks to be passed on unchanged.
  private func copyDocuments(to cleanroom: FilePath) throws -> [Replacement] {
    let redactor = Redactor(identity)
    var replacements: [Replacement] = []
    for file in documents.regularFiles() {
      let path = relative(file, to: documents)
      guard path.hasPrefix("docs/") || path.hasPrefix("licenses/") else { continue }
      var bytes = try FileDescriptor.readAll(file)
      if path.hasPrefix("docs/") {
        let redacted = redactor.redact(bytes, path: path)
        bytes = redacted.bytes
        replacements += redacted.replacements
      }
      try write(bytes, at: path, in: cleanroom)
    }
    return replacements
  }

  private func copyAssets(to cleanroom: FilePath) throws -> [String] {
    guard !recipe.surface.assets.isEmpty else { return [] }
    let all = checkout.regularFiles().map { relative($0, to: checkout) }
    var assets: Set<String> = []
    for pattern in recipe.surface.assets {
      let matches = all.filter(pattern.matches)
      guard !matches.isEmpty else {
        throw ForgeError(
          .system, "surface.assets names \(pattern.text), which no file of the checkout matches; correct the recipe",
          path: checkout.string)
      }
      assets.formUnion(matches)
    }
    for path in assets.sorted() {
      try write(FileDescriptor.readAll(checkout.appending(path)), at: path, in: cleanroom)
    }
    return assets.sorted()
  }

  private func write(_ bytes: [UInt8], at path: String, in directory: FilePath) throws {
    let file = directory.appending(path)
    guard !file.exists else {
      throw ForgeError(.system, "two files of the cleanroom have one name; rename one in the recipe", path: path)
    }
    try file.removingLastComponent().makeDirectory(parents: true)
    try FileDescriptor.writeNew(file, bytes)
  }

  private func taskText(_ cleanroom: FilePath, assets: [String]) -> TaskText {
    let paths = cleanroom.regularFiles().map { relative($0, to: cleanroom) }
    return TaskText(
      program: Self.program(recipe), documents: paths.filter { $0.hasPrefix("docs/") },
      licenses: paths.filter { $0.hasPrefix("licenses/") }, assets: assets, environment: recipe.surface.env,
      ignored: recipe.surface.ignore, limits: recipe.limits.ofCase, build: submission, toolchains: toolchains,
      denied: recipe.deny)
  }

  private func digests(of cleanroom: FilePath) throws -> [String: Digest] {
    var found: [String: Digest] = [:]
    for file in cleanroom.regularFiles() {
      found[relative(file, to: cleanroom)] = Digest(of: try FileDescriptor.readAllOfMode0111(file))
    }
    return found
  }
}
