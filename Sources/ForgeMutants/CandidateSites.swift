/// One function of upstream's own with the places in it that a mutant can change.
package struct OwnFunction: Sendable, Hashable {
  /// The name as a person writes it, without marks of the compiler's copies and parts.
  package var name: String
  /// The places, in the order of their addresses.
  package var sites: [MutantSite]
}

/// An instruction that can be changed, with all that can be done to it.
package struct MutantSite: Sendable, Hashable {
  /// The instruction.
  package var instruction: Instruction
  /// What can be done, at least one.
  package var mutations: [MutationOperator.Mutation]

  /// Makes a place.
  package init(instruction: Instruction, mutations: [MutationOperator.Mutation]) {
    self.instruction = instruction
    self.mutations = mutations
  }
}

/// Upstream's own functions that have something to change, and what was left alone in them and in others.
package struct OwnPlaces: Sendable, Hashable {
  /// The functions, in the byte order of their names.
  package var functions: [OwnFunction]
  /// Places left alone since they only say how much room there is (``RoomReader``).
  package var room: Int
}

/// Finds the places in upstream's own functions.
///
/// Left out is what only a compiler put there, and what decides about room alone (``RoomReader``): the behaviour of a
/// program is the same with a byte more of it.
package struct CandidateSites: Sendable {
  /// Constants that may be addresses.
  private let addresses: Range<UInt64>
  /// Parts of texts of comparisons that a compiler adds; the conditional jump behind one is its own too.
  private let compilerChecks: [String]

  /// Stack protector of gcc and clang.
  private static let checks = ["%fs:0x28"]
  /// Stack growth and write barrier of Go.
  private static let goChecks = ["0x10(%r14)", "<runtime.writeBarrier"]
  /// The jump follows its comparison at once, or behind a move.
  private static let reach = 3

  /// Says what to leave alone.
  package init(addresses: Range<UInt64>, own: OwnCode) {
    self.addresses = addresses
    if case .modules = own { compilerChecks = Self.checks + Self.goChecks } else { compilerChecks = Self.checks }
  }

  /// The places in the instructions of one function, and how many more only say how much room there is.
  package func places(in instructions: [Instruction]) -> (sites: [MutantSite], room: Int) {
    var sites: [MutantSite] = []
    let reader = RoomReader(instructions)
    var room = 0
    var skipping = 0
    for (index, instruction) in instructions.enumerated() {
      skipping = max(0, skipping - 1)
      if compilerChecks.contains(where: instruction.text.contains) {
        skipping = Self.reach + 1
        continue
      }
      let mutations = MutationOperator.mutations(of: instruction.bytes, addresses: addresses)
      guard let first = mutations.first else { continue }
      if first.kind == .jump, skipping > 0 {
        skipping = 0
        continue
      }
      if reader.decidesRoom(index) {
        room += 1
      } else {
        sites.append(MutantSite(instruction: instruction, mutations: mutations))
      }
    }
    return (sites, room)
  }

  /// Groups functions by name, so that parts and copies of one count as one, in the byte order of the names.
  package static func functions(_ parts: [(name: String, sites: [MutantSite])]) -> [OwnFunction] {
    Dictionary(grouping: parts) { OwnCode.plainName($0.name) }.map { name, parts in
      let sites = parts.flatMap(\.sites).sorted { $0.instruction.address < $1.instruction.address }
      return OwnFunction(name: name, sites: sites)
    }.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
  }
}

/// Draws evenly over functions, the same for the same executable.
package enum EvenDraw {
  /// Elements of groups, one from each in turn, until there are enough.
  ///
  /// Which group comes first, and which element of it, is shuffled by a hash of its key.
  ///
  /// - Parameters:
  ///   - groups: The elements of each group with their keys, different within the group.
  ///   - count: How many at most.
  /// - Returns: What was drawn, in the order of drawing.
  package static func draw<Element>(_ groups: [[(key: UInt64, element: Element)]], count: Int) -> [Element] {
    let shuffled = groups.filter { !$0.isEmpty }.map { $0.sorted { mix($0.key) < mix($1.key) } }
      .sorted { mix(~$0[0].key) < mix(~$1[0].key) }
    var drawn: [Element] = []
    var level = 0
    while drawn.count < count {
      let before = drawn.count
      for group in shuffled where level < group.count && drawn.count < count { drawn.append(group[level].element) }
      if drawn.count == before { break }
      level += 1
    }
    return drawn
  }

  /// The output function of SplitMix64 (Steele, Lea and Flood 2014).
  static func mix(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
