package import ForgeCore
package import SystemPackage

/// Looks through everything an agent sees for what it should not see.
package struct LeakScan: Sendable {
  /// Upstream's code.
  private let code: UpstreamCode
  private let redactor: Redactor
  /// Directories in which the program was built.
  private let buildPaths: [String]

  /// Takes what to look for.
  ///
  /// - Parameters:
  ///   - code: upstream's code without what agents get.
  ///   - identity: names that lead to the source.
  ///   - buildPaths: directories in which the program was built, such as `/build`.
  package init(code: UpstreamCode, identity: UpstreamIdentity, buildPaths: [String]) {
    self.code = code
    redactor = Redactor(identity)
    self.buildPaths = buildPaths
  }

  /// Scans a cleanroom.
  ///
  /// - Parameters:
  ///   - cleanroom: the directory with `executable`, `docs` and what else an agent gets.
  ///   - unscanned: paths below it that are upstream's files by intention: licence texts, data files.
  ///   - waivers: findings a person accepted.
  /// - Returns: what was found.
  /// - Throws: `core.system`; `seal.executable` where the executable is none.
  package func scan(_ cleanroom: FilePath, unscanned: Set<String> = [], waivers: [Recipe.Waiver]) throws -> LeakReport {
    var found: [LeakFinding] = []
    var notes: [LeakFinding] = []
    for file in cleanroom.regularFiles() {
      let path = String(file.string.dropFirst(cleanroom.string.count).drop { $0 == "/" })
      if unscanned.contains(path) || path.hasPrefix("licenses/") || path == "TASK.md" { continue }
      let bytes = try FileDescriptor.readAllOfMode0111(file)
      let digest = Digest(of: bytes)
      if path == "executable" {
        let (leaks, remarks) = try scan(executable: bytes, path, digest)
        found += leaks
        notes += remarks
      } else {
        found += scan(document: bytes, path, digest)
      }
    }
    return LeakReport(found, notes: notes, waivers: waivers)
  }

  /// Whether a case that a solver may see holds upstream's code, in what it gives or in what it expects.
  package func leaks(_ item: Case) -> Bool {
    let files = (item.invocation.files + item.expect.files).compactMap { entry -> ByteString? in
      if case .file(let data, _) = entry.content { data } else { nil }
    }
    return (item.invocation.argv + [item.invocation.stdin, item.expect.stdout, item.expect.stderr] + files).contains {
      !code.passages(in: $0.lossyText).isEmpty
    }
  }

  private func scan(document bytes: [UInt8], _ path: String, _ digest: Digest) -> [LeakFinding] {
    var found = code.passages(in: String(decoding: bytes, as: UTF8.self)).map { passage in
      LeakFinding(
        kind: .code, artefact: path, digest: digest, place: passage.line, excerpt: passage.excerpt,
        upstream: passage.upstream)
    }
    for replacement in redactor.redact(bytes, path: path).replacements {
      found.append(
        LeakFinding(
          kind: .upstreamAddress, artefact: path, digest: digest, place: replacement.line, excerpt: replacement.original
        ))
    }
    return found
  }

  private func scan(executable bytes: [UInt8], _ path: String, _ digest: Digest) throws -> (
    leaks: [LeakFinding], notes: [LeakFinding]
  ) {
    guard let elf = ElfFile(bytes) else { throw ForgeError(.sealExecutable, "is no ELF executable", path: path) }
    var leaks: [LeakFinding] = []
    var notes: [LeakFinding] = []
    func finding(_ kind: LeakFinding.Kind, _ place: Int, _ excerpt: String, _ upstream: String? = nil) -> LeakFinding {
      LeakFinding(
        kind: kind, artefact: path, digest: digest, place: place, excerpt: String(excerpt.prefix(400)),
        upstream: upstream)
    }
    for section in elf.sections {
      let place = section.range.lowerBound
      switch section.name {
      case ".symtab": leaks.append(finding(.symbolTable, place, section.name))
      case ".note.gnu.build-id", ".note.go.buildid": leaks.append(finding(.buildID, place, section.name))
      case let name where name.hasPrefix(".debug_") || name.hasPrefix(".zdebug_") || name.hasPrefix(".gnu_debug"):
        leaks.append(finding(.debugData, place, name))
      default: break
      }
    }
    if let text = GoModuleData.text(in: bytes) { leaks.append(finding(.moduleData, 0, text)) }
    let strings = PrintableStrings(bytes)
    for string in strings.runs {
      if let path = buildPath(in: string.text) { leaks.append(finding(.buildPath, string.offset, path)) }
      for replacement in redactor.redact(Array(string.text.utf8), path: path).replacements {
        notes.append(finding(.upstreamAddress, string.offset, replacement.original))
      }
    }
    for passage in code.passages(in: strings.text) {
      leaks.append(finding(.code, strings.offset(ofLine: passage.line), passage.excerpt, passage.upstream))
    }
    return (leaks, notes)
  }

  /// A path that tells where the program was built.
  private func buildPath(in text: String) -> String? {
    for directory in buildPaths + ["/home", "/root"] {
      var from = text.startIndex
      while let range = text[from...].firstRange(of: directory + "/") {
        from = range.upperBound
        let starts = range.lowerBound == text.startIndex || !Self.isPath(text[text.index(before: range.lowerBound)])
        let rest = text[range.upperBound...].prefix(while: Self.isPath)
        // A program may well speak of `/home/`; only a file below it says where something was made.
        if starts, rest.count >= 3, buildPaths.contains(directory) || rest.contains("/") && rest.contains(".") {
          return directory + "/" + rest
        }
      }
    }
    return nil
  }

  private static func isPath(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "/._-+@~".contains(character)
  }
}
