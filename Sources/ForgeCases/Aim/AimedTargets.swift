package import ForgeCore

/// Mutants of a program, of which inputs are looked for that tell them from it.
package protocol AimedTargets: Sendable {
  /// Where each mutant lies, by which it is known.
  var addresses: [UInt64] { get }

  /// How many inputs are worth having under way at once.
  var workers: Int { get }

  /// Runs the program itself, and tells the mutants whose places the run came to, ascending; nil where it could not be run.
  ///
  /// - Throws: `ForgeError` where nothing can be run at all.
  func reach(
    _ invocation: Invocation, limits: CaseLimits
  ) async throws -> (observation: Observation, mutants: [Int])?

  /// Runs a mutant, or for nil the program itself in the same way; nil where it could not be run.
  ///
  /// - Throws: `ForgeError` where nothing can be run at all.
  func run(_ invocation: Invocation, as mutant: Int?, after times: RunTimes) async throws -> Observation?
}

/// What came of aiming, for reports.
package struct AimSummary: Sendable, Hashable, Codable {
  /// Mutants whose places some proposal comes to.
  package var mutants = 0
  /// Mutants of these that a proposal of the search kills.
  package var killedBySearch = 0
  /// Mutants of the rest that an input made for their sake kills.
  package var killedByNew = 0
  /// Mutants of the rest that show in messages alone, which a case may not compare.
  package var inMessagesOnly = 0
  /// Inputs made for the sake of mutants that joined the proposals.
  package var proposals = 0
  /// Runs made.
  package var runs = 0

  /// Makes a summary of nothing.
  package init() {}
}

/// How a mutant's outcome differs from the program's.
enum AimedDifference {
  /// In nothing.
  case none
  /// In standard error alone, which is compared only where others support the message.
  case message
  /// In how it ended, in standard output or in files.
  case shown

  /// Compares as a judge would before anything is known of the case.
  init(_ found: Outcome, from expected: Outcome, of invocation: Invocation, on surface: Recipe.Surface) {
    let comparison = surface.comparison(of: expected, from: invocation)
    switch Verdict(of: found, expecting: expected, by: comparison) {
    case .passed: self = .none
    case .failed(let difference) where difference.part == .stderr:
      var rest = comparison
      rest.stderr = .ignored(reason: "")
      self = Verdict(of: found, expecting: expected, by: rest).isPass ? .message : .shown
    case .failed: self = .shown
    }
  }
}
