/// The table of contents of a bundle, `task.json`: what is in it, from what it was made, and how good it is.
///
/// Written as indented JSON with sorted keys. Digests of archives are over their uncompressed tar streams, so that a
/// newer compressor changes none; digests of other files are over their bytes.
package struct Manifest: Sendable, Hashable, Codable {
  /// The version of the format that this code reads and writes.
  package static let schema = 2
  /// The file's name in a bundle.
  package static let fileName = "task.json"

  /// Always ``Manifest/schema``.
  package var schema: Int
  /// The recipe's id.
  package var id: String
  /// The version of taskforge that made the bundle.
  package var tool: String
  /// What the program is written in, as the recipe spells it.
  package var language: String
  /// SPDX expression of the program's licence.
  package var license: String
  /// What may be passed on: `open`, `source-required` or `none`.
  package var redistribution: String
  /// The hidden cases.
  package var suite: SuiteRecord
  /// Archives of the bundle by file name.
  package var archives: [String: ArchiveRecord]
  /// Other files of the bundle by path, with the digest of their bytes.
  package var files: [String: Digest]
  /// The program an agent gets.
  package var executable: ExecutableRecord
  /// Root file systems by name: `run` and `solve`.
  package var roots: [String: RootRecord]
  /// What one case may use.
  package var limits: CaseLimits
  /// What building a submission may use.
  package var submission: SubmissionLimits
  /// The environment of every case, as `TASK.md` prints it.
  package var environment: [String: String]
  /// How good the suite is, as far as it was measured.
  package var figures: Figures

  /// Makes a manifest of the current schema.
  package init(
    id: String, tool: String, language: String, license: String, redistribution: String, suite: SuiteRecord,
    archives: [String: ArchiveRecord], files: [String: Digest], executable: ExecutableRecord,
    roots: [String: RootRecord], limits: CaseLimits, submission: SubmissionLimits = .init(),
    environment: [String: String], figures: Figures
  ) {
    self.schema = Self.schema
    self.id = id
    self.tool = tool
    self.language = language
    self.license = license
    self.redistribution = redistribution
    self.suite = suite
    self.archives = archives
    self.files = files
    self.executable = executable
    self.roots = roots
    self.limits = limits
    self.submission = submission
    self.environment = environment
    self.figures = figures
  }
}

extension Manifest {
  /// The hidden suite in figures.
  package struct SuiteRecord: Sendable, Hashable, Codable {
    /// The first 12 digits of the digest: the name under which scores are published.
    package var version: String
    /// Digest of `cases.jsonl`.
    package var digest: Digest
    /// How many cases there are.
    package var cases: Int
    /// How many cases a solver may see beside them.
    package var publicCases: Int
    /// How the two were divided.
    package var split: SuiteSplit

    /// Describes a suite.
    package init(digest: Digest, cases: Int, publicCases: Int, split: SuiteSplit = .standard) {
      self.version = digest.short
      self.digest = digest
      self.cases = cases
      self.publicCases = publicCases
      self.split = split
    }
  }

  /// One archive, whatever its compression.
  package struct ArchiveRecord: Sendable, Hashable, Codable {
    /// Digest of the uncompressed tar stream.
    package var content: Digest
    /// Bytes of the uncompressed tar stream.
    package var bytes: Int
    /// Entries, directories included.
    package var entries: Int

    /// Describes an archive.
    package init(content: Digest, bytes: Int, entries: Int) {
      self.content = content
      self.bytes = bytes
      self.entries = entries
    }
  }

  /// The stripped reference executable.
  package struct ExecutableRecord: Sendable, Hashable, Codable {
    /// Digest of its bytes.
    package var digest: Digest
    /// Its size in bytes.
    package var bytes: Int
    /// `static` or `dynamic`.
    package var linkage: String
    /// Every shared library it loads, directly or through another; empty for a static one.
    package var libraries: [LibraryRecord]
    /// Whether a second build in another directory at another time gave the same bytes.
    package var reproducible: Measured<Bool>

    /// Describes an executable.
    package init(
      digest: Digest, bytes: Int, linkage: String, libraries: [LibraryRecord], reproducible: Measured<Bool>
    ) {
      self.digest = digest
      self.bytes = bytes
      self.linkage = linkage
      self.libraries = libraries
      self.reproducible = reproducible
    }
  }

  /// A shared library inside the run root.
  package struct LibraryRecord: Sendable, Hashable, Codable {
    /// The name the program asks for.
    package var name: String
    /// The Debian package that it is from.
    package var package: String
    /// That package's version.
    package var version: String
    /// Digest of the file.
    package var digest: Digest

    /// Describes a library.
    package init(name: String, package: String, version: String, digest: Digest) {
      self.name = name
      self.package = package
      self.version = version
      self.digest = digest
    }
  }

  /// A root file system by what it takes to make it again.
  package struct RootRecord: Sendable, Hashable, Codable {
    /// Digest of its tar stream; nil for the host's own system, which nothing can make again.
    package var digest: Digest?
    /// The stage's inputs.
    package var inputs: JSONValue

    /// Describes a root.
    package init(digest: Digest?, inputs: JSONValue) {
      self.digest = digest
      self.inputs = inputs
    }
  }

  /// Figures by which a suite can be judged.
  package struct Figures: Sendable, Hashable, Codable {
    /// Lines of upstream's own source that the suite reaches.
    package var lines: Measured<Ratio>
    /// Mutants of the reference that the suite notices.
    package var mutants: Measured<Ratio>
    /// How many outcomes differ from each other in what is compared.
    package var distinctOutcomes: Int
    /// The most cases that share one complete outcome.
    package var largestSharedOutcome: Int
    /// Cases whose expected exit status is not 0.
    package var errorCases: Int
    /// Scores by the real grader: `reference`, `control`, and each dummy.
    package var scores: [String: Ratio]

    /// Collects figures.
    package init(
      lines: Measured<Ratio>, mutants: Measured<Ratio>, distinctOutcomes: Int, largestSharedOutcome: Int,
      errorCases: Int, scores: [String: Ratio]
    ) {
      self.lines = lines
      self.mutants = mutants
      self.distinctOutcomes = distinctOutcomes
      self.largestSharedOutcome = largestSharedOutcome
      self.errorCases = errorCases
      self.scores = scores
    }
  }
}

/// Some of a whole, kept as counts so that nothing is lost by rounding.
package struct Ratio: Sendable, Hashable, Codable {
  /// How many.
  package var part: Int
  /// Of how many.
  package var whole: Int

  /// Makes a ratio.
  package init(_ part: Int, of whole: Int) {
    self.part = part
    self.whole = whole
  }

  /// Reads `{"part": …, "whole": …}`; what is no share of a whole is malformed.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    part = try container.decode(Int.self, forKey: .part)
    whole = try container.decode(Int.self, forKey: .whole)
    guard (0...Self.mostWhole).contains(whole), (0...whole).contains(part) else {
      throw DecodingError.dataCorruptedError(forKey: .part, in: container, debugDescription: "\(part) of \(whole)")
    }
  }

  /// The largest whole that is read: all beyond is no count of anything here.
  package static let mostWhole = 1 << 50

  /// The quotient, 0 where the whole is 0.
  package var fraction: Double { whole == 0 ? 0 : Double(part) / Double(whole) }

  /// The quotient in per cent with one digit, rounded down so that only a whole reads 100.
  package var percent: String {
    let tenths = whole == 0 ? 0 : part * 1000 / whole
    return "\(tenths / 10).\(tenths % 10) %"
  }
}
