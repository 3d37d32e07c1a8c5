package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// Finds out how many small mistakes in the reference a suite notices.
///
/// A mutant is the reference's own file with a few bytes changed in the memory of one run. It is killed when the verdict
/// of some case changes.
package struct MutantJudge: Sendable {
  /// What is judged.
  package struct Subject: Sendable {
    /// The stripped reference; its addresses are those of the one with symbols.
    package var executable: FilePath
    /// Its entry point.
    package var entry: UInt64
    /// What can be changed in upstream's own functions.
    package var places: OwnPlaces
    /// The hidden suite.
    package var cases: [Case]
    /// What lies in the working directory beside a case's own files.
    package var assets: [TreeEntry]
    /// The root in which cases were recorded.
    package var root: FilePath?
    /// What one run may use; CPU time follows from the case.
    package var limits: CaseLimits

    /// Says what to judge.
    package init(
      executable: FilePath, entry: UInt64, places: OwnPlaces, cases: [Case], assets: [TreeEntry],
      root: FilePath?, limits: CaseLimits
    ) {
      self.executable = executable
      self.entry = entry
      self.places = places
      self.cases = cases
      self.assets = assets
      self.root = root
      self.limits = limits
    }
  }

  /// How many mutants cases were aimed at.
  package struct Aimed: Sendable {
    /// Those that are judged too, at most.
    package var judged: Int
    /// All of them, as ``AimedMutants`` drew them.
    package var drawn: Int

    /// Makes a pair of numbers.
    package init(judged: Int, drawn: Int) {
      self.judged = judged
      self.drawn = drawn
    }
  }

  /// What was found.
  package struct Judgement: Sendable {
    /// All mutants, in the order of their addresses.
    package var mutants: [Mutant]
    /// Whether a half of all places was held out, since cases were aimed at the other.
    package var isHeldOut: Bool
    /// For each case its id, and the mutants that failed it by their position.
    package var kills: [(id: Digest, mutants: [Int])]
    /// Places that could be changed, those that were watched, and those of these that some case comes to.
    package var sites: (candidates: Int, watched: Int, reached: Int)
    /// Functions with such places, those of these with a place that was watched, and those that some case comes to.
    package var functions: (own: Int, watched: Int, reached: Int)
    /// Places that were left alone since they only say how much room there is.
    package var room: Int
    /// Cases that do not pass while places are watched; they judge no mutant.
    package var unwatchable: Int
    /// Cases that a mutant was run on at most.
    package var mostCases: Int
    /// Runs of the program.
    package var runs: Int
  }

  private let subject: Subject
  private let mutants: Int
  private let aimed: Aimed?
  private let workers: Int
  private let report: @Sendable (String) -> Void

  /// Places watched at most; each costs two writes into each process that is watched.
  package static let mostSites = 6000
  /// Cases that a mutant is run on whatever they say; after these a killed one is known well enough.
  package static let sampledCases = 24
  /// Seconds of two processors that the cases of one mutant may take; more is spent on no survivor.
  private static let secondsOfCases = 4.0
  /// Seconds of two processors that all mutants may take, about: where a run takes long, fewer are drawn.
  private static let secondsOfMutants = 300.0
  /// With fewer the figure says little: of 64 it is known to 6 points or so.
  package static let fewestMutants = 64
  /// A mutant that runs into a time limit so often is run no more.
  package static let mostTimeouts = 2
  /// Runs of a survivor that are compared with runs without it.
  static let comparedCases = 8

  /// Prepares; nothing is run.
  ///
  /// - Parameters:
  ///   - subject: What is judged.
  ///   - mutants: How many mutants at most that nothing was aimed at.
  ///   - aimed: Those that cases were aimed at; nil where none were, and mutants are drawn anywhere.
  ///   - workers: How many cases run at once.
  ///   - report: Told how far judging is.
  package init(
    _ subject: Subject, mutants: Int, aimed: Aimed? = nil, workers: Int,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.subject = subject
    self.mutants = mutants
    self.aimed = aimed
    self.workers = workers
    self.report = report
  }

  /// Judges.
  ///
  /// - Parameter work: An existing directory for the list of places.
  /// - Returns: What became of each mutant.
  /// - Throws: `mutants.not-measured` where there is nothing to change, ptrace is refused, or the null mutant fails a
  ///   case; `ForgeError` of the cell; cancellation.
  package func judge(in work: FilePath) async throws -> Judgement {
    let watched = watchedSites()
    guard !watched.isEmpty else {
      throw ForgeError(.noMutants, "upstream's own functions have nothing that a mutant can change")
    }
    let file = work.appending("sites")
    let list = try SiteList(watched.map(\.site.instruction.address), entry: subject.entry, to: file)
    let pool = try CellPool(
      configuration: CellConfiguration(
        root: subject.root, executable: subject.executable, limits: subject.limits, sites: list), workers: workers)
    do {
      let bench = MutantBench(pool: pool, subject: subject)
      let result = try await judge(watched, on: bench)
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }

  /// A place that is watched, with its function.
  struct Watched: Sendable {
    var function: Int
    var site: MutantSite
  }

  /// The places that are watched, in the order of their addresses.
  private func watchedSites() -> [Watched] {
    let groups = subject.places.functions.enumerated().map { index, function in
      function.sites.map { (key: $0.instruction.address, element: Watched(function: index, site: $0)) }
    }
    return EvenDraw.draw(groups, count: Self.mostSites)
      .sorted { $0.site.instruction.address < $1.site.instruction.address }
  }

  private func judge(_ watched: [Watched], on bench: MutantBench) async throws -> Judgement {
    report("the null mutant")
    let times = try await bench.proveNull(watched[0].site.instruction)
    report("which of \(watched.count) places each case reaches")
    let reach = try await bench.reach(times)
    let mostCases = Self.mostCases(times)
    let share = Self.share(
      of: mutants, and: aimed?.judged ?? 0, reaching: reach.cases.map(\.count).filter { $0 > 0 }, times)
    if share < 1 { report("a run takes long, so \(Int(share * 100)) % of the budget's mutants are drawn") }
    let attempts = drawMutants(watched, reach, share: share)
    guard !attempts.isEmpty else {
      throw ForgeError(.noMutants, "no case comes to anything in upstream's own functions that a mutant can change")
    }
    var judged: [MutantBench.Judged] = []
    let report = report
    var (killed, counted) = (0, 0)
    let judge = { @Sendable in try await bench.judge($0, times, reach, mostCases: mostCases) }
    judged = try await bench.inOrder(attempts, judge) { done, one in
      if one.mutant.fate.counts { counted += 1 }
      if one.mutant.fate == .killed { killed += 1 }
      report("\(done) of \(attempts.count) mutants, \(killed) of \(counted) killed")
    }
    var kills = subject.cases.map { (id: $0.id, mutants: [Int]()) }
    for (index, one) in judged.enumerated() { for item in one.killers { kills[item].mutants.append(index) } }
    return Judgement(
      mutants: judged.map(\.mutant), isHeldOut: aimed != nil, kills: kills,
      sites: (
        subject.places.functions.reduce(0) { $0 + $1.sites.count }, watched.count, reach.cases.count { !$0.isEmpty }
      ),
      functions: (
        subject.places.functions.count, Set(watched.map(\.function)).count,
        Set(watched.indices.filter { !reach.cases[$0].isEmpty }.map { watched[$0].function }).count
      ), room: subject.places.room,
      unwatchable: reach.unwatchable.count, mostCases: mostCases,
      runs: 2 * subject.cases.count + judged.reduce(0) { $0 + $1.runs })
  }

  /// How many cases a survivor is run on: all, where they take no longer than usual.
  ///
  /// - Parameter times: What the reference takes on each case.
  /// - Returns: At least ``sampledCases``.
  package static func mostCases(_ times: [RunTimes]) -> Int {
    max(sampledCases, RunBudget.runs(within: secondsOfCases, of: averageCost(times)))
  }

  /// The part of the budget's mutants that there is time for.
  ///
  /// Fewer mutants give the same figure less exactly; fewer cases for each would give a lower one.
  ///
  /// - Parameters:
  ///   - wanted: The mutants of the budget, of which there are ``fewestMutants`` at least, where so many are wanted.
  ///   - others: Those that cases were aimed at.
  ///   - reaching: How many cases come to each place that could be changed.
  ///   - times: What the reference takes on each case.
  /// - Returns: 1 at most.
  package static func share(of wanted: Int, and others: Int = 0, reaching: [Int], _ times: [RunTimes]) -> Double {
    guard !reaching.isEmpty, wanted > fewestMutants else { return 1 }
    let mostCases = mostCases(times)
    // Two of five survive all their cases, the others are killed by one of the first.
    let tried = reaching.reduce(0) { $0 + min($1, mostCases) }
    let runs = 0.4 * Double(tried) / Double(reaching.count) + 8
    let all = RunBudget.runs(within: secondsOfMutants, of: averageCost(times))
    return min(1, max(Double(all) / runs / Double(wanted + others), Double(fewestMutants) / Double(wanted)))
  }

  /// CPU time of a run on one case, in microseconds.
  private static func averageCost(_ times: [RunTimes]) -> Double {
    let average = times.reduce(0) { $0 + $1.cpuMicroseconds } / UInt64(max(1, times.count))
    return Double(average) + RunBudget.overheadOfMutant
  }

  /// Mutants drawn evenly over the functions with places that some case comes to, in the order of their addresses.
  private func drawMutants(_ watched: [Watched], _ reach: MutantBench.Reach, share: Double) -> [Attempt] {
    func draw(_ budget: Int, where isDrawn: (UInt64) -> Bool) -> [Attempt] {
      drawMutants(watched, reach, count: Int((Double(budget) * share).rounded(.up)), where: isDrawn)
    }
    guard let aimed else { return draw(mutants) { _ in true } }
    // Of the half that is aimed at most places are not drawn for it, and say nothing of how well aiming went.
    let targets = Set(subject.places.aimed(count: aimed.drawn).map(\.instruction.address))
    let attempts = draw(mutants) { MutantSample.of($0) == .heldOut } + draw(aimed.judged, where: targets.contains)
    return attempts.sorted { $0.patch.address < $1.patch.address }
  }

  private func drawMutants(
    _ watched: [Watched], _ reach: MutantBench.Reach, count: Int, where isDrawn: (UInt64) -> Bool
  ) -> [Attempt] {
    var groups = [[(key: UInt64, element: Int)]](repeating: [], count: subject.places.functions.count)
    for (index, place) in watched.enumerated()
    where !reach.cases[index].isEmpty && isDrawn(place.site.instruction.address) {
      groups[place.function].append((place.site.instruction.address, index))
    }
    return EvenDraw.draw(groups, count: count).sorted().map { index in
      let place = watched[index]
      let mutation = place.site.chosenMutation
      return Attempt(
        mutant: Mutant(
          function: subject.places.functions[place.function].name, site: place.site, mutation: mutation,
          reaching: reach.cases[index].count),
        patch: Patch(address: place.site.instruction.address, bytes: mutation.bytes), cases: reach.cases[index])
    }
  }
}
