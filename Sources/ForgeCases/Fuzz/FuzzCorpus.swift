import ForgeCore

/// An input worth changing.
struct FuzzSeed: Sendable {
  var invocation: Invocation
  var family: String
  /// What it reaches; its class stands in where nothing is measured.
  var features: [UInt64]
  var bytes: Int
  /// Files of its tree that are left whole, as ``Proposal/left``.
  var left: Set<String>
  /// Rounds in which it was chosen.
  var rounds = 0

  init(invocation: Invocation, family: String, features: [UInt64], left: Set<String> = []) {
    self.invocation = invocation
    self.family = family
    self.features = features
    self.left = left
    // A word costs a reader more than a byte of a file.
    bytes = invocation.inputBytes + 16 * (invocation.argv.count + invocation.files.count)
  }
}

/// The inputs that mutation starts from, and how much energy each gets.
struct FuzzCorpus: Sendable {
  private(set) var seeds: [FuzzSeed] = []
  /// How many trials reached a feature.
  private var hits: [UInt64: UInt32] = [:]
  private var denseHits: [UInt32] = []
  /// The seed that reaches a feature with the fewest bytes.
  private var smallest: [UInt64: Int] = [:]
  private var known: Set<Invocation> = []

  var isEmpty: Bool { seeds.isEmpty }

  /// Takes in what other sources kept.
  mutating func add(_ kept: [KeptProposal]) {
    for proposal in kept {
      let features = proposal.features.isEmpty ? [Self.feature(proposal.outcomeClass)] : proposal.features
      count(features)
      consider(
        FuzzSeed(
          invocation: proposal.invocation, family: proposal.family, features: features, left: proposal.left))
    }
  }

  /// Takes in a trial of an own proposal, and says whether it was of use.
  mutating func add(_ trial: Trial, _ unstable: UnstableEdges) -> Bool {
    // Crashes, hangs and floods make no cases, and what comes from them seldom does.
    guard case .exit = trial.observation.outcome.termination else { return false }
    let measured = trial.feedback.features
    let features = measured.isEmpty ? [Self.feature(trial.outcomeClass)] : unstable.stable(measured)
    count(features)
    return consider(
      FuzzSeed(
        invocation: trial.proposal.invocation, family: trial.proposal.family, features: features,
        left: trial.proposal.left))
  }

  /// A class as a feature of its own, far from any edge.
  private static func feature(_ outcomeClass: OutcomeClass) -> UInt64 { outcomeClass.fingerprint | 1 << 63 }

  /// Keeps a seed that reaches something first, or with fewer bytes than any before.
  @discardableResult private mutating func consider(_ seed: FuzzSeed) -> Bool {
    let better = seed.features.filter { feature in
      guard let place = smallest[feature] else { return true }
      return seeds[place].bytes > seed.bytes
    }
    guard !better.isEmpty, known.insert(seed.invocation).inserted else { return false }
    // Only what is much smaller takes another's place, or the corpus would hold every step down.
    guard better.contains(where: { smallest[$0].map { seeds[$0].bytes > seed.bytes * 5 / 4 } ?? true }) else {
      return false
    }
    for feature in better { smallest[feature] = seeds.count }
    seeds.append(seed)
    return true
  }

  private mutating func count(_ features: [UInt64]) {
    for feature in features {
      if feature < FeatureSet.dense {
        if feature >= denseHits.count {
          denseHits += [UInt32](repeating: 0, count: Int(feature) + 4096 - denseHits.count)
        }
        denseHits[Int(feature)] &+= 1
      } else {
        hits[feature, default: 0] &+= 1
      }
    }
  }

  private func frequency(_ feature: UInt64) -> UInt32 {
    feature < FeatureSet.dense
      ? (feature < denseHits.count ? denseHits[Int(feature)] : 0) : hits[feature, default: 0]
  }

  /// The seeds of one round with their energies.
  ///
  /// Those are AFLFast's FAST schedule (Böhme, Pham and Roychoudhury, CCS 2016, section 4.1), p = min(2^s / f, M) with s
  /// the rounds in which a seed was chosen, with f counted as FairFuzz does (Lemieux and Sen, ASE 2018): how many trials
  /// reached the rarest feature that the seed is the smallest input for.
  mutating func choose() -> FuzzChoice {
    var rarest = [UInt32](repeating: .max, count: seeds.count)
    for (feature, place) in smallest { rarest[place] = min(rarest[place], max(1, frequency(feature))) }
    var energies = [Double](repeating: 0, count: seeds.count)
    for place in seeds.indices {
      let seed = seeds[place]
      // What is the smallest input for nothing is a step that others went on from; it stays for what else is in it.
      energies[place] = 0.02
      guard rarest[place] < .max else { continue }
      energies[place] += min(Double(1 << min(seed.rounds, 16)) / Double(rarest[place]), 64)
      if seed.bytes > 2048 { energies[place] /= 4 }
      seeds[place].rounds += 1
    }
    return FuzzChoice(seeds: seeds, energies: energies)
  }
}

/// Seeds to draw from, each as often as its energy says.
struct FuzzChoice: Sendable {
  private(set) var seeds: [FuzzSeed]
  /// Sums of energies up to each seed.
  private var sums: [Double] = []
  private let average: Double

  init(seeds: [FuzzSeed], energies: [Double]) {
    let chosen = seeds.indices.filter { energies[$0] > 0 }
    self.seeds = chosen.map { seeds[$0] }
    var sum = 0.0
    for place in chosen {
      sum += energies[place]
      sums.append(sum)
    }
    average = sum / Double(max(1, chosen.count))
  }

  /// A seed by energy; there must be one.
  func draw(_ random: inout RandomSource) -> FuzzSeed {
    let target = Double(random.next() >> 11) / Double(1 << 53) * sums[sums.count - 1]
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > target { high = middle } else { low = middle + 1 }
    }
    return seeds[low]
  }

  /// Any seed, for splicing.
  func any(_ random: inout RandomSource) -> FuzzSeed { random.pick(seeds) }

  /// Adds what a shard found, with more energy than most have.
  mutating func add(_ seed: FuzzSeed) {
    seeds.append(seed)
    sums.append((sums.last ?? 0) + max(average * 8, 0.1))
  }
}
