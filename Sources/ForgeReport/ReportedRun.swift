package import ForgeBundle
import ForgeCore
package import ForgeGrade
import Foundation
package import SystemPackage

/// One attempt at one task: how it fared and what is known of it.
package struct Attempt: Sendable {
  /// How it fared.
  package var grade: Grade
  /// What is known of it.
  package var facts: AttemptFacts

  /// Pairs both.
  package init(grade: Grade, facts: AttemptFacts) {
    self.grade = grade
    self.facts = facts
  }
}

/// A run that was graded, as a report reads it.
package struct ReportedRun: Sendable {
  /// The name under which it stands in the report.
  package var name: String
  /// One attempt per task, by id; tasks that nobody tried too.
  package var attempts: [Attempt]
  /// Tasks with a submission and no grade that this version reads.
  package var ungraded: [String]
  /// What could not be read of it, in words.
  package var notes: [String]

  /// Collects a run.
  package init(name: String, attempts: [Attempt], ungraded: [String] = [], notes: [String] = []) {
    self.name = name
    self.attempts = attempts.sorted { $0.grade.id < $1.grade.id }
    self.ungraded = ungraded
    self.notes = notes
  }

  /// Reads a run's directory; what of `bundles` it has not tried counts as such.
  ///
  /// A `run.json` that cannot be read tells nothing, and is noted.
  ///
  /// - Throws: `grade.not-a-run` where there is no directory, or no task has been graded.
  package init(at path: FilePath, name: String, bundles: [TaskBundle] = []) throws {
    guard path.isDirectory else {
      throw ForgeError(
        .notARun, path.exists ? "This is not a directory." : "There is nothing here; give the directory of a run.",
        path: path.string)
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
    var attempts: [Attempt] = []
    var ungraded: [String] = []
    var notes: [String] = []
    var tried: Set<String> = []
    for id in names.sorted() where !id.hasPrefix(".") && path.appending(id).isDirectory {
      let place = path.appending(id)
      let file = place.appending(Grade.fileName)
      let hasSubmission = Submission.names.contains { place.appending($0).exists }
      if file.isRegularFile, let grade = try? Grade(parsing: FileDescriptor.readAll(file)), grade.id == id {
        var facts = AttemptFacts()
        do {
          facts = try AttemptFacts(in: place)
        } catch let error as ForgeError {
          notes.append("what is known of the attempt at \(id) cannot be read: \(error)")
        }
        attempts.append(Attempt(grade: grade, facts: facts))
        tried.insert(id)
      } else if file.exists || hasSubmission {
        ungraded.append(id)
        tried.insert(id)
      }
    }
    guard !attempts.isEmpty else {
      throw ForgeError(
        .notARun, "No task here has been graded; 'taskforge eval \(path.string) --bundles …' does that.",
        path: path.string)
    }
    for bundle in bundles where !tried.contains(bundle.manifest.id) {
      let suite = bundle.manifest.suite
      var grade = Grade(notAttempted: bundle.manifest.id, suite: suite.digest, cases: suite.cases)
      grade.language = bundle.manifest.language
      attempts.append(Attempt(grade: grade, facts: AttemptFacts()))
    }
    self.init(name: name, attempts: attempts, ungraded: ungraded, notes: notes)
  }

  /// The attempts that count in means: all but those whose grader failed.
  package var counted: [Attempt] { attempts.filter(\.grade.category.isGraded) }

  /// Scores of all tasks that count.
  package var scores: [Double] { counted.map(\.grade.score) }

  /// How many attempts are of a category.
  package func count(_ category: Category) -> Int { attempts.count { $0.grade.category == category } }

  /// The sum of a figure over the attempts that tell it; nil where none does.
  package func sum(_ figure: (AttemptFacts) -> Double?) -> Double? {
    let known = attempts.compactMap { figure($0.facts) }
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  /// What the attempts say alike of something; several words are joined.
  package func words(_ fact: (AttemptFacts) -> String?) -> String {
    Set(attempts.compactMap { fact($0.facts) }).sorted().joined(separator: ", ")
  }
}
