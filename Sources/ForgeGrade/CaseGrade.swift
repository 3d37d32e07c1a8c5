package import ForgeCore

/// How one case went, as `eval.json` has it.
package struct CaseGrade: Sendable, Hashable, Codable {
  /// The case.
  package var id: Digest
  /// The first 12 digits of the digest of the whole case: where it is the same, so is what was asked and expected.
  package var version: String
  /// The case's family.
  package var family: String
  /// Whether its outcome could be known; nil where that was not assessed.
  package var evidence: Case.Evidence?
  /// Whether the expected outcome is an error.
  package var expectsError: Bool
  /// The streams that are compared beside the exit status, in the order of comparison.
  package var compared: [String]
  /// Whether it passed.
  package var passed: Bool
  /// Whether exit status, standard output and files are as expected, whatever standard error says.
  package var passedWithoutStderr: Bool
  /// How the program ended: `exit 1`, `signal 11`, `timeout`, or `excess` for more output than is allowed.
  package var ending: String
  /// What differed first; nil where the case passed.
  package var difference: Difference?
  /// CPU time of the program and its children, in microseconds.
  package var cpuUs: UInt64
  /// Time from start to end, in microseconds.
  package var wallUs: UInt64
  /// The largest resident set of one process, in KiB.
  package var peakKib: UInt64

  /// A first difference.
  package struct Difference: Sendable, Hashable, Codable {
    /// What differs first.
    package var part: Part
    /// The path of the file that differs.
    package var path: String?
    /// The first byte that differs, from 0.
    package var offset: Int?
    /// Its line, from 1.
    package var line: Int?
    /// What was expected around there, bounded by `Verdict.Difference.excerptBytes`.
    package var expected: String
    /// What came.
    package var actual: String
    /// Whether all would be as expected if white space did not count.
    package var whitespaceOnly: Bool
  }

  /// What of an outcome differed.
  package enum Part: String, Sendable, Hashable, Codable, CaseIterable {
    case exitStatus = "exit status"
    case stdout, stderr, files
    /// A limit ended the program.
    case time
  }

  /// Tells a result of a case.
  package init(_ result: CaseResult, of item: Case) {
    id = item.id
    version = Self.version(of: item)
    family = item.family
    evidence = item.evidence
    expectsError = item.expect.isError
    compared = [("stdout", item.compare.stdout), ("stderr", item.compare.stderr), ("files", item.compare.files)]
      .filter { !$0.1.isIgnored }.map(\.0)
    passed = result.verdict.isPass
    passedWithoutStderr = result.passesWithoutStderr
    ending =
      switch result.termination {
      case .exit(let status): "exit \(status)"
      case .signal(let number): "signal \(number)"
      case .timeout: "timeout"
      case .excess: "excess"
      }
    cpuUs = result.cpuMicroseconds
    wallUs = result.wallMicroseconds
    peakKib = result.peakKibibytes
    guard case .failed(let found) = result.verdict else { return }
    difference = Difference(
      part: Part(found.part, result.termination), path: found.path, offset: found.offset, line: found.line,
      expected: found.expected, actual: found.actual, whitespaceOnly: result.differsInWhitespaceOnly)
  }

  /// What ``version`` is of a case.
  package static func version(of item: Case) -> String { CanonicalJSON.digest(item.json.value).short }
}

extension CaseGrade.Part {
  fileprivate init(_ part: Verdict.Difference.Part, _ termination: Outcome.Termination) {
    switch part {
    case .termination: self = termination == .timeout || termination == .excess ? .time : .exitStatus
    case .stdout: self = .stdout
    case .stderr: self = .stderr
    case .files: self = .files
    }
  }
}
