import ForgeCore
import ForgeSandbox

/// Runs a suite on mutants, in cells that also tell which places a run came to.
struct MutantBench: Sendable {
  let pool: CellPool
  let subject: MutantJudge.Subject

  /// What each case reaches, and the other way round.
  struct Reach: Sendable {
    /// For each place the cases that come there, in the suite's order.
    var cases: [[Int]]
    /// For each case the places that it comes to, ascending.
    var sites: [[Int]]
    /// Cases that do not pass while places are watched.
    var unwatchable: [Int]
    /// For each case its turn, such that cases which take different ways come before those which take the same again.
    var turns: [Int]

    init(_ found: [[Int]?], places: Int) {
      cases = [[Int]](repeating: [], count: places)
      for (index, sites) in found.enumerated() { for site in sites ?? [] { cases[site].append(index) } }
      sites = found.map { $0 ?? [] }
      unwatchable = found.indices.filter { found[$0] == nil }
      let ways = Dictionary(grouping: sites.indices) { [sites] in sites[$0] }
      let groups = ways.values.map { $0.map { (key: UInt64($0), element: $0) } }
      turns = [Int](repeating: 0, count: found.count)
      for (turn, index) in EvenDraw.draw(groups, count: found.count).enumerated() { turns[index] = turn }
    }

    /// The cases that a mutant is run on, in this order: some evenly from the suite, then by their turns.
    func order(_ reaching: [Int], atMost count: Int) -> [Int] {
      let first = reaching.prefix(MutantJudge.sampledCases)
      let rest = reaching.dropFirst(first.count).sorted { turns[$0] < turns[$1] }
      return Array((first + rest).prefix(count))
    }
  }

  /// What was found of one mutant.
  struct Judged: Sendable {
    var mutant: Mutant
    /// The cases that failed, of those that were run.
    var killers: [Int] = []
    var runs = 0
  }

  private func input(_ item: Case) -> Invocation { item.invocation.laid(over: subject.assets) }

  /// Runs every case on the reference with its own bytes written over it, and gives the times that they took.
  ///
  /// - Throws: `mutants.not-measured` where a case does not pass, for mutants would then be killed by how they are made.
  func proveNull(_ instruction: Instruction) async throws -> [RunTimes] {
    let patch = Patch(address: instruction.address, bytes: instruction.bytes)
    let found: [(times: RunTimes, verdict: Verdict)]
    do {
      found = try await inOrder(subject.cases) { item in
        var limits = subject.limits
        limits.cpuMilliseconds = item.timeoutMilliseconds
        let seen = try await pool.run(input(item), patched: patch, entry: subject.entry, limits: limits)
        return (seen.times, Verdict(of: seen.outcome, for: item))
      }
    } catch let error as ForgeError where error.isOfCell {
      throw ForgeError(.noMutants, "programs cannot be changed in memory on this machine: \(error.message)")
    }
    let failed = subject.cases.indices.filter { !found[$0].verdict.isPass }
    if let first = failed.first {
      throw ForgeError(
        .noMutants,
        "the null mutant, whose bytes are the reference's own, fails \(failed.count) of \(found.count) cases, first "
          + "\(subject.cases[first].id.short): \(found[first].verdict)")
    }
    return found.map(\.times)
  }

  /// Watches every case.
  func reach(_ times: [RunTimes]) async throws -> Reach {
    let found = try await inOrder(subject.cases.indices) { index -> [Int]? in
      let item = subject.cases[index]
      var limits = subject.limits.ofMutant(after: times[index])
      limits.cpuMilliseconds = max(limits.cpuMilliseconds, item.timeoutMilliseconds)
      limits.wallMilliseconds = max(limits.wallMilliseconds, subject.limits.wallMilliseconds)
      do {
        let (seen, sites) = try await pool.reach(input(item), entry: subject.entry, limits: limits)
        return Verdict(of: seen.outcome, for: item).isPass ? sites : nil
      } catch let error as ForgeError where error.isOfCell {
        return nil
      }
    }
    return Reach(found, places: pool.configuration.sites?.count ?? 0)
  }

  /// Runs cases that come to a mutant's place: some whatever they say, more until one fails.
  func judge(_ attempt: Attempt, _ times: [RunTimes], _ reach: Reach, mostCases: Int) async throws -> Judged {
    var judged = Judged(mutant: attempt.mutant)
    var deaths = 0
    do {
      for index in reach.order(attempt.cases, atMost: mostCases) {
        if judged.mutant.ran >= MutantJudge.sampledCases, judged.mutant.kills > 0 { break }
        if judged.mutant.timeouts >= MutantJudge.mostTimeouts { break }
        let item = subject.cases[index]
        let seen = try await pool.runMutant(
          input(item), attempt.patch, entry: subject.entry, limits: subject.limits.ofMutant(after: times[index]))
        judged.mutant.ran += 1
        switch seen.outcome.termination {
        case .timeout:
          judged.mutant.timeouts += 1
          deaths += 1
        case .signal: deaths += 1
        case .exit, .excess: break
        }
        if !Verdict(of: seen.outcome, for: item).isPass {
          judged.mutant.kills += 1
          judged.killers.append(index)
        }
      }
    } catch let error as ForgeError where error.isOfCell {
      judged.mutant.fate = .lost
      return judged
    }
    judged.runs = judged.mutant.ran
    judged.mutant.fate = fate(judged.mutant, deaths: deaths)
    if judged.mutant.fate == .survived {
      let quiet = try await isQuiet(attempt, times, reach)
      judged.mutant.isQuiet = quiet.same
      judged.runs += quiet.runs
    }
    return judged
  }

  private func fate(_ mutant: Mutant, deaths: Int) -> Mutant.Fate {
    guard mutant.kills > 0 else { return .survived }
    if mutant.reaching == subject.cases.count, deaths == mutant.ran { return .crashesAtStart }
    // Of a mutant that was not run on all its cases the rest is taken to be like those that were.
    let killing = Double(mutant.kills) / Double(mutant.ran) * Double(mutant.reaching)
    return killing > Double(subject.cases.count) / 2 ? .killedByHalf : .killed
  }

  /// Whether runs of a survivor come to the places that they come to without it.
  private func isQuiet(
    _ attempt: Attempt, _ times: [RunTimes], _ reach: Reach
  ) async throws -> (same: Bool?, runs: Int) {
    var runs = 0
    for index in attempt.cases.prefix(MutantJudge.comparedCases) {
      do {
        let seen = try await pool.reach(
          input(subject.cases[index]), patched: attempt.patch, entry: subject.entry,
          limits: subject.limits.ofMutant(after: times[index]))
        runs += 1
        if seen.sites != reach.sites[index] { return (false, runs) }
      } catch let error as ForgeError where error.isOfCell {
        return (nil, runs)
      }
    }
    return (true, runs)
  }

  /// Applies work to elements, enough at once to keep every cell busy, and gives the results in the elements' order.
  ///
  /// - Parameters:
  ///   - elements: What to work on.
  ///   - work: The work.
  ///   - finished: Told how many are done, and the one that was done last.
  /// - Returns: What the work gave.
  /// - Throws: What the work throws.
  func inOrder<Element: Sendable, Result: Sendable>(
    _ elements: some Collection<Element>, _ work: @escaping @Sendable (Element) async throws -> Result,
    finished: (Int, Result) -> Void = { _, _ in }
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results = [Result?](repeating: nil, count: elements.count)
      var rest = Array(elements.enumerated())[...]
      var done = 0
      func add() {
        guard let (index, element) = rest.popFirst() else { return }
        group.addTask { (index, try await work(element)) }
      }
      for _ in 0..<(2 * pool.workers) { add() }
      while let (index, result) = try await group.next() {
        results[index] = result
        done += 1
        finished(done, result)
        add()
      }
      return results.compactMap(\.self)
    }
  }
}
