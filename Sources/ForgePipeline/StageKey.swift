package import ForgeCore

/// What decides a stage's output: its name, the version of its code, and everything it reads.
package struct StageKey: Sendable, Hashable {
  /// The stage's name.
  package let stage: String
  /// The inputs, as they stand in the record for people who ask why two keys differ.
  package let inputs: JSONValue
  /// SHA-256 of the canonical JSON of `{stage, version, inputs}`.
  package let digest: Digest

  /// Makes a key; raise `version` whenever the stage's code gives another output for the same inputs.
  package init(stage: String, version: Int, inputs: JSONValue) {
    self.stage = stage
    self.inputs = inputs
    self.digest = CanonicalJSON.digest(["stage": .string(stage), "version": .integer(Int64(version)), "inputs": inputs])
  }

  init(stage: String, inputs: JSONValue, digest: Digest) {
    self.stage = stage
    self.inputs = inputs
    self.digest = digest
  }
}
