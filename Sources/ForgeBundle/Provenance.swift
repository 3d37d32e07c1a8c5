package import ForgeCore

/// Where a bundle comes from, as an in-toto Statement v1 with an SLSA Provenance v1 predicate.
///
/// Formats: <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md> and
/// <https://slsa.dev/spec/v1.0/provenance>. No times of the build stand in it: they would make equal builds differ.
package struct Provenance: Sendable {
  /// Something the build read, with its digest.
  package struct Material: Sendable, Hashable {
    /// What it is called.
    package var name: String
    /// Where it was had; nil for what has no address.
    package var uri: String?
    /// Digests by algorithm, such as `sha256` or `gitCommit`.
    package var digest: [String: String]
    /// Anything else worth knowing.
    package var annotations: [String: JSONValue]

    /// Describes a material.
    package init(
      name: String, uri: String? = nil, digest: [String: String], annotations: [String: JSONValue] = [:]
    ) {
      self.name = name
      self.uri = uri
      self.digest = digest
      self.annotations = annotations
    }

    var json: JSONValue {
      var object: [String: JSONValue] = ["name": .string(name), "digest": .object(digest.mapValues { .string($0) })]
      if let uri { object["uri"] = .string(uri) }
      if !annotations.isEmpty { object["annotations"] = .object(annotations) }
      return .object(object)
    }
  }

  /// The archives of the bundle by file name.
  package var subjects: [String: Digest]
  /// The recipe as JSON: what a person asked for.
  package var parameters: JSONValue
  /// What the tool found out: the lock.
  package var resolved: JSONValue
  /// Everything that was read.
  package var materials: [Material]
  /// Whether everything came from pinned roots; false for `--root host`.
  package var hermetic: Bool
  /// What was replaced in documents, and which findings were waived.
  package var byproducts: [Material]

  /// Collects the parts of a provenance.
  package init(
    subjects: [String: Digest], parameters: JSONValue, resolved: JSONValue, materials: [Material], hermetic: Bool,
    byproducts: [Material]
  ) {
    self.subjects = subjects
    self.parameters = parameters
    self.resolved = resolved
    self.materials = materials
    self.hermetic = hermetic
    self.byproducts = byproducts
  }

  /// The statement.
  package var json: JSONValue {
    [
      "_type": "https://in-toto.io/Statement/v1",
      "subject": .array(
        subjects.sorted { $0.key < $1.key }.map { name, digest in
          [
            "name": .string(name), "digest": ["sha256": .string(digest.hex)],
            "annotations": ["over": "the uncompressed tar stream"],
          ]
        }),
      "predicateType": "https://slsa.dev/provenance/v1",
      "predicate": [
        "buildDefinition": [
          "buildType": "urn:taskforge:build:v1",
          "externalParameters": ["recipe": parameters],
          "internalParameters": ["lock": resolved, "hermetic": .bool(hermetic)],
          "resolvedDependencies": .array(materials.map(\.json)),
        ],
        "runDetails": [
          "builder": ["id": "urn:taskforge:builder:v1", "version": ["taskforge": .string(ToolVersion.current)]],
          "byproducts": .array(byproducts.map(\.json)),
        ],
      ],
    ]
  }
}
