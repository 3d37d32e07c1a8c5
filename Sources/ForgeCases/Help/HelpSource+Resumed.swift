import ForgeCore

/// Runs on what an earlier run left: logs, databases, locks, outputs that are there already.
///
/// A case is one run, and its input tree may be what another run made of it.
extension HelpSource {
  /// A run that worked and changed its directory.
  struct Left {
    let invocation: Invocation
    /// The directory after the run.
    let tree: [TreeEntry]
    /// What the run wrote.
    let written: [TreeEntry]
    let family: String

    /// The first input that the command line names.
    var named: String? {
      let words = Set(invocation.argv.compactMap(\.text))
      return invocation.files.first { words.contains($0.path) }?.path
    }

    /// Nil where the directory cannot be laid out as an input.
    init?(_ trial: Trial) {
      let outcome = trial.observation.outcome
      guard trial.succeeded, !outcome.files.isEmpty else { return nil }
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

    init?(_ trial: Trial) {
      let invocation = trial.proposal.invocation
      let paths = Set(invocation.files.map { ByteString($0.path) })
      let places = invocation.argv.indices.filter { paths.contains(invocation.argv[$0]) }
      guard case .exit = trial.observation.outcome.termination, trial.proposal.isCandidate, places.count < 2,
        !OptionComplaint.isOfUnknown(trial.observation.outcome.stderr)
      else { return nil }
      place = places.first
      words = invocation.argv.enumerated().map { $0.offset == places.first ? ByteString() : $0.element }
      family = trial.proposal.family
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

  /// Each call on what each run left, the run's own call first, on it as it is and damaged.
  mutating func planResumed() {
    for one in left {
      batches.append([])
      resume(one, one.invocation.argv, one.tree, family: one.family)
      for file in one.written.prefix(Self.mostWritten) {
        guard case .file(let bytes, let mode) = file.content else { continue }
        let whole = SampleInput(kind: nil, variant: .normal, label: "", fileName: file.path, bytes: bytes)
        for damaged in whole.damaged {
          let entry = TreeEntry(path: file.path, content: .file(damaged.bytes, mode: mode))
          resume(one, one.invocation.argv, one.tree.map { $0.path == file.path ? entry : $0 }, family: one.family)
        }
      }
      for call in calls {
        let files = call.place == nil ? [nil] : [one.named] + one.written.prefix(Self.mostWritten).map(\.path)
        for file in files {
          if let argv = call.argv(file) { resume(one, argv, one.tree, family: call.family) }
        }
      }
    }
    (left, calls, classesOfCalls) = ([], [], [])
  }

  private mutating func resume(_ one: Left, _ argv: [ByteString], _ tree: [TreeEntry], family: String) {
    let invocation = Invocation(
      argv: argv, stdin: one.invocation.stdin, files: tree, environment: one.invocation.environment)
    if invocation.treeFault == nil { propose(invocation, family: family) }
  }
}
