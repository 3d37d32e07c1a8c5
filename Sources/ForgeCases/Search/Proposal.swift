package import ForgeCore

/// An input that a source would like to see run.
package struct Proposal: Sendable, Hashable {
  /// What the program is given.
  package var invocation: Invocation
  /// Where the idea came from.
  package var origin: Case.Origin
  /// The part of the program it is about, in the program's own words.
  package var family: String
  /// What the source calls it, to recognise the trial; nothing else reads it.
  package var key: String
  /// Whether it may become a case; probes that only teach the source may not.
  package var isCandidate: Bool
  /// Whether it is a kept input run again, to learn which edges are unstable.
  package var isRepeat = false
  /// Files of its tree that an earlier run of the program wrote: formats of its own, which are left whole.
  package var left: Set<String> = []
  /// The kept input that it is a smaller form of; nil for an idea of its own.
  package var replaces: Replacement?

  /// A kept input, and what a smaller one must reach to take its place.
  package struct Replacement: Sendable, Hashable {
    /// What was kept.
    package var invocation: Invocation
    /// What it was the first to reach.
    package var features: [UInt64]
    /// Whether edges must be passed as often, too.
    package var countsMatter = true

    /// Whether a run that reached these features reached enough.
    func isReached(by found: [UInt64]) -> Bool {
      if countsMatter { return FeatureSet(found).isSuperset(of: features) }
      return FeatureSet(found.map { $0 >> 3 }).isSuperset(of: features.lazy.map { $0 >> 3 })
    }
  }

  /// Makes a proposal.
  package init(
    invocation: Invocation, origin: Case.Origin, family: String, key: String = "", isCandidate: Bool = true
  ) {
    self.invocation = invocation
    self.origin = origin
    self.family = family
    self.key = key
    self.isCandidate = isCandidate
  }
}

/// A proposal that was run, and what came of it.
package struct Trial: Sendable {
  /// What was run.
  package let proposal: Proposal
  /// What the run showed and cost.
  package let observation: Observation
  /// What the run reached.
  package let feedback: Feedback
  /// The kind of behaviour it shows.
  package let outcomeClass: OutcomeClass
  /// Whether it showed a class, or reached a feature, that nothing before it in its shard had.
  package let isNovel: Bool

  /// Whether the program exited with status 0.
  package var succeeded: Bool { observation.outcome.termination == .exit(0) }
}

/// What is known when a source proposes: the subject, and what was seen so far.
package struct Knowledge: Sendable {
  /// The program searched.
  package let subject: SearchSubject
  /// Trials of the source's last round, in the order in which its proposals were dealt out.
  package var lastRound: [Trial] = []
  /// Every class of outcome seen, with how many kept proposals show it.
  package var classes: [OutcomeClass: Int] = [:]
  /// Every feature reached.
  package var features = FeatureSet()
  /// Edges whose counts say nothing.
  package var unstable = UnstableEdges()
  /// Proposals kept so far, in order, from all sources: seeds for whoever mutates.
  package var kept: [KeptProposal] = []
  /// Runs made so far.
  package var executions = 0
  /// Runs that this source may still make.
  package var allowance: Int
  /// How long a run that ended by itself usually takes, in microseconds of wall-clock time; nil before the first round.
  package var usualMicroseconds: UInt64?
  /// What the latest runs would cost on average under the present limits, in microseconds; nil before the first round.
  package var averageCost: UInt64?

  /// How many runs a whole search may make, so that it takes about six minutes on two processors at most.
  ///
  /// By the average: where the usual run takes milliseconds and a rare one seconds, the rare ones are most of the cost. A
  /// cell adds about 1.5 ms to each run.
  var affordableRuns: Int { RunBudget.runs(within: 360, of: Double(averageCost ?? 0) + 1_500) }

  /// What one run may use: far more than runs usually take, so that one which spins or waits does not cost a thousand.
  ///
  /// A run that takes longer would make a slow case and is no candidate; the judge has limits of its own.
  var limits: CaseLimits {
    var limits = subject.limits
    if let usual = usualMicroseconds {
      limits.wallMilliseconds = min(limits.wallMilliseconds, max(300, usual * 30 / 1000))
    }
    return limits
  }

  /// Starts with nothing seen.
  package init(subject: SearchSubject, allowance: Int) {
    self.subject = subject
    self.allowance = allowance
  }
}

/// The program whose behaviour is searched, as far as it is known from outside.
package struct SearchSubject: Sendable {
  /// A text an agent gets, by its path.
  package struct Document: Sendable, Hashable {
    /// Path in the cleanroom's `docs/`.
    package var path: String
    /// The whole text.
    package var text: String
    /// Makes a document.
    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }
  /// Names that texts use for the program, such as `jq`.
  package var programs: [String]
  /// What the recipe says about its inputs.
  package var surface: Recipe.Surface
  /// Texts in the executable's read-only data, as far as they may be words of its input.
  package var programStrings: [String]
  /// Shell completion files that upstream keeps beside its source.
  package var completions: [String]
  /// The documents an agent gets, help texts included.
  package var documents: [Document]
  /// Inputs from upstream's own files.
  package var seeds: [SampleInput]
  /// How much may be run and kept.
  package var budget: Recipe.Budget
  /// What one run may use.
  package var limits: CaseLimits
  /// Fixes everything that is chosen at random.
  package var seed: UInt64

  /// Describes a program.
  package init(
    programs: [String], surface: Recipe.Surface = .init(), programStrings: [String] = [], completions: [String] = [],
    documents: [Document] = [], seeds: [SampleInput] = [],
    budget: Recipe.Budget = .init(), limits: CaseLimits = .init(cpuMilliseconds: 2_000, wallMilliseconds: 10_000),
    seed: UInt64 = 1
  ) {
    self.programs = programs
    self.surface = surface
    self.programStrings = programStrings
    self.completions = completions
    self.documents = documents
    self.seeds = seeds
    self.budget = budget
    self.limits = limits
    self.seed = seed
  }

  /// Calls that can be made before anything is known: no argument, each kind on standard input, the usual questions.
  package var firstInvocations: [Invocation] {
    FuzzMaterials(subject: self).firstInvocations
      + (surface.args + [["--help"], ["--version"], ["-h"]]).map { words in
        Invocation(argv: words.map { ByteString($0) }, environment: surface.env)
      }
  }

  /// The kinds of input that the recipe names and of which there is none at the start.
  ///
  /// No generator makes them, and no seed is of them; what the program itself writes may be.
  package var kindsWithoutInput: [Recipe.InputKind] {
    let kinds = surface.stdin + surface.files.filter { !surface.stdin.contains($0) }
    let generator = InputGenerator(seed: seed)
    return kinds.filter { kind in
      // A seed whose name tells no kind counts as one of the first.
      generator.samples(of: kind).isEmpty
        && !seeds.contains { $0.kind == kind || $0.kind == nil && kind == kinds.first }
    }
  }
}
