import ForgeCore

/// How a submission fared, in one word for a table; exactly one holds.
package enum Category: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every case passed.
  case resolved
  /// At least 95 per cent of the cases passed.
  case almostResolved = "almost resolved"
  /// The program ran and fewer passed.
  case behind
  /// `compile.sh` is missing, failed, or was ended; or what was handed in cannot be unpacked.
  case buildFailed = "build failed"
  /// `compile.sh` ended well and left no program.
  case noExecutable = "no executable"
  /// In more than half of the cases a signal ended the program.
  case crashed
  /// In more than half of the cases a limit ended the program.
  case timedOut = "timed out"
  /// It is the task's own executable: see ``Refusal``.
  case refused
  /// There is no submission for the task.
  case notAttempted = "not attempted"
  /// The grader could not do its work; this says nothing of the submission.
  case graderError = "grader error"

  /// Share of the cases from which on a submission has almost resolved its task, as ProgramBench has it.
  package static let almost = 0.95

  /// The category of a program that was run on all cases.
  package init(of score: Score) {
    self.init(
      passed: score.passed, of: score.total,
      deaths: score.results.count { if case .signal(_) = $0.termination { true } else { false } },
      ends: score.results.count { $0.termination == .timeout || $0.termination == .excess })
  }

  /// The category that graded cases come to.
  package init(of cases: [CaseGrade]) {
    self.init(
      passed: cases.count(where: \.passed), of: cases.count,
      deaths: cases.count { $0.ending.hasPrefix("signal") },
      ends: cases.count { $0.difference?.part == .time })
  }

  private init(passed: Int, of total: Int, deaths: Int, ends: Int) {
    if passed == total {
      self = .resolved
    } else if Ratio(passed, of: total).fraction >= Self.almost {
      self = .almostResolved
    } else if deaths * 2 > total {
      self = .crashed
    } else if ends * 2 > total {
      self = .timedOut
    } else {
      self = .behind
    }
  }

  /// Whether the submission was graded, so that its score counts in a mean.
  package var isGraded: Bool { self != .graderError }
}

/// Why a submission is no work of its own.
package struct Refusal: Sendable, Hashable, Codable {
  /// What a submission may not be.
  package enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
    /// What was built is the task's own executable, or holds most of it.
    case product = "the build makes the task's own executable"
    /// The build needed a copy of the task's own executable, which was removed from the submission.
    case copy = "the build needs a copy of the task's own executable"
  }
  /// The rule.
  package var rule: Rule
  /// What shows it: a path with the share of the reference's content that is there.
  package var evidence: String

  /// Names both.
  package init(rule: Rule, evidence: String) {
    self.rule = rule
    self.evidence = evidence
  }
}
