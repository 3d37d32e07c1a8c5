package import ForgeCore

/// How one case went.
package struct CaseResult: Sendable {
  /// The case.
  package let id: Digest
  /// The case's family.
  package let family: String
  /// Whether it passed, and what differed first.
  package let verdict: Verdict
  /// How the program ended.
  package let termination: Outcome.Termination
  /// Whether exit status, standard output and files are as expected, whatever standard error says.
  package let passesWithoutStderr: Bool
  /// Whether a failed case would pass if white space did not count.
  package let differsInWhitespaceOnly: Bool
  /// Digest of what is compared of the outcome: another one in a second run shows a program that is not stable.
  package let form: Digest
  /// CPU time, in microseconds.
  package let cpuMicroseconds: UInt64
  /// Time from start to end, in microseconds.
  package let wallMicroseconds: UInt64
  /// The largest resident set of one process, in KiB.
  package let peakKibibytes: UInt64
  /// Whether it was stopped though it computed little: it waited for something that no case gives.
  package let isHang: Bool

  /// Judges what was observed.
  package init(_ observation: Observation, of item: Case) {
    let outcome = observation.outcome
    id = item.id
    family = item.family
    verdict = Verdict(of: outcome, for: item)
    termination = outcome.termination
    var silent = item.compare
    silent.stderr = .ignored(reason: "not asked for")
    passesWithoutStderr = verdict.isPass || Verdict(of: outcome, expecting: item.expect, by: silent).isPass
    differsInWhitespaceOnly =
      !verdict.isPass
      && Verdict(of: outcome.withoutWhitespace, expecting: item.expect.withoutWhitespace, by: item.compare).isPass
    form = item.compare.form(of: outcome).digest
    cpuMicroseconds = observation.cpuMicroseconds
    wallMicroseconds = observation.wallMicroseconds
    peakKibibytes = observation.peakKibibytes
    isHang = outcome.termination == .timeout && cpuMicroseconds < item.timeoutMilliseconds * 1000 / 2
  }
}

extension Outcome {
  /// The outcome with every blank, tab and line end taken out of its texts.
  fileprivate var withoutWhitespace: Outcome {
    func dense(_ text: ByteString) -> ByteString {
      ByteString(text.bytes.filter { $0 != 32 && !(9...13).contains($0) })
    }
    return Outcome(
      termination: termination, stdout: dense(stdout), stderr: dense(stderr),
      files: files.map { entry in
        guard case .file(let data, let mode) = entry.content else { return entry }
        return TreeEntry(path: entry.path, content: .file(dense(data), mode: mode))
      })
  }
}

/// How an executable did on a suite.
package struct Score: Sendable {
  /// One result per case, by id.
  package let results: [CaseResult]
  /// How long the suite took, in seconds.
  package let seconds: Double

  /// Takes results, ordered by id.
  package init(results: [CaseResult], seconds: Double) {
    self.results = results
    self.seconds = seconds
  }

  /// Cases that passed.
  package var passed: Int { results.count { $0.verdict.isPass } }
  /// All cases.
  package var total: Int { results.count }
  /// Passed of all.
  package var ratio: Ratio { Ratio(passed, of: total) }

  /// Passed of all but some cases.
  package func ratio(without left: Set<Digest>) -> Ratio {
    let rest = results.filter { !left.contains($0.id) }
    return Ratio(rest.count { $0.verdict.isPass }, of: rest.count)
  }
}
