package import ForgeCore

/// How many mutants of the reference a suite notices, and what the rest are.
package struct MutantReport: Sendable, Hashable, Codable {
  /// Some of a whole.
  package struct Share: Sendable, Hashable, Codable {
    /// Mutants killed.
    package var killed: Int
    /// Mutants that count.
    package var counted: Int
    /// The quotient; 0 where none counts.
    package var fraction: Double

    init(_ mutants: [Mutant]) {
      killed = mutants.count { $0.fate == .killed }
      counted = mutants.count(where: \.fate.counts)
      fraction = counted == 0 ? 0 : Double(killed) / Double(counted)
    }
  }

  /// How many there are of something that mutants were drawn from.
  package struct Reached: Sendable, Hashable, Codable {
    /// In upstream's own code.
    package var own: Int
    /// Of these, watched.
    package var watched: Int
    /// Of these, such that some case comes there.
    package var reached: Int
  }

  /// Mutants by how many cases killed them.
  package struct Bucket: Sendable, Hashable, Codable {
    /// How many cases, such as `1` or `4-7`.
    package var kills: String
    /// How many mutants.
    package var mutants: Int
  }

  /// Mutants that the cases of one origin notice.
  package struct Source: Sendable, Hashable, Codable {
    /// The origin.
    package var origin: Case.Origin
    /// Mutants that some of its cases were seen to kill; a killed mutant is not run on every case.
    package var killed: Int
    /// Of these, those that no other case was seen to kill.
    package var own: Int
  }

  /// Mutants of one function that no case notices.
  package struct Survivors: Sendable, Hashable, Codable {
    /// The function.
    package var function: String
    /// Its survivors, in the order of their addresses.
    package var mutants: [Mutant]
  }

  /// An estimate of how many survivors may be no mistakes at all; no bound either way.
  package struct Equivalents: Sendable, Hashable, Codable {
    /// Survivors whose runs came to the same watched places as without the mistake.
    package var estimate: Int
    /// All survivors.
    package var survivors: Int
    /// The fraction killed of the mutants that are left without those.
    package var fractionWithout: Double
    /// What the estimate is.
    package var method = Self.said

    private static let said =
      "an estimate, and no bound either way: survivors whose runs on up to \(MutantJudge.comparedCases) cases came to the "
      + "same watched places as without the mistake; a mistake that only a missing case would show is among them, and an "
      + "equivalent one that takes another way is not"
  }

  /// What the figures are of: mutants of places that no case was aimed at, or any where none was.
  package var sample: String
  /// Mutants of the other half, for which cases were looked for; nil where none were.
  package var aimed: Share?
  /// Mutants that some case notices.
  package var killed: Int
  /// Mutants that count.
  package var counted: Int
  /// The quotient; 0 where none counts.
  package var fraction: Double
  /// How upstream's own functions were told from others.
  package var functionsChosenBy: String
  /// Upstream's own functions with something to change; watched is one of which a place is.
  package var functions: Reached
  /// Places to change.
  package var sites: Reached
  /// Places beside those that no mutant is made of, since they only say how much room there is.
  package var roomOnly: Int
  /// Mutants that do not count, by reason.
  package var excluded: [String: Int]
  /// Mutants by how many of the cases that were run on them killed them.
  package var histogram: [Bucket]
  /// The figures of each kind of mistake.
  package var operators: [String: Share]
  /// The figures of each origin of cases, in the order in which sources search.
  package var sources: [Source]
  /// Survivors by function, in the byte order of the names.
  package var survivors: [Survivors]
  /// An estimate of how many survivors may be no mistakes at all.
  package var equivalents: Equivalents
  /// Mutants that some case ran into a time limit on.
  package var timedOut: Int
  /// Cases that do not pass while places are watched, and so judge no mutant.
  package var unwatchableCases: Int
  /// Cases that a mutant was run on whatever they said; after these a killed one was run no more.
  package var sampledCases: Int
  /// Cases that a mutant was run on at most, those that take different ways first.
  package var mostCases: Int
  /// Runs of the program.
  package var runs: Int

  /// Sums up a judgement of a suite's cases.
  package init(_ judgement: MutantJudge.Judgement, of cases: [Case] = [], functionsChosenBy method: String) {
    let mutants = judgement.mutants.filter { !judgement.isHeldOut || $0.sample == .heldOut }
    sample = judgement.isHeldOut ? Self.heldOut : Self.anywhere
    aimed = judgement.isHeldOut ? Share(judgement.mutants.filter { $0.sample == .aimed }) : nil
    let counting = mutants.filter(\.fate.counts)
    let alive = counting.filter { $0.fate == .survived }
    killed = counting.count - alive.count
    counted = counting.count
    fraction = counting.isEmpty ? 0 : Double(killed) / Double(counted)
    functionsChosenBy = method
    let (functions, sites) = (judgement.functions, judgement.sites)
    self.functions = Reached(own: functions.own, watched: functions.watched, reached: functions.reached)
    self.sites = Reached(own: sites.candidates, watched: sites.watched, reached: sites.reached)
    roomOnly = judgement.room
    excluded = mutants.filter { !$0.fate.counts }.reduce(into: [:]) { $0[$1.fate.rawValue, default: 0] += 1 }
    histogram = Self.histogram(counting)
    operators = Dictionary(grouping: counting, by: \.kind.rawValue).mapValues { some in
      Share(some)
    }
    sources = Self.sources(judgement, cases)
    survivors = Dictionary(grouping: alive, by: \.function).map { Survivors(function: $0, mutants: $1) }
      .sorted { Array($0.function.utf8).lexicographicallyPrecedes(Array($1.function.utf8)) }
    let quiet = alive.count { $0.isQuiet == true }
    equivalents = Equivalents(
      estimate: quiet, survivors: alive.count,
      fractionWithout: counting.count == quiet ? 0 : Double(killed) / Double(counting.count - quiet))
    timedOut = mutants.count { $0.timeouts > 0 }
    unwatchableCases = judgement.unwatchable
    sampledCases = MutantJudge.sampledCases
    mostCases = judgement.mostCases
    runs = judgement.runs
  }

  /// Looks up which origins' cases killed each mutant that counts.
  private static func sources(_ judgement: MutantJudge.Judgement, _ cases: [Case]) -> [Source] {
    let origins = Dictionary(cases.map { ($0.id, $0.origin) }, uniquingKeysWith: { first, _ in first })
    var killers: [Int: Set<Case.Origin>] = [:]
    for one in judgement.kills {
      guard let origin = origins[one.id] else { continue }
      for mutant in one.mutants { killers[mutant, default: []].insert(origin) }
    }
    let counting = killers.filter { place, _ in
      let mutant = judgement.mutants[place]
      return mutant.fate.counts && (!judgement.isHeldOut || mutant.sample == .heldOut)
    }.values
    return Case.Origin.searchOrder.filter(Set(origins.values).contains).map { origin in
      Source(
        origin: origin, killed: counting.count { $0.contains(origin) }, own: counting.count { $0 == [origin] })
    }
  }

  private static let heldOut = "drawn from the half of all places that no case was aimed at"
  private static let anywhere = "drawn from all places; no case was aimed at any"

  private static func histogram(_ mutants: [Mutant]) -> [Bucket] {
    let ranges = [0...0, 1...1, 2...3, 4...7, 8...15, 16...Int.max]
    return ranges.map { range in
      let name =
        range.upperBound == .max
        ? "\(range.lowerBound)-"
        : range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
      return Bucket(kills: name, mutants: mutants.count { range.contains($0.kills) })
    }
  }
}
