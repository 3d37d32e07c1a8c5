import ForgeCompile
import ForgeCore
import ForgeDocs
import ForgeRoot
import ForgeSandbox
import ForgeSeal
import SystemPackage

/// A sealed cleanroom in the store.
struct Sealed: Sendable {
  /// What is recorded of it.
  struct Record: Sendable, Codable {
    /// What sealing did and found.
    var report: SealReport
    /// Digest over the names and digests of everything below `docs/`.
    var documents: Digest

    var executable: SealReport.Executable { report.executable }
  }
  /// The stage's output; `cleanroom/` is what an agent sees.
  var directory: FilePath
  /// What is recorded of it.
  var record: Record

  var cleanroom: FilePath { directory.appending("cleanroom") }
  var executable: FilePath { cleanroom.appending(BuildReport.executableName) }
  var documents: FilePath { cleanroom.appending("docs") }
}

extension Pipeline {
  /// Makes the cleanroom; a finding of the leak scan that no waiver covers ends the build.
  ///
  /// - Throws: `seal.…`; `pipeline.gate` with every finding and the waiver that would accept it.
  func seal(
    _ recipe: Recipe, _ checkout: FetchedUpstream, license: String, reference: Staged<BuildReport>,
    documents: Staged<DocumentReport>, roots: TaskRoots
  ) async throws -> Sealed {
    let inputs: JSONValue = [
      "license": .string(license), "documents": .string(try Self.digest(below: documents.directory).hex),
      "tree": .string(checkout.tree),
      "reference": .string(reference.result.executable.digest.hex), "run": roots.run.key, "tools": roots.tools.key,
      "solve": roots.solve.key, "recipe": .string(Digest(of: RecipeEncoder.encode(recipe)).hex),
      "submission": try JSONValue(encoding: SubmissionLimits()),
    ]
    let staged = try await stage("seal", version: 10, detail: recipe.id, inputs: inputs) { work, _ in
      let sealer = try sealer(
        recipe, checkout, reference: reference, documents: documents, license: license, roots: roots)
      let report = try await sealer.seal(into: work.appending("cleanroom"))
      return Sealed.Record(
        report: report, documents: Self.digest(report.files.filter { $0.key.hasPrefix("docs/") }))
    }
    let sealed = Sealed(directory: staged.directory, record: staged.result)
    for note in staged.result.report.leaks.unusedWaivers + staged.result.report.license.notes {
      observe(.note("\(recipe.id): \(note)"))
    }
    guard staged.result.report.leaks.isClean else { throw Self.leaking(staged.result.report.leaks, recipe) }
    return sealed
  }

  /// The sealer of a task, to seal with or to repeat its scan.
  func sealer(
    _ recipe: Recipe, _ checkout: FetchedUpstream, reference: Staged<BuildReport>, documents: Staged<DocumentReport>,
    license: String, roots: TaskRoots
  ) throws -> Sealer {
    let sources = documents.result.documents.compactMap { document -> String? in
      switch document.origin {
      case .upstream(let path), .rendered(let path): path
      case .probe: nil
      }
    }
    return Sealer(
      recipe: recipe, license: license, checkout: checkout.directory,
      executable: reference.directory.appending(BuildReport.executableName), documents: documents.directory,
      documentSources: Set(sources + documents.result.licenses.map(\.path)),
      tools: Sandbox(root: roots.tools.directory, limits: Limits(wallSeconds: 300)), runRoot: roots.run.directory,
      identity: Self.identity(of: recipe, checkout), toolchains: Self.toolchains(roots.solve),
      submission: SubmissionLimits())
  }

  /// Names and addresses that lead to the source.
  static func identity(of recipe: Recipe, _ checkout: FetchedUpstream) -> UpstreamIdentity {
    let texts = ["control", "copyright", "upstream/metadata"].compactMap { name in
      checkout.packaging.flatMap { try? FileDescriptor.readAll($0.appending(name)) }
        .map { String(decoding: $0, as: UTF8.self) }
    }
    return UpstreamIdentity(recipe.upstream, programs: recipe.programNames, debianFiles: texts)
  }

  /// The SPDX expression of a program: the recipe's, else what `debian/copyright` tells.
  ///
  /// - Throws: `seal.license` where neither tells it.
  func license(_ recipe: Recipe, _ checkout: FetchedUpstream) throws -> String {
    if let license = recipe.license {
      _ = try Redistribution(LicenseExpression(license))
      return license
    }
    guard let file = checkout.packaging?.appending("copyright"), file.exists else {
      throw ForgeError(
        .sealLicense, "The recipe \(recipe.id) gives no licence and there is no debian/copyright; add 'license:'.")
    }
    let told = try DebianCopyright(String(decoding: FileDescriptor.readAll(file), as: UTF8.self)).expression
    observe(.note("\(recipe.id): the licence is \(told), as debian/copyright tells it"))
    return told
  }

  /// Compilers and interpreters of the solve root with their versions, as `TASK.md` lists them.
  static func toolchains(_ root: MadeRoot) -> [String] {
    let known = [
      ("gcc", "gcc"), ("g++", "g++"), ("rustc", "rustc"), ("cargo", "cargo"), ("golang-go", "go"), ("nodejs", "node"),
      ("java", "java"), ("python3", "python3"), ("perl", "perl"), ("cmake", "cmake"), ("make", "make"),
    ]
    var versions = Dictionary(
      (root.report?.packages ?? []).map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
    // The version of default-jdk is its own; the one of the compiler is that of the package it leads to.
    versions["java"] =
      root.report?.packages.first {
        $0.name.hasPrefix("openjdk-") && $0.name.hasSuffix("-jdk-headless")
      }?.version
    return known.compactMap { package, name in
      versions[package].map { version in
        let plain = version.drop { !$0.isNumber }.split(separator: ":").last.map(String.init) ?? version
        return "\(name) \(plain.prefix { $0.isNumber || $0 == "." })"
      }
    }
  }

  private static func leaking(_ leaks: LeakReport, _ recipe: Recipe) -> ForgeError {
    let lines = leaks.findings.prefix(20).map { finding in
      "  \(finding.artefact):\(finding.place): \(finding.kind.rawValue): \(finding.excerpt)"
        + (finding.upstream.map { " (upstream's \($0))" } ?? "")
    }
    let digests = Set(leaks.findings.map { "{artefact: \($0.artefact), digest: \($0.digest), reason: …}" }).sorted()
    let seen = Set(leaks.findings.map(\.artefact))
    let known = Set(leaks.findings.map(\.digest))
    let outdated = recipe.waivers.filter { seen.contains($0.artefact) && !known.contains($0.digest) }.map {
      "\nThe waiver of \($0.artefact) is about other bytes, those of \($0.digest.short)."
    }
    let count = leaks.findings.count
    return ForgeError(
      .gate,
      "An agent could see \(Quantity.counted(count, "thing")) of \(recipe.id)'s source:\n"
        + lines.joined(separator: "\n")
        + "\nLeave the document out, or look at them and add to the recipe's 'waivers': "
        + digests.joined(separator: ", ") + outdated.joined())
  }

  static func digest(_ files: [String: Digest]) -> Digest {
    CanonicalJSON.digest(.object(files.mapValues { .string($0.hex) }))
  }

  /// Over the names and contents of a tree's regular files.
  static func digest(below directory: FilePath) throws -> Digest {
    let prefix = directory.string.utf8.count + 1
    var files: [String: Digest] = [:]
    for file in directory.regularFiles() where file.lastComponent?.string != StageRecord.fileName {
      files[String(decoding: file.string.utf8.dropFirst(prefix), as: UTF8.self)] = try Digest(ofFile: file)
    }
    return digest(files)
  }

  /// Strips a build the way the reference is stripped; the output holds `executable`.
  ///
  /// - Throws: `seal.executable`.
  func strip(
    _ build: Staged<BuildReport>, tools: MadeRoot, label: String, detail: String
  ) async throws -> Staged<Digest> {
    try await stage(
      "strip", version: 2, label: label, detail: detail,
      inputs: ["executable": .string(build.result.executable.digest.hex), "tools": tools.key]
    ) { work, _ in
      let target = work.appending(BuildReport.executableName)
      let stripper = Stripper(tools: Sandbox(root: tools.directory, limits: Limits(wallSeconds: 300)))
      _ = try await stripper.strip(build.directory.appending(BuildReport.executableName), to: target)
      return try Digest(ofFile: target)
    }
  }
}
