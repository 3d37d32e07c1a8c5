import ForgeCore

/// Makes an input smaller as long as it reaches what it was kept for: arguments first, then standard input, then files.
///
/// Its class of outcome stays the same, too.
struct Trimmer: Sendable {
  /// The smallest that does, so far.
  private(set) var current: Invocation
  /// What no input before it reached.
  let features: [UInt64]
  private let outcomeClass: OutcomeClass
  private let countsMatter: Bool
  private var steps: [Step]
  private var rest = 16

  private enum Step: Sendable {
    case argument(Int)
    /// A part of standard input, or of the file at a place, in quarters.
    case part(file: Int?, quarter: Int)
    case file(Int)
  }

  /// Takes a trial; nil where there is nothing that could be left out, or nothing to keep it by.
  init?(_ trial: Trial, reached: FeatureSet) {
    self.init(
      trial.proposal.invocation, trial.outcomeClass,
      features: trial.feedback.features.filter { !reached.contains($0) }, countsMatter: true,
      left: trial.proposal.left)
  }

  /// Takes what was kept, to reach the same edges however often; nil where there is nothing to leave out, or to keep it by.
  init?(_ kept: KeptProposal) {
    self.init(
      kept.invocation, kept.outcomeClass, features: kept.features, countsMatter: false, left: kept.left)
  }

  private init?(
    _ invocation: Invocation, _ outcomeClass: OutcomeClass, features: [UInt64], countsMatter: Bool, left: Set<String>
  ) {
    guard !features.isEmpty, invocation.inputBytes > 16 else { return nil }
    current = invocation
    self.features = features
    self.outcomeClass = outcomeClass
    self.countsMatter = countsMatter
    // From behind, so that what was left out moves nothing that is still to come.
    steps = invocation.argv.indices.reversed().map { .argument($0) }
    if invocation.stdin.count > 16 { steps += (0..<4).reversed().map { .part(file: nil, quarter: $0) } }
    for (place, entry) in invocation.files.enumerated().reversed() {
      steps.append(.file(place))
      // What an earlier run wrote may go, and is not cut.
      if case .file(let bytes, _) = entry.content, bytes.count > 16, !left.contains(entry.path) {
        steps += (0..<4).reversed().map { .part(file: place, quarter: $0) }
      }
    }
    steps.reverse()
  }

  /// The next smaller input to try; nil at the end.
  mutating func next() -> Invocation? {
    while rest > 0, let step = steps.popLast() {
      rest -= 1
      var smaller = current
      switch step {
      case .argument(let place): smaller.argv.remove(at: place)
      case .file(let place): smaller.files.remove(at: place)
      case .part(nil, let quarter): smaller.stdin = Self.without(quarter, smaller.stdin)
      case .part(let place?, let quarter):
        guard place < smaller.files.count, case .file(let bytes, let mode) = smaller.files[place].content else {
          continue
        }
        smaller.files[place].content = .file(Self.without(quarter, bytes), mode: mode)
      }
      if smaller != current { return smaller }
    }
    return nil
  }

  /// Learns what came of the smaller input.
  mutating func observe(_ trial: Trial) {
    let goal = Proposal.Replacement(invocation: current, features: features, countsMatter: countsMatter)
    guard trial.outcomeClass == outcomeClass, goal.isReached(by: trial.feedback.features) else { return }
    current = trial.proposal.invocation
  }

  /// The bytes without one quarter, cut at ends of lines where there are some.
  private static func without(_ quarter: Int, _ bytes: ByteString) -> ByteString {
    let all = bytes.bytes
    func bound(_ place: Int) -> Int {
      let raw = all.count * place / 4
      guard raw > 0, raw < all.count else { return raw }
      return all[raw...].firstIndex(of: 10).map { $0 + 1 } ?? raw
    }
    let (start, end) = (bound(quarter), bound(quarter + 1))
    return start < end ? ByteString(all.replacing(start..<end, [])) : bytes
  }
}
