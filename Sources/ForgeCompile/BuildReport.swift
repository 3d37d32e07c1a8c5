import Foundation
package import ForgeCore
package import SystemPackage

/// What a build did and made, kept beside the executable as `build.json`.
package struct BuildReport: Sendable, Hashable, Codable {
  /// The version of this format.
  package static let schema = 1
  /// The name of the file.
  package static let fileName = "build.json"
  /// The name of the whole log beside it.
  package static let logName = "build.log"
  /// The name of the file that was built.
  package static let executableName = "executable"
  /// The directory beside it with what gcov needs; only for coverage.
  package static let treeName = "tree"

  /// One step that was run.
  package struct Step: Sendable, Hashable, Codable {
    /// The argument vector.
    package var argv: [String]
    /// Wall-clock time.
    package var seconds: Double
    /// CPU time of all its processes.
    package var cpuSeconds: Double
    /// The largest memory of all its processes together, in bytes.
    package var peakBytes: UInt64
  }

  /// How an executable is made.
  package enum Kind: String, Sendable, Hashable, Codable {
    /// Machine code with everything inside.
    case `static`
    /// Machine code that loads shared libraries.
    case dynamic
    /// A script or an archive that an interpreter runs.
    case interpreted
  }

  /// The file that was built.
  package struct Executable: Sendable, Hashable, Codable {
    /// The digest of its bytes, before anything is stripped.
    package var digest: Digest
    /// Its size.
    package var bytes: Int
    /// How it is made.
    package var kind: Kind
    /// The loader it names.
    package var interpreter: String?
    /// The shared libraries it names.
    package var needed: [String]
  }

  /// The version of the format that this is.
  package var schema = Self.schema
  /// What was built.
  package var variant: Variant
  /// How, in one line for people.
  package var plan: String
  /// The steps that made it, in order.
  package var steps: [Step]
  /// How many jobs `$JOBS` stood for.
  package var jobs: Int
  /// `SOURCE_DATE_EPOCH`.
  package var epoch: Int64
  /// The variables that the steps saw.
  package var environment: [String: String]
  /// The compilers that were called, by name.
  package var compilers: [String]
  /// What was changed on the way, each with how often, and what a person should know.
  package var notes: [String]
  /// What was tried before and failed, in words, with the end of its log.
  package var failedAttempts: [String]
  /// The digest of what the fetch steps brought; nil where there are none.
  package var fetched: Digest?
  /// The result.
  package var executable: Executable

  /// Wall-clock time of all steps together.
  package var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }

  /// Reads `build.json` in a directory.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/malformed``.
  package static func read(from directory: FilePath) throws -> BuildReport {
    let path = directory.appending(fileName)
    do {
      return try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path.string)))
    } catch {
      throw ForgeError(.malformed, "not the report of a build", path: path.string, cause: error)
    }
  }

  /// Writes `build.json` into a directory.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/system``.
  package func write(to directory: FilePath) throws {
    let path = directory.appending(Self.fileName)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(filePath: path.string))
    } catch {
      throw ForgeError(.system, "cannot be written", path: path.string, cause: error)
    }
  }
}
