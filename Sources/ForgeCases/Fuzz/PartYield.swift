import ForgeCore

/// A part of an input that mutation changes.
enum InputPart: String, Sendable, CaseIterable { case arguments, stdin, file, tree }

/// How often changing each part has found something, so that what a program ignores costs little.
///
/// As MOpt (Lyu et al., USENIX Security 2019) does for operators, without its swarm: a part is chosen by its share of finds,
/// and none falls below a sixteenth of the likeliest.
struct PartYield: Sendable {
  private var runs: [InputPart: Double] = [:]
  private var finds: [InputPart: Double] = [:]

  /// Learns from a trial of an own proposal.
  mutating func learn(_ trial: Trial, isKept: Bool) {
    guard let part = InputPart(rawValue: trial.proposal.key) else { return }
    // Old finds count less: what was easy is found.
    for other in InputPart.allCases {
      runs[other]? *= 0.9995
      finds[other]? *= 0.9995
    }
    runs[part, default: 0] += 1
    if isKept { finds[part, default: 0] += 1 }
  }

  /// One of the parts.
  func choose(_ parts: [InputPart], _ random: inout RandomSource) -> InputPart {
    let rates = parts.map { part in
      (finds[part, default: 0] + 2) / (runs[part, default: 0] + 40) * (part == .tree ? 0.5 : 1)
    }
    let least = (rates.max() ?? 0) / 16
    let weights = rates.map { max($0, least) }
    var target = Double(random.next() >> 11) / Double(1 << 53) * weights.reduce(0, +)
    for (part, weight) in zip(parts, weights) {
      target -= weight
      if target < 0 { return part }
    }
    return parts[0]
  }
}
