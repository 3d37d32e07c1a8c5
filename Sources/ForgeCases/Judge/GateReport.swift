package import ForgeCore

/// Why a proposal did not become a case.
package enum Gate: String, Sendable, Hashable, Codable, CaseIterable {
  /// The whole input is larger than a case may be.
  case input
  /// The same input stands twice.
  case duplicate
  /// A signal, a panic, a limit or the output cap ended the reference.
  case ending
  /// It shows a null pointer printed as text, or what the machine's processor can do.
  case accident
  /// A silent, echo or copy-stdin dummy passes it.
  case dummy
  /// It shows what an encoder chose among many streams for the same content, and nothing here tells the content.
  case encoded
  /// The outcome changed with the surroundings.
  case determinism
  /// The control build gave another outcome.
  case control
  /// The solve root gave another outcome.
  case solve
  /// The sanitized build did not run it clean.
  case sanitized
  /// Too many cases share one complete outcome.
  case shared
  /// Too many cases are about an option that the program refuses, whether it goes on or not.
  case refusals
  /// Too many cases end in an error.
  case errors
  /// A family holds too much of the suite.
  case families
  /// Too many cases equal one of upstream's tests, or nearly so.
  case verbatim
  /// It adds no edge, no mutant and no class of outcome to the cases before it.
  case redundant
}

/// What the gates let through, what they stopped and why, and what could not be measured.
package struct GateReport: Sendable, Hashable, Codable {
  /// One gate in figures.
  package struct Entry: Sendable, Hashable, Codable {
    /// The gate.
    package var gate: Gate
    /// How many proposals it stopped, or why it could not be measured.
    package var dropped: Measured<Int>
    /// Some of what it stopped.
    package var examples: [Example]
  }

  /// One proposal that a gate stopped.
  package struct Example: Sendable, Hashable, Codable {
    /// The case id it would have had.
    package var id: Digest
    /// The arguments, for people.
    package var argv: [String]
    /// What happened.
    package var detail: String
  }

  /// Proposals that came to an end: those kept, those that solvers may see and those that a gate stopped.
  package var considered: Int
  /// Proposals that were not needed, since the budget was full; some of them had passed every gate.
  package var notNeeded: Int
  /// Cases kept.
  package var kept: Int
  /// Gates in a fixed order; the bounds on the suite act before those that take further runs.
  package var gates: [Entry]
  /// How often each part of the surroundings was changed for every kept case, or why it was not.
  package var surroundings: [String: Measured<Int>]
  /// Cases by family.
  package var families: [String: Int]
  /// Cases by origin.
  package var origins: [String: Int]
  /// Cases by evidence; `not-assessed` where nothing could be said.
  package var evidence: [String: Int]
  /// Cases by what they are kept for; see ``KeepReason``.
  package var reasons: [String: Int]
  /// Ids of the kept cases that equal one of upstream's tests or share most of its tokens; see ``UpstreamTests``.
  package var verbatim: Measured<[Digest]>
  /// Kept cases that end in an error, as a part of all.
  package var errorShare: Double
  /// Outcomes of the kept cases that differ in what is compared.
  package var distinctOutcomes: Int
  /// The most cases that one constant program would pass.
  package var largestShared: Int
  /// Cases whose standard error is not compared, by reason.
  package var stderrIgnored: [String: Int]
  /// Cases whose standard output is not compared, by reason.
  package var stdoutIgnored: [String: Int]
  /// Cases whose files are not compared, by reason.
  package var filesIgnored: [String: Int]
  /// Cases in which the contents of a file are not compared, by its path.
  package var contentsIgnored: [String: Int]
  /// What each normaliser keeps, by its name; those that keep nothing are left out.
  package var normalisers: [String: NormaliserUse]
  /// Runs of each case beyond the first ten, made where chance changed the outcome of others.
  package var furtherRuns: Int
  /// Runs made while judging.
  package var executions: Int

  /// Stopped by each gate that was measured.
  package var dropped: [Gate: Int] {
    Dictionary(uniqueKeysWithValues: gates.compactMap { entry in entry.dropped.value.map { (entry.gate, $0) } })
  }
}

/// Counts what gates stop while a suite is judged.
struct GateLedger {
  private var counts: [Gate: Int] = [:]
  private var examples: [Gate: [GateReport.Example]] = [:]
  private var notMeasured: [Gate: String] = [:]

  mutating func stop(_ invocation: Invocation, at gate: Gate, _ detail: String) {
    counts[gate, default: 0] += 1
    guard examples[gate, default: []].count < 5 else { return }
    examples[gate, default: []].append(
      .init(id: invocation.id, argv: invocation.argv.map { String($0.lossyText.prefix(200)) }, detail: detail))
  }

  mutating func setNotMeasured(_ gate: Gate, _ reason: String) { notMeasured[gate] = reason }

  var entries: [GateReport.Entry] {
    Gate.allCases.map { gate in
      .init(
        gate: gate, dropped: notMeasured[gate].map(Measured.notMeasured) ?? .value(counts[gate, default: 0]),
        examples: examples[gate, default: []])
    }
  }
}
