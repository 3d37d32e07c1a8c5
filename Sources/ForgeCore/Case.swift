/// One hidden behavioural test: an input, the outcome the reference gave, and how the two are compared.
///
/// On disk a case is one line of `cases.jsonl` in RFC 8785 form; see `Case+JSON.swift`.
package struct Case: Sendable, Hashable {
  /// Where the idea for the input came from.
  package enum Origin: String, Sendable, Hashable, Codable, CaseIterable {
    /// The program's own help texts.
    case help
    /// Manuals and other documents.
    case docs
    /// Upstream's own test suite.
    case harvest
    /// Mutation of other inputs.
    case fuzz
    /// A language model or another agent.
    case agent
    /// The recipe names it.
    case recipe

    /// In the order in which a search comes to them; recipes and agents add to what the program says of itself.
    package static let searchOrder: [Origin] = [.harvest, .help, .docs, .recipe, .agent, .fuzz]
  }

  /// Whether a solver could have known the outcome.
  package enum Evidence: String, Sendable, Hashable, Codable, CaseIterable {
    /// A success whose every option, subcommand and word of the program's own language is in the documents.
    case documented
    /// An option or word, or the error message, occurs nowhere in the documents.
    case undocumented
    /// Neither: it can be found out by running the program.
    case inferable
  }

  /// SHA-256 of the canonical JSON of argv, stdin, files and env.
  package let id: Digest
  /// What the program is given.
  package let invocation: Invocation
  /// The part of the program's behaviour it belongs to, such as a subcommand or an option.
  package var family: String
  /// Where the input came from.
  package var origin: Origin
  /// Whether the outcome could be known; nil where that was not assessed.
  package var evidence: Evidence?
  /// Limit on the program's CPU time, in milliseconds.
  package var timeoutMilliseconds: UInt64
  /// The outcome the reference gave; its termination is always an exit.
  package var expect: Outcome
  /// How outcomes are compared.
  package var compare: Comparison

  /// Makes a case; its id follows from the invocation.
  package init(
    invocation: Invocation, family: String, origin: Origin, evidence: Evidence?, timeoutMilliseconds: UInt64,
    expect: Outcome, compare: Comparison
  ) {
    self.id = invocation.id
    self.invocation = invocation
    self.family = family
    self.origin = origin
    self.evidence = evidence
    self.timeoutMilliseconds = timeoutMilliseconds
    self.expect = expect
    self.compare = compare
  }
}

/// How each part of an outcome is compared; the exit status always is, exactly.
package struct Comparison: Sendable, Hashable {
  /// How one stream is compared.
  package enum Rule: Sendable, Hashable {
    /// Byte by byte.
    case exact
    /// Not at all.
    case ignored(reason: String)
    /// After named normalisers have been applied to both sides; at least one, in their order.
    case normalised(by: [Normaliser], reason: String)
    /// Of files alone: all but the contents of the ones at some paths, in byte order; that they are there, and their
    /// permissions, count.
    case except([String], reason: String)
  }
  /// For standard output.
  package var stdout: Rule
  /// For standard error.
  package var stderr: Rule
  /// For files added, changed or removed.
  package var files: Rule

  /// Makes a comparison; everything is exact unless said otherwise.
  package init(stdout: Rule = .exact, stderr: Rule = .exact, files: Rule = .exact) {
    self.stdout = stdout
    self.stderr = stderr
    self.files = files
  }
}
