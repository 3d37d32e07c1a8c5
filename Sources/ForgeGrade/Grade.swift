package import ForgeCore

/// How a submission fared: `eval.json`, schema 2.
///
/// Keys are in snake case, digests are 64 hexadecimal digits, ratios are `{"part": …, "whole": …}`. What is unknown is
/// absent. The guide *Grading* lists every member.
package struct Grade: Sendable, Hashable, Codable {
  /// The version of the format that this code reads and writes.
  package static let schema = 2
  /// Raised whenever this code may give another verdict or another category for the same submission and suite.
  package static let graderVersion = 4
  /// The file's name beside a submission.
  package static let fileName = "eval.json"

  /// What was run.
  package struct SuiteName: Sendable, Hashable, Codable {
    /// The first 12 digits of the digest: the name under which scores are published.
    package var version: String
    /// Digest of `cases.jsonl`.
    package var digest: Digest

    /// Names a suite.
    package init(_ digest: Digest) {
      version = digest.short
      self.digest = digest
    }
  }

  /// How the submission was built.
  package struct Build: Sendable, Hashable, Codable {
    /// How long `compile.sh` took; nil where it failed or did not run.
    package var seconds: Double?
    /// Digest of the executable that was run.
    package var executable: Digest?
    /// Files that were taken away before.
    package var removed: [SubmissionBuild.Removal]
    /// The last lines of its output, where it failed.
    package var log: [String]

    /// Describes a build that has not ended well.
    package init(removed: [SubmissionBuild.Removal], log: [String] = []) {
      self.removed = removed
      self.log = log
    }
  }

  /// A second run of some cases.
  package struct Stability: Sendable, Hashable, Codable {
    /// How many were run twice.
    package var sampled: Int
    /// Those whose outcome was another; the first verdict stands.
    package var flaky: [Digest]

    /// Describes a second run.
    package init(sampled: Int, flaky: [Digest]) {
      self.sampled = sampled
      self.flaky = flaky
    }
  }

  /// Always ``Grade/schema``.
  package var schema = Self.schema
  /// The task.
  package var id: String
  /// What the task's program is written in, as its recipe spells it; nil where the bundle was not read.
  package var language: String?
  /// The hidden suite that was run, whatever the manifest says.
  package var suite: SuiteName
  /// The version of taskforge.
  package var tool: String
  /// ``graderVersion``.
  package var grader: Int
  /// Digest of what was handed in; nil where there is nothing.
  package var submission: Digest?
  /// Digest of what of the task decides verdicts beside its cases: limits, environment, roots and the reference.
  package var terms: Digest?
  /// How it fared.
  package var category: Category
  /// Why there is no program, or why the grader could not do its work.
  package var reason: String?
  /// Which rule the submission broke.
  package var refusal: Refusal?
  /// Passed of total, from 0 to 1.
  package var score: Double
  /// Cases that passed.
  package var passed: Int
  /// All cases, run or not.
  package var total: Int
  /// The same by other rules of counting; nil where the suite was not read.
  package var scores: Scores?
  /// How it was built; nil where that did not begin.
  package var build: Build?
  /// Whether a second run shows the same; nil where nothing was run.
  package var stability: Stability?
  /// Where cases were lost; nil where nothing was run.
  package var losses: Losses?
  /// How long the suite took, in seconds; nil where nothing was run.
  package var seconds: Double?
  /// Every case by id; empty where nothing was run.
  package var cases: [CaseGrade]

  /// A grade of a task of which nothing was run.
  package init(
    id: String, suite: Suite, submission: Digest?, category: Category, reason: String? = nil, refusal: Refusal? = nil,
    verbatim: Measured<Set<Digest>>, build: Build? = nil
  ) {
    self.id = id
    self.suite = SuiteName(suite.digest)
    tool = ToolVersion.current
    grader = Self.graderVersion
    self.submission = submission
    self.category = category
    self.reason = reason
    self.refusal = refusal
    scores = Scores(noneOf: suite.cases, verbatim: verbatim)
    score = 0
    passed = 0
    total = suite.cases.count
    self.build = build
    cases = []
  }

  /// A task of a run that nobody handed in; `cases` is how many its suite has.
  package init(notAttempted id: String, suite: Digest, cases: Int) {
    self.init(id: id, suite: suite, cases: cases, category: .notAttempted)
  }

  /// A task whose submission could not be graded for a reason that is not its own.
  package init(graderError reason: String, id: String, suite: Digest, cases: Int, submission: Digest?) {
    self.init(id: id, suite: suite, cases: cases, category: .graderError)
    self.reason = reason
    self.submission = submission
  }

  private init(id: String, suite: Digest, cases: Int, category: Category) {
    self.id = id
    self.suite = SuiteName(suite)
    tool = ToolVersion.current
    grader = Self.graderVersion
    self.category = category
    score = 0
    passed = 0
    total = cases
    self.cases = []
  }

  /// Takes in what a bundle's manifest says of its task.
  package mutating func take(from manifest: Manifest) {
    language = manifest.language
    terms = manifest.gradingTerms
  }

  /// Takes in what the cases showed; the category follows from `category`.
  package mutating func take(
    _ cases: [CaseGrade], category: Category, verbatim: Measured<Set<Digest>>, seconds: Double, stability: Stability
  ) {
    self.cases = cases
    self.category = category
    let scores = Scores(cases, verbatim: verbatim)
    self.scores = scores
    score = scores.all.fraction
    passed = scores.all.part
    total = scores.all.whole
    losses = Losses(cases)
    self.seconds = seconds
    self.stability = stability
  }
}

extension Grade {
  /// Whether grading again would show the same: same submission, suite, terms, tool and grader, and a verdict at all.
  ///
  /// With `otherSuite` the suite may be another one, as where only what changed of it is run.
  package func isCurrent(submission: Digest, _ manifest: Manifest, otherSuite: Bool = false) -> Bool {
    category.isGraded && self.submission == submission && (otherSuite || suite.digest == manifest.suite.digest)
      && terms == manifest.gradingTerms && tool == ToolVersion.current && grader == Self.graderVersion
  }

  /// Reads a grade.
  ///
  /// - Throws: `core.malformed` with the path, for anything that is no grade of this schema.
  package init(parsing bytes: some Sequence<UInt8>) throws {
    self = try JSONValue.decode(
      Grade.self, from: bytes, schema: Self.schema, remedy: "Grade the submission again.")
    guard (0...Ratio.mostWhole).contains(total), (0...total).contains(passed), (0...1).contains(score) else {
      throw ForgeError(.malformed, "Its score is \(passed) of \(total), \(score); grade the submission again.")
    }
    let hasRun = [Category.resolved, .almostResolved, .behind, .crashed, .timedOut].contains(category)
    guard hasRun == !cases.isEmpty, !hasRun || cases.count == total, cases.count(where: \.passed) == passed,
      abs(score - Ratio(passed, of: total).fraction) < 1e-9, (category == .resolved) == (passed == total && total > 0)
    else {
      throw ForgeError(
        .malformed,
        "'\(category.rawValue)', its cases and its score, \(passed) of \(total), do not go together; "
          + "grade the submission again.")
    }
  }
}
