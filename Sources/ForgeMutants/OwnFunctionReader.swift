import ForgeCore
package import SystemPackage

/// Reads upstream's own functions out of an executable, with the places in them that a mutant can change.
package struct OwnFunctionReader: Sendable {
  private let symbols: SymbolTable
  private let own: OwnCode
  private let namesAreCoded: Bool

  /// Says what to look for in which executable's symbols.
  ///
  /// - Parameters:
  ///   - symbols: What the executable names.
  ///   - own: What tells upstream's own.
  ///   - namesAreCoded: Whether names begin with `_Z` because a compiler coded them, and not because they do.
  package init(symbols: SymbolTable, own: OwnCode, namesAreCoded: Bool) {
    self.symbols = symbols
    self.own = own
    self.namesAreCoded = namesAreCoded
  }

  /// The functions that have such places.
  ///
  /// - Parameters:
  ///   - executable: The file with the symbols.
  ///   - disassembler: What reads it.
  /// - Returns: What can be changed.
  /// - Throws: `mutants.not-measured` where there are none, or a tool fails; `ForgeError` of the sandbox.
  package func functions(of executable: FilePath, by disassembler: Disassembler) async throws -> OwnPlaces {
    let names = try await disassembler.plain(symbols.functions.map(\.name))
    let chosen = zip(symbols.functions, names).filter { own.holds($0, named: $1) }
    guard !chosen.isEmpty else {
      throw ForgeError(.noMutants, "no function of the executable is upstream's own, as told by: \(own.method)")
    }
    let instructions = try await disassembler.instructions(of: chosen.map(\.0), in: executable)
    let candidates = CandidateSites(addresses: symbols.constantAddresses, own: own)
    let places = instructions.map { candidates.places(in: $0) }
    let functions = CandidateSites.functions(
      zip(chosen, places).map { (namesAreCoded ? $0.1 : $0.0.name, $1.sites) })
    return OwnPlaces(functions: functions.filter { !$0.sites.isEmpty }, room: places.reduce(0) { $0 + $1.room })
  }
}
