package import ForgeCore

/// Proposes what upstream's own tests give the program, and inputs of our own that are made from them.
///
/// What upstream asks comes first, because every later source learns from it; how much of a suite may be so is bounded
/// by the gate ``Gate/verbatim``. Variations follow: the same call over other data, with an option less or another one.
package struct HarvestSource: CaseSource {
  /// `harvest`.
  package let name = "harvest"

  /// The part of the allowance that upstream's own inputs may use.
  private static let share = 0.5
  /// How often each input is varied at most.
  private static let passes = 3

  private let subject: SearchSubject
  private let inputs: [HarvestedInput]
  private let assets: [String: ByteString]
  private let namer: FamilyNamer
  private var asked: Set<Digest>
  private var pass = -1
  /// Inputs that the program did not die of: what is varied.
  private var parents: [Invocation] = []

  /// Makes a source of the inputs of a harvest.
  ///
  /// - Parameters:
  ///   - subject: The program.
  ///   - inputs: What upstream's tests give it.
  ///   - assets: Data files of upstream that lie in every case's working directory, which inputs may name.
  package init(subject: SearchSubject, inputs: [HarvestedInput], assets: [TreeEntry] = []) {
    self.subject = subject
    self.assets = Dictionary(
      assets.compactMap { if case .file(let bytes, _) = $0.content { ($0.path, bytes) } else { nil } },
      uniquingKeysWith: { first, _ in first })
    self.inputs = inputs
    namer = FamilyNamer(subject: subject)
    // A variation must not come out as another of upstream's inputs.
    asked = Set(inputs.map(\.invocation.id))
  }

  /// First the inputs as they are, then rounds of variations.
  package mutating func nextRound(_ known: Knowledge) async throws -> (any SearchRound)? {
    guard !inputs.isEmpty else { return nil }
    pass += 1
    if pass == 0 {
      let most = max(1, Int(Double(known.allowance) * Self.share))
      let taken =
        inputs.count <= most ? inputs : (0..<most).map { inputs[$0 * inputs.count / most] }
      return ListRound(taken.map { proposal($0.invocation) })
    }
    if pass == 1 {
      parents = known.lastRound.compactMap { trial in
        if case .exit = trial.observation.outcome.termination { ownData(trial.proposal.invocation) } else { nil }
      }
    }
    guard pass <= Self.passes, !parents.isEmpty else { return nil }
    var variations = HarvestVariations(parents: parents, seed: subject.seed, label: "harvest \(pass)", namer: namer)
    let made = variations.all().filter { invocation in
      invocation.inputBytes <= subject.budget.inputBytes && asked.insert(invocation.id).inserted
    }
    let most = max(1, known.allowance)
    return ListRound(made.prefix(most).map(proposal))
  }

  /// The same input with copies of the data files that it names, which may then be changed.
  private func ownData(_ invocation: Invocation) -> Invocation {
    let own = Set(invocation.files.map(\.path))
    let named = Set(invocation.argv.compactMap(\.text)).subtracting(own).sorted()
    let copies = named.compactMap { path in
      assets[path].flatMap {
        $0.count > InputGenerator.cap ? nil : TreeEntry(path: path, content: .file($0, mode: 0o644))
      }
    }
    return Invocation(
      argv: invocation.argv, stdin: invocation.stdin, files: invocation.files + copies,
      environment: invocation.environment)
  }

  private func proposal(_ invocation: Invocation) -> Proposal {
    var invocation = invocation
    invocation.environment.merge(subject.surface.env) { own, _ in own }
    // A copy that was not changed says nothing that the data file does not.
    invocation.files.removeAll { entry in
      if case .file(let bytes, _) = entry.content { assets[entry.path] == bytes } else { false }
    }
    return Proposal(invocation: invocation, origin: .harvest, family: namer.family(of: invocation.argv))
  }
}
