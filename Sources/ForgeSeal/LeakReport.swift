package import ForgeCore

/// One thing an agent can see that it should not.
package struct LeakFinding: Sendable, Hashable, Codable {
  /// What kind of thing.
  package enum Kind: String, Sendable, Hashable, Codable {
    /// Three lines of upstream's code.
    case code
    case symbolTable = "symbol-table"
    case debugData = "debug-data"
    case buildPath = "build-path"
    case buildID = "build-id"
    case moduleData = "module-data"
    /// What the redaction should have replaced, such as a repository's address among the executable's strings.
    case upstreamAddress = "upstream-address"
  }
  /// What kind of thing.
  package var kind: Kind
  /// The file, relative to the cleanroom.
  package var artefact: String
  /// Digest of that file.
  package var digest: Digest
  /// The line in a document, the offset in an executable.
  package var place: Int
  /// What stands there, cut for people.
  package var excerpt: String
  /// File and line of upstream's tree it equals.
  package var upstream: String?
}

/// What the leak scan found, and which of it a person accepted.
package struct LeakReport: Sendable, Hashable, Codable {
  /// A finding that a waiver covers.
  package struct Waived: Sendable, Hashable, Codable {
    /// The finding.
    package var finding: LeakFinding
    /// The person's reason.
    package var reason: String
  }
  /// What nobody accepted.
  package var findings: [LeakFinding]
  /// What a waiver covers.
  package var waived: [Waived]
  /// Things worth knowing that hide nothing and give nothing away, such as addresses in the executable.
  package var notes: [LeakFinding]
  /// Waivers that cover nothing: the artefact changed, or the finding is gone.
  package var unusedWaivers: [String]

  /// Whether the cleanroom may be handed out.
  package var isClean: Bool { findings.isEmpty }

  /// Sorts findings by what the recipe waives.
  init(_ found: [LeakFinding], notes: [LeakFinding], waivers: [Recipe.Waiver]) {
    findings = []
    waived = []
    self.notes = notes
    var used: Set<Int> = []
    for finding in found {
      let index = waivers.firstIndex { $0.artefact == finding.artefact && $0.digest == finding.digest }
      if let index {
        used.insert(index)
        waived.append(Waived(finding: finding, reason: waivers[index].reason))
      } else {
        findings.append(finding)
      }
    }
    unusedWaivers = waivers.indices.filter { !used.contains($0) }.map { index in
      "the waiver of \(waivers[index].artefact) with digest \(waivers[index].digest.short)… covers nothing"
    }
  }
}
