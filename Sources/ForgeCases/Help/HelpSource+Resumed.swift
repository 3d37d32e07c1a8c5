import ForgeCore

/// Runs on what an earlier run left: logs, databases, locks, outputs that are there already.
///
/// A case is one run, and its input tree may be what another run made of it. Where that holds a time the record of a search
/// holds it as well, and another search records another one.
extension HelpSource {
  /// A run that worked and changed its directory.
  struct Left {
    let invocation: Invocation
    /// The directory after the run.
    let tree: [TreeEntry]
    /// What the run wrote.
    let written: [TreeEntry]
    let family: String

    /// The first input that the command line names and that is there still.
    var named: String? {
      let words = Set(invocation.argv.compactMap(\.text))
      let there = Set(tree.map(\.path))
      return invocation.files.first { words.contains($0.path) && there.contains($0.path) }?.path
    }

    /// Nil where the directory cannot be laid out as an input.
    init?(_ trial: Trial) {
      let outcome = trial.observation.outcome
      guard trial.succeeded, trial.proposal.isCandidate, !outcome.files.isEmpty else { return nil }
      invocation = trial.proposal.invocation
      var entries: [String: TreeEntry] = [:]
      for entry in invocation.files { entries[entry.path] = entry }
      for entry in outcome.files {
        switch entry.content {
        case .other: return nil
        // What the recipe lays beside every case cannot be taken away.
        case .removed: guard entries.removeValue(forKey: entry.path) != nil else { return nil }
        case .file, .directory, .link: entries[entry.path] = entry
        }
      }
      tree = entries.values.sorted { $0.path < $1.path }
      written = outcome.files.filter { if case .file = $0.content { true } else { false } }
      family = trial.proposal.family
    }
  }

  /// A command line that the program understood, with a place for the one file that it names.
  ///
  /// One that failed may be what works on what another run left.
  struct Call: Hashable {
    let words: [ByteString]
    /// Where the file's name stands; nil where it names none.
    let place: Int?
    let family: String
    let origin: Case.Origin

    init?(_ trial: Trial) {
      let invocation = trial.proposal.invocation
      let paths = Set(invocation.files.map { ByteString($0.path) })
      let places = invocation.argv.indices.filter { paths.contains(invocation.argv[$0]) }
      guard case .exit = trial.observation.outcome.termination, trial.proposal.isCandidate, places.count < 2,
        !OptionComplaint.isOfUnknown(trial.observation.outcome.stderr)
      else { return nil }
      place = places.first
      words = invocation.argv.enumerated().map { $0.offset == places.first ? ByteString() : $0.element }
      (family, origin) = (trial.proposal.family, trial.proposal.origin)
    }

    func argv(_ file: String?) -> [ByteString]? {
      guard let place else { return words }
      guard let file else { return nil }
      return words.enumerated().map { $0.offset == place ? ByteString(file) : $0.element }
    }
  }

  private static let mostLeft = 32
  private static let mostLeftOfFamily = 8
  private static let mostCalls = 120
  /// Written files that other calls are tried on.
  private static let mostWritten = 2

  /// Remembers what a run left, and how it was called.
  mutating func noteLeft(_ trial: Trial) {
    if calls.count < Self.mostCalls, let call = Call(trial), classesOfCalls.insert(trial.outcomeClass).inserted,
      !calls.contains(where: { $0.words == call.words })
    {
      calls.append(call)
    }
    guard left.count < Self.mostLeft, let one = Left(trial),
      left.count(where: { $0.family == one.family }) < Self.mostLeftOfFamily,
      !left.contains(where: { $0.tree.map(\.path) == one.tree.map(\.path) && $0.invocation.argv == one.invocation.argv }
      )
    else { return }
    left.append(one)
  }

  /// Each call on what each run left, the run's own call first.
  ///
  /// Nothing where no case compares files: then no rebuild has to write what it would have to read. What was written is not
  /// damaged, here or by mutation, for how a program complains about a form of its own is in no document.
  mutating func planResumed() {
    for one in left where subject.surface.ignore[.files] == nil {
      batches.append([])
      resume(one, one.invocation.argv, family: one.family)
      for call in calls {
        let files = call.place == nil ? [nil] : [one.named] + one.written.prefix(Self.mostWritten).map(\.path)
        for file in files {
          if let argv = call.argv(file) { resume(one, argv, family: call.family, origin: call.origin) }
        }
      }
    }
    (left, calls, classesOfCalls) = ([], [], [])
  }

  private mutating func resume(_ one: Left, _ argv: [ByteString], family: String, origin: Case.Origin = .help) {
    let invocation = Invocation(
      argv: argv, stdin: one.invocation.stdin, files: one.tree, environment: one.invocation.environment)
    guard invocation.treeFault == nil else { return }
    propose(invocation, family: family, origin: origin, left: Set(one.written.map(\.path)))
  }
}
