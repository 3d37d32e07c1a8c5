package import ForgeCore

/// What sealing did to a program and its documents, and what was found on the way.
package struct SealReport: Sendable, Hashable, Codable {
  /// The stripped executable.
  package struct Executable: Sendable, Hashable, Codable {
    /// Digest of its bytes.
    package var digest: Digest
    /// Its size.
    package var bytes: Int
    /// Digest of the file as it was built.
    package var unstripped: Digest
    /// Every shared object it loads; empty for a static one.
    package var libraries: [SharedLibrary]
    /// What became of Go's module data.
    package var moduleData: GoModuleData.Treatment
  }
  /// The executable an agent gets.
  package var executable: Executable
  /// Digests of every file of the cleanroom by path, after redaction.
  package var files: [String: Digest]
  /// Everything replaced in documents, in the order of paths and lines.
  package var replacements: [Replacement]
  /// What an agent could see that it should not.
  package var leaks: LeakReport
  /// The program's licence.
  package var license: LicenseReport
}
