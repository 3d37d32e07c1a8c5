package import ForgeCore

/// Runs a program on an invocation: the cell, or a stand-in.
package protocol Runner: Sendable {
  /// Runs once and shows what happened.
  ///
  /// - Throws: `ForgeError` where the run could not be made at all; how the program ended is never an error.
  func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws -> Observation

  /// How many runs are worth having under way at once.
  var workers: Int { get }

  /// Surroundings that this runner cannot change, each with the reason.
  var unchangeable: [Surrounding: String] { get }
}

/// A runner that also sees what a run reached inside the program.
package protocol InstrumentedRunner: Runner {
  /// Runs once in plain surroundings and shows what happened and what was reached.
  ///
  /// - Throws: `ForgeError` where the run could not be made at all.
  func measure(_ invocation: Invocation, limits: CaseLimits) async throws -> (Observation, Feedback)
}

/// A part of a program's surroundings that an outcome must not depend on.
package enum Surrounding: String, Sendable, Hashable, Codable, CaseIterable {
  case hostName = "host-name"
  case processIds = "process-ids"
  case user
  case cpus
  case layout
  case load
  case directoryOrder = "directory-order"
  case clock
  case limits
}

/// Lays upstream's data files, such as fonts, into the tree of every run.
package struct AssetRunner: InstrumentedRunner {
  /// Makes the runs.
  package let base: any Runner
  /// What lies in the working directory beside a case's own files.
  package let assets: [TreeEntry]

  /// Wraps a runner.
  package init(_ base: any Runner, assets: [TreeEntry]) {
    self.base = base
    self.assets = assets
  }

  /// Runs with the assets in place; a case's own file of the same path wins.
  package func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws
    -> Observation
  {
    try await base.run(invocation.laid(over: assets), limits: limits, perturbation: perturbation)
  }

  /// Measures with the assets in place, where the wrapped runner measures.
  package func measure(_ invocation: Invocation, limits: CaseLimits) async throws -> (Observation, Feedback) {
    let invocation = invocation.laid(over: assets)
    if let instrumented = base as? any InstrumentedRunner {
      return try await instrumented.measure(invocation, limits: limits)
    }
    return (try await base.run(invocation, limits: limits, perturbation: .none), Feedback())
  }

  /// As the wrapped runner.
  package var workers: Int { base.workers }
  /// As the wrapped runner.
  package var unchangeable: [Surrounding: String] { base.unchangeable }
}

/// Applies work to elements with a bounded number under way, and gives the results in the elements' order.
func mapOrdered<Element: Sendable, Result: Sendable>(
  _ elements: [Element], width: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: elements.count)
    var next = 0
    func add() {
      guard next < elements.count else { return }
      let index = next
      let element = elements[index]
      next += 1
      group.addTask { (index, try await transform(element)) }
    }
    for _ in 0..<max(1, width) { add() }
    while let (index, result) = try await group.next() {
      results[index] = result
      add()
    }
    return results.compactMap(\.self)
  }
}
