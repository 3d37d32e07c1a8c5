package import ForgeCore

/// Runs a build with gcc's address and undefined behaviour sanitizers so that what they find shows in the outcome.
///
/// The options are those of <https://github.com/google/sanitizers/wiki/SanitizerCommonFlags>.
package struct SanitizedRunner: Runner {
  /// What ends a run.
  package enum Strictness: String, Sendable, Hashable, Codable, CaseIterable {
    /// An access to memory that is not the program's, and whatever else the language leaves undefined.
    case addressAndUndefined = "address, undefined"
    /// The former only: some programs do the latter in every run.
    case address
  }

  private let base: any Runner
  private let libraries: String?
  private let strictness: Strictness

  /// Wraps what runs the sanitized build.
  ///
  /// - Parameters:
  ///   - base: The runner of the sanitized executable.
  ///   - libraries: Where a run sees the sanitizers' own libraries; nil where its loader finds them.
  ///   - strictness: What ends a run.
  package init(_ base: any Runner, libraries: String?, strictness: Strictness) {
    self.base = base
    self.libraries = libraries
    self.strictness = strictness
  }

  /// Runs with four times the CPU time, and with address space for the shadow memory.
  package func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws
    -> Observation
  {
    var invocation = invocation
    let options = [
      "abort_on_error=1", "detect_leaks=0", "allocator_may_return_null=1", "quarantine_size_mb=16", "color=never",
      "max_allocation_size_mb=\(limits.memoryBytes >> 20)", "symbolize=0",
    ]
    invocation.environment["ASAN_OPTIONS"] = options.joined(separator: ":")
    let halt = strictness == .addressAndUndefined ? 1 : 0
    invocation.environment["UBSAN_OPTIONS"] = "halt_on_error=\(halt):abort_on_error=1:print_stacktrace=0"
    if let libraries { invocation.environment["LD_LIBRARY_PATH"] = libraries }
    var limits = limits
    limits.cpuMilliseconds *= 4
    // Shadow memory is reserved, not used: 1/8 of a 47-bit address space. Control groups bound what is used.
    limits.memoryBytes = 1 << 46
    var observation = try await base.run(invocation, limits: limits, perturbation: perturbation)
    if strictness == .address { observation.outcome.stderr = Self.withoutRemarks(observation.outcome.stderr) }
    return observation
  }

  /// As the wrapped runner.
  package var workers: Int { base.workers }
  /// As the wrapped runner.
  package var unchangeable: [Surrounding: String] { base.unchangeable }

  /// The line that says what was found; the first one where none does.
  private static func complaint(in stderr: String) -> String {
    let lines = stderr.split(separator: "\n")
    let telling = lines.first { $0.contains("ERROR: ") || $0.contains(": runtime error: ") }
    return String((telling ?? lines.first ?? "").prefix(200))
  }

  /// Leaves out what tells of undefined behaviour: a line, and for addresses a note with a line of bytes and a caret.
  private static func withoutRemarks(_ stderr: ByteString) -> ByteString {
    let (mark, note) = (Array(": runtime error: ".utf8), Array(": note: pointer points here".utf8))
    var skip = 0
    let lines = stderr.bytes.split(separator: 10, omittingEmptySubsequences: false).filter { line in
      if skip > 0 {
        skip = line.starts(with: "<memory cannot be printed>".utf8) ? 0 : skip - 1
        return false
      }
      if line.firstRange(of: note) != nil { skip = 2 }
      return skip == 0 && line.firstRange(of: mark) == nil
    }
    return ByteString(Array(lines.joined(separator: [10])))
  }

  /// The strictest way under which most of a program's runs are what they are without sanitizers.
  ///
  /// A program that breaks the language's rules before it does anything would else have no case at all, and a suite says
  /// more about it than none.
  ///
  /// - Parameters:
  ///   - base: The runner of the sanitized executable.
  ///   - libraries: As in ``init(_:libraries:strictness:)``.
  ///   - reference: The reference.
  ///   - proposals: What the search kept; up to 60 of them are tried.
  ///   - limits: What one run of the reference may use.
  /// - Returns: The build for the gate, and its strictness where there is one.
  /// - Throws: What a runner throws.
  package static func strictest(
    _ base: any Runner, libraries: String?, reference: any Runner, proposals: [KeptProposal], limits: CaseLimits
  ) async throws -> (build: Judge.Build, strictness: Strictness?) {
    let count = min(60, proposals.count)
    let sample = (0..<count).map { proposals[$0 * proposals.count / count].invocation }
    let expected = try await mapOrdered(sample, width: reference.workers) {
      try await reference.run($0, limits: limits, perturbation: .none).outcome
    }
    let usable = zip(sample, expected).filter { if case .exit = $0.1.termination { true } else { false } }
    var complaint = ""
    for strictness in Strictness.allCases {
      let runner = SanitizedRunner(base, libraries: libraries, strictness: strictness)
      let found = try await mapOrdered(usable, width: runner.workers) { invocation, outcome in
        let seen = try await runner.run(invocation, limits: limits, perturbation: .none).outcome
        return seen == outcome ? nil : Self.complaint(in: seen.stderr.lossyText)
      }
      let differing = found.compactMap(\.self)
      if differing.count * 2 <= usable.count { return (.runner(runner), strictness) }
      complaint = "\(differing.count) of \(usable.count) runs differ under it, first: \(differing[0])"
    }
    return (.missing("the sanitized build says something in most runs: \(complaint)"), nil)
  }
}
