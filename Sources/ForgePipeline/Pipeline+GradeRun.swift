import ForgeArchive
package import ForgeBundle
import ForgeCore
package import ForgeGrade
import ForgeSandbox
import SystemPackage

extension Pipeline {
  /// Grades every submission of a run that has a bundle, and writes `eval.json` beside each.
  ///
  /// One whose submission, suite, tool and grader are those of its `eval.json` is not graded again. What stops the
  /// grading of one task is told as a grader error of that task, never as a fault of the submission, and the next run
  /// tries it again.
  ///
  /// - Parameters:
  ///   - run: The submissions.
  ///   - bundles: The tasks, with or without a submission.
  ///   - anew: Whether everything is graded again.
  /// - Returns: a grade for every bundle.
  /// - Throws: `CancellationError`, with what was graded until then written; `core.system` where a grade cannot be
  ///   written.
  package func grade(_ run: RunDirectory, bundles: [TaskBundle], anew: Bool = false) async throws -> RunGrades {
    let tasks = bundles.sorted { $0.manifest.id < $1.manifest.id }
    // Building is often the work of one processor, so on many several submissions are under way.
    let width = max(1, min(8, options.jobs / 4))
    var options = options
    options.jobs = max(1, options.jobs / width)
    let pipeline = try Pipeline(store: store, options: options, log: log, observe: observe)
    let grades = try await withThrowingTaskGroup(of: (Grade, Bool)?.self) { group in
      var waiting = tasks[...]
      var grades: [(Grade, Bool)] = []
      func next() {
        guard let bundle = waiting.popFirst() else { return }
        group.addTask { try await pipeline.gradeTask(of: run, bundle, anew: anew) }
      }
      for _ in 0..<width { next() }
      while let found = try await group.next() {
        if let found { grades.append(found) }
        next()
      }
      return grades
    }
    let known = Set(tasks.map(\.manifest.id))
    return RunGrades(
      run: run.path.string, grades: grades.map(\.0).sorted { $0.id < $1.id },
      kept: Set(grades.filter(\.1).map(\.0.id)),
      withoutBundle: run.submissions.keys.filter { !known.contains($0) }.sorted())
  }

  /// One task of a run; the flag says that its grade was there already.
  private func gradeTask(of run: RunDirectory, _ bundle: TaskBundle, anew: Bool) async throws -> (Grade, Bool)? {
    let id = bundle.manifest.id
    let record = bundle.manifest.suite
    guard let submission = run.submissions[id] else {
      var grade = Grade(notAttempted: id, suite: record.digest, cases: record.cases)
      grade.language = bundle.manifest.language
      return (grade, true)
    }
    let digest = try Submission.digest(of: submission)
    if !anew, let grade = run.grade(id), grade.isCurrent(submission: digest, suite: record.digest) {
      return (grade, true)
    }
    var grade: Grade
    do {
      grade = try await gradeHandedIn(submission, digest: digest, GradingKey(bundle), bundle: bundle)
    } catch let error as ForgeError where error.code != .cancelled {
      grade = Grade(graderError: "\(error)", id: id, suite: record.digest, cases: record.cases, submission: digest)
    }
    grade.language = bundle.manifest.language
    try run.write(grade)
    return (grade, false)
  }

  /// Grades a submission of a run, by all cases or by `asked` alone.
  ///
  /// What cannot be read is a result here: it is what was handed in, not a slip of whoever grades.
  func gradeHandedIn(
    _ submission: FilePath, digest: Digest, _ key: GradingKey, bundle: TaskBundle, asked: [Case]? = nil
  ) async throws -> Grade {
    let id = bundle.manifest.id
    do {
      return try await grade(submission, digest: digest, key, bundle: bundle, label: id, asked: asked)
    } catch let error as ForgeError where Self.isSubmissions(error, submission) {
      var grade = Grade(
        id: id, suite: key.tests.suite, submission: digest, category: .buildFailed, reason: "\(error)",
        verbatim: key.verbatim)
      grade.language = bundle.manifest.language
      return grade
    }
  }

  /// Whether an error is about what was handed in.
  private static func isSubmissions(_ error: ForgeError, _ submission: FilePath) -> Bool {
    error.code == .notASubmission || error.code == .archiveUnreadable && error.path == submission.string
  }
}
