import ForgeCore
import Foundation
package import SystemPackage

/// The submissions of one run over many tasks.
///
/// ```
/// <run>/<id>/submission.tar.gz    or .tar.zst, .tar.xz, .tar.bz2, .tar, or a directory `submission`
/// <run>/<id>/run.json             what the harness knows of the attempt; optional
/// <run>/<id>/eval.json            how it fared, written by `taskforge eval`
/// ```
package struct RunDirectory: Sendable {
  /// The run.
  package let path: FilePath
  /// Where each task's submission is, by id.
  package let submissions: [String: FilePath]
  /// Tasks that have more than one submission, of which the first by ``Submission/names`` stands in ``submissions``.
  package let ambiguous: [String: [FilePath]]
  /// Tasks that have a directory and no submission in it.
  package let empty: [String]

  /// Looks through a directory.
  ///
  /// - Throws: `grade.not-a-run` where it is none.
  package init(at path: FilePath) throws {
    guard path.exists else { throw ForgeError(.notARun, "There is nothing here.", path: path.string) }
    guard path.isDirectory, let names = try? FileManager.default.contentsOfDirectory(atPath: path.string) else {
      throw ForgeError(
        .notARun, "This is no directory that can be read, as a run is; one submission is graded with --bundle.",
        path: path.string)
    }
    var submissions: [String: FilePath] = [:]
    var ambiguous: [String: [FilePath]] = [:]
    var empty: [String] = []
    for name in names.sorted() where !name.hasPrefix(".") && path.appending(name).isDirectory {
      let place = path.appending(name)
      let found = Submission.names.map { place.appending($0) }.filter(\.exists)
      if found.count > 1 { ambiguous[name] = found }
      if let only = found.first { submissions[name] = only } else { empty.append(name) }
    }
    guard !submissions.isEmpty else {
      throw ForgeError(
        .notARun,
        "No task here has a submission; a run has <id>/submission.tar.gz, or .tar.zst, or a directory <id>/submission.",
        path: path.string)
    }
    self.path = path
    self.submissions = submissions
    self.ambiguous = ambiguous
    self.empty = empty
  }

  /// Where a task's grade stands.
  package func gradeFile(_ id: String) -> FilePath { path.appending(id).appending(Grade.fileName) }

  /// The grade of a task; nil where there is none, or one of another task or that this version does not read.
  package func grade(_ id: String) -> Grade? {
    let file = gradeFile(id)
    guard file.isRegularFile, let bytes = try? FileDescriptor.readAll(file), let grade = try? Grade(parsing: bytes),
      grade.id == id
    else { return nil }
    return grade
  }

  /// Writes a task's grade in one step.
  ///
  /// - Throws: `core.system` where it cannot be written.
  package func write(_ grade: Grade) throws {
    try FileDescriptor.replace(gradeFile(grade.id), with: CanonicalJSON.pretty(try JSONValue(encoding: grade)))
  }
}
