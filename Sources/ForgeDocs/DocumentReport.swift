package import ForgeCore

/// Every document of a task: where it stands, where it is from, under what terms.
package struct DocumentReport: Sendable, Hashable, Codable {
  /// Documents in the byte order of their paths.
  package var documents: [Document]
  /// Licence texts, in the byte order of their paths.
  package var licenses: [Document]
  /// Runs of the program that were looked at, in their order.
  package var probes: [ProbeRecord]

  /// Collects documents.
  package init(documents: [Document] = [], licenses: [Document] = [], probes: [ProbeRecord] = []) {
    self.documents = documents
    self.licenses = licenses
    self.probes = probes
  }
}

/// One file an agent may read.
package struct Document: Sendable, Hashable, Codable {
  /// Where a document is from.
  package enum Origin: Sendable, Hashable, Codable {
    /// A file of the upstream tree, copied, by its path there.
    case upstream(String)
    /// A man page of the upstream tree, rendered to text, by its path there.
    case rendered(String)
    /// What the program printed when called with these arguments.
    case probe([String])
  }
  /// Relative to the cleanroom, such as `docs/README.md`.
  package var path: String
  /// Where it is from.
  package var origin: Origin
  /// Digest of its bytes before redaction.
  package var digest: Digest
  /// The terms the file itself names; nil where it names none and so shares the program's.
  package var license: String?

  /// Describes a document.
  package init(path: String, origin: Origin, digest: Digest, license: String? = nil) {
    self.path = path
    self.origin = origin
    self.digest = digest
    self.license = license
  }
}

/// One run of the program made to find documents.
package struct ProbeRecord: Sendable, Hashable, Codable {
  /// Its arguments.
  package var argv: [String]
  /// Where its output was kept; nil where it was not.
  package var path: String?
  /// Why it was not kept.
  package var dropped: String?

  /// Describes a run.
  package init(argv: [String], path: String? = nil, dropped: String? = nil) {
    self.argv = argv
    self.path = path
    self.dropped = dropped
  }
}
