/// Which mutants a place is drawn for.
///
/// Cases are looked for that kill the mutants of one half of all places; what the suite notices is measured on the other
/// half, which nothing was aimed at, so that the figure says what it would of any mistake.
package enum MutantSample: String, Sendable, Hashable, Codable, CaseIterable {
  /// Cases were looked for that kill them.
  case aimed
  /// Nothing was done for their sake.
  case heldOut = "held out"

  /// The sample of a place, by a hash of its address.
  ///
  /// - Parameter address: Of the instruction.
  /// - Returns: One of the two, as often as the other.
  package static func of(_ address: UInt64) -> MutantSample {
    EvenDraw.mix(address ^ 0x5EED_0F5A_3317_ED00) & 1 == 0 ? .aimed : .heldOut
  }
}

extension MutantSite {
  /// The mistake that is made at the place, chosen evenly over what can be done there.
  var chosenMutation: MutationOperator.Mutation {
    mutations[Int(EvenDraw.mix(instruction.address &+ 1) % UInt64(mutations.count))]
  }
}

extension OwnPlaces {
  /// The places that cases are aimed at, drawn evenly over the functions, in the order of their addresses.
  func aimed(count: Int) -> [MutantSite] {
    let groups = functions.map { function in
      function.sites.filter { MutantSample.of($0.instruction.address) == .aimed }
        .map { (key: $0.instruction.address, element: $0) }
    }
    return EvenDraw.draw(groups, count: min(count, MutantJudge.mostSites))
      .sorted { $0.instruction.address < $1.instruction.address }
  }
}
