import ForgeCore

/// A proposal on its way through the gates, with what its runs have shown so far.
struct Candidate: Sendable {
  let proposal: KeptProposal
  /// What the first run showed.
  private(set) var expect: Outcome
  /// CPU time of every recording, in microseconds.
  var times: [UInt64]
  /// What can be compared: less than everything where something changes from run to run.
  private(set) var comparison: Comparison
  /// Whether the first run complained about an option; the message itself may not be compared later.
  private let isRefusal: Bool
  /// What the normalisers are for.
  private(set) var changes: [NormaliserUse.Change] = []
  /// Outcomes that differ from the first by what normalisers know.
  private var others: [Outcome] = []

  /// Why a message or file that changes by itself is not compared.
  static let unsteady = "changes from run to run"

  /// Begins with what the first run showed and how that is compared.
  init(_ proposal: KeptProposal, recorded observation: Observation, comparison: Comparison) {
    self.proposal = proposal
    self.expect = observation.outcome
    isRefusal = OptionComplaint.isMade(by: observation.outcome)
    self.times = [observation.cpuMicroseconds]
    self.comparison = comparison
    noteStreams()
  }

  /// Goes on with a case that was admitted before.
  init(again admitted: Admitted, changes: [NormaliserUse.Change]) {
    proposal = admitted.proposal
    isRefusal = admitted.isRefusal
    expect = admitted.expect
    times = [admitted.usualMicroseconds]
    comparison = admitted.comparison
    self.changes = changes
  }

  /// The case, with what its normalisers know written in one way and without what is left out, so that the same search
  /// gives the same suite.
  var admitted: Admitted {
    var expect = expect
    let form = comparison.form(of: expect)
    if comparison.stdout != .exact { expect.stdout = form.stdout }
    if comparison.stderr != .exact { expect.stderr = form.stderr }
    if comparison.files != .exact { expect.files = form.files }
    return Admitted(
      invocation: proposal.invocation, proposal: proposal, expect: expect,
      usualMicroseconds: times.sorted()[times.count / 2], comparison: comparison,
      message: MessageTemplate(expect.stderr.bytes, of: proposal.invocation),
      isRefusal: isRefusal)
  }

  /// Takes the smallest set of normalisers under which a run and those before it show the same, where there is one.
  mutating func normalise(_ outcome: Outcome) {
    guard outcome.termination == expect.termination, outcome != expect else { return }
    let runs = [expect] + others + [outcome]
    if comparison.stdout.needsMore(for: outcome.stdout, than: expect.stdout) {
      note(.stdout, \.stdout, outcome) { NormaliserChoice.smallest(for: runs.map(\.stdout), opening: $0) }
    }
    if comparison.stderr.needsMore(for: outcome.stderr, than: expect.stderr) {
      note(.stderr, \.stderr, outcome) { NormaliserChoice.smallest(for: runs.map(\.stderr), opening: $0) }
    }
    if comparison.files.excepted.isEmpty, comparison.files.needsMore(for: outcome.files, than: expect.files) {
      note(.files, \.files, outcome) { NormaliserChoice.smallest(for: runs.map(\.files), opening: $0) }
    }
    remember(outcome)
  }

  /// Keeps of a run what its normalisers have to account for; all else is equal, or not compared.
  private mutating func remember(_ outcome: Outcome) {
    guard others.count < NormaliserChoice.remembered, !changes.isEmpty else { return }
    var other = expect
    if case .normalised = comparison.stdout { other.stdout = outcome.stdout }
    if case .normalised = comparison.stderr { other.stderr = outcome.stderr }
    if case .normalised = comparison.files { other.files = outcome.files }
    others.append(other)
  }

  private mutating func note(
    _ part: Verdict.Difference.Part, _ rule: WritableKeyPath<Comparison, Comparison.Rule>, _ outcome: Outcome,
    smallest: (_ opening: [Normaliser]) -> [Normaliser]?
  ) {
    let opening = comparison[keyPath: rule].normalisers.filter(\.opens)
    guard let names = smallest(opening) else { return }
    var only = Comparison(stdout: .ignored(reason: ""), stderr: .ignored(reason: ""), files: .ignored(reason: ""))
    only[keyPath: rule] = opening.isEmpty ? .exact : .normalised(by: opening, reason: "")
    guard case .failed(let difference) = Verdict(of: outcome, expecting: expect, by: only) else { return }
    comparison[keyPath: rule] = .normalised(by: names, reason: NormaliserChoice.reason(names))
    changes.removeAll { $0.part == part }
    changes.append(.init(part: part, names: names, one: difference.expected, other: difference.actual))
  }

  /// Notes what is compared by what it holds, for the report.
  private mutating func noteStreams() {
    let form = comparison.form(of: expect)
    func note(_ part: Verdict.Difference.Part, _ rule: Comparison.Rule, _ raw: ByteString, _ text: ByteString) {
      guard rule.opens, raw != text else { return }
      let start = String(text.lossyText.prefix(Verdict.Difference.excerptBytes))
      changes.append(.init(part: part, names: rule.normalisers, one: "\(raw.count) bytes", other: start))
    }
    note(.stdout, comparison.stdout, expect.stdout, form.stdout)
    for (raw, text) in zip(expect.files, form.files) {
      if case .file(let raw, _) = raw.content, case .file(let text, _) = text.content {
        note(.files, comparison.files, raw, text)
      }
    }
  }

  /// Leaves out of the comparison a message or files that two runs showed differently, where the rest stays the same.
  ///
  /// Standard output is what a case is about, or the files that a run leaves: where all of them change there is no case.
  /// What is left out is emptied, so that the same search gives the same suite.
  mutating func relax(_ outcome: Outcome) {
    guard outcome.termination == expect.termination,
      !comparison.stdout.needsMore(for: outcome.stdout, than: expect.stdout)
    else { return }
    if comparison.files.needsMore(for: outcome.files, than: expect.files), let rule = excepting(outcome.files) {
      comparison.files = rule
      expect.files = rule.form(of: expect.files)
      changes.removeAll { $0.part == .files }
    }
    guard !expect.stdout.isEmpty else { return }
    if comparison.stderr.needsMore(for: outcome.stderr, than: expect.stderr) { leaveOutMessage() }
    if comparison.files.needsMore(for: outcome.files, than: expect.files) {
      comparison.files = .ignored(reason: Self.unsteady)
      expect.files = []
      changes.removeAll { $0.part == .files }
    }
  }

  /// Leaves the message out of the comparison, as one that changes by itself.
  mutating func leaveOutMessage() {
    comparison.stderr = .ignored(reason: Self.unsteady)
    expect.stderr = ByteString()
    changes.removeAll { $0.part == .stderr }
  }

  /// Tells what two runs showed differently in a stream that is compared byte by byte.
  func teach(_ lines: inout UnsteadyLines, _ outcome: Outcome) {
    guard outcome.termination == expect.termination else { return }
    if comparison.stdout == .exact { lines.learn(expect.stdout, outcome.stdout, of: proposal.invocation) }
    if comparison.stderr == .exact { lines.learn(expect.stderr, outcome.stderr, of: proposal.invocation) }
  }

  /// All but the contents of the files that another run left otherwise: a log with times beside what was made.
  ///
  /// There is none where the trees differ in more, where what is compressed is opened, and where nothing would be left
  /// that can be told wrong: no output, and no other file.
  private func excepting(_ files: [TreeEntry]) -> Comparison.Rule? {
    guard comparison.files.normalisers.isEmpty, files.count == expect.files.count else { return nil }
    var paths = comparison.files.excepted
    for (one, other) in zip(expect.files, files) where one != other && !paths.contains(one.path) {
      guard one.withoutContents == other.withoutContents else { return nil }
      paths.append(one.path)
    }
    let rest = expect.files.contains { entry in
      if case .file(let data, _) = entry.content { !data.isEmpty && !paths.contains(entry.path) } else { false }
    }
    guard rest || !expect.stdout.isEmpty else { return nil }
    return .except(paths.sorted(), reason: Self.unsteady)
  }
}

extension Comparison.Rule {
  /// Whether two texts differ under it.
  fileprivate func needsMore(for text: ByteString, than other: ByteString) -> Bool {
    !isIgnored && text != other && form(of: text) != form(of: other)
  }

  /// Whether two trees differ under it.
  fileprivate func needsMore(for tree: [TreeEntry], than other: [TreeEntry]) -> Bool {
    !isIgnored && tree != other && form(of: tree) != form(of: other)
  }
}
