import ForgeBundle
import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeGrade
import ForgeSandbox
import SystemPackage

/// What a bundle tells its graders: the hidden suite, which cases are upstream's own, and what no submission may be.
struct GradingKey: Sendable {
  let tests: TestSet
  /// Cases that equal upstream's tests or nearly so, or why those are not known.
  let verbatim: Measured<Set<Digest>>
  private let forbidden: Forbidden

  /// Reads a bundle's parts for graders.
  ///
  /// - Throws: `bundle.damaged`; `core.malformed` for a suite or a search that cannot be read.
  init(_ bundle: TaskBundle) throws {
    let tests = try bundle.tests()
    self.tests = tests
    (verbatim, forbidden) = try Temporary.withDirectory { directory in
      let reference = directory.appending("reference")
      try bundle.unpack(.reference, into: reference)
      let search = try FileDescriptor.readAll(reference.appending(SearchResult.fileName))
      let verbatim: Measured<Set<Digest>> =
        switch try SearchResult.verbatim(recordedIn: search, among: tests.suite.cases) {
        case .value(let ids): .value(Set(ids))
        case .notMeasured(let reason): .notMeasured(reason)
        }
      return (verbatim, try Self.forbidden(in: reference))
    }
  }

  /// What no submission may hold or make, by a bundle's unpacked part for graders.
  ///
  /// The control build is no part of it: nobody but graders has it, and an honest build of the same source may equal it.
  /// - Throws: `bundle.damaged` where it is not there; `core.system`.
  static func forbidden(in reference: FilePath) throws -> Forbidden {
    let builds = ["reference", "control"].map { reference.appending($0).appending(BuildReport.executableName) }
    guard builds[0].exists else {
      throw ForgeError(
        .damagedBundle,
        "\(Part.reference.fileName) has no reference executable, so nothing could be told from a copy of it.")
    }
    return try Forbidden(builds[0], control: builds[1].exists ? builds[1] : nil)
  }

  /// What builds submissions.
  func builder(in root: FilePath?, _ manifest: Manifest) -> SubmissionBuilder {
    SubmissionBuilder(root: root, limits: Limits(manifest.submission), forbidden: forbidden)
  }
}
