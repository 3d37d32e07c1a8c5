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
      grade.take(from: bundle.manifest)
      return (grade, true)
    }
    var grade: Grade
    var digest: Digest?
    do {
      try check(run, id)
      let known = try self.digest(of: submission)
      digest = known
      if !anew, let grade = run.grade(id), grade.isCurrent(submission: known, bundle.manifest) { return (grade, true) }
      grade = try await gradeHandedIn(submission, digest: known, GradingKey(bundle), bundle: bundle)
    } catch let error as ForgeError where error.code != .cancelled {
      grade = Grade(graderError: "\(error)", id: id, suite: record.digest, cases: record.cases, submission: digest)
    }
    grade.take(from: bundle.manifest)
    try run.write(grade)
    return (grade, false)
  }

  /// Refuses to choose between two submissions: which one was meant is for whoever handed them in.
  func check(_ run: RunDirectory, _ id: String) throws {
    guard let found = run.ambiguous[id] else { return }
    let names = found.compactMap { $0.lastComponent?.string }.joined(separator: " and ")
    throw ForgeError(
      .notARun, "This task has \(found.count) submissions, \(names); keep one.", path: "\(run.path)/\(id)")
  }

  /// Digest of what was handed in, or of nothing where that cannot be read.
  func digest(of submission: FilePath) throws -> Digest {
    do {
      return try Submission.digest(of: submission)
    } catch let error as ForgeError where Self.isSubmissions(error, submission) {
      return Digest(of: [])
    }
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
      grade.take(from: bundle.manifest)
      return grade
    }
  }

  /// Whether an error is about what was handed in.
  private static func isSubmissions(_ error: ForgeError, _ submission: FilePath) -> Bool {
    switch error.code {
    case .notASubmission: true
    case .archiveUnreadable, .archiveUnpackable, .archiveLimit: error.path == submission.string
    default: false
    }
  }
}
