import ForgeCore
package import SystemPackage

/// Which functions of an executable call which, as far as calls and jumps to a fixed place tell.
package struct CallGraph: Sendable, Hashable {
  /// One function.
  package struct Function: Sendable, Hashable {
    /// The name as a person writes it, without marks of the compiler's copies and parts.
    package var name: String
    /// The source file that a local function is from, without directories; nil for one that others may call.
    package var file: String?
    /// The functions that call it, but for itself, by their places in ``CallGraph/functions``; sorted.
    package var callers: [Int] = []
    /// Whether the program has its address in data, or takes it somewhere.
    package var isPointedTo = false

    /// Makes a function.
    package init(name: String, file: String? = nil, callers: [Int] = [], isPointedTo: Bool = false) {
      self.name = name
      self.file = file
      self.callers = callers
      self.isPointedTo = isPointedTo
    }
  }

  /// The functions in the order of their addresses.
  package var functions: [Function]

  /// Says which there are.
  package init(_ functions: [Function]) { self.functions = functions }

  /// More code than this, in bytes, is not read for what may call functions that are wanted.
  private static let mostCode: UInt64 = 8 << 20

  /// Reads functions and their calls of each other out of an executable.
  ///
  /// - Parameters:
  ///   - executable: The file with the symbols.
  ///   - disassembler: What reads it.
  ///   - isWanted: Tells by a function's plain name whether it takes part; in a small executable all do, for code in
  ///     assembly, which nothing else knows, may call others.
  /// - Throws: `mutants.not-measured` where a tool fails or there are no symbols; `ForgeError` of the sandbox.
  package init(
    of executable: FilePath, by disassembler: Disassembler, where isWanted: (String) -> Bool
  ) async throws {
    let bytes = try FileDescriptor.readAll(executable)
    let all = try SymbolTable(bytes).functions
    let names = try await disassembler.plain(all.map(\.name)).map(OwnCode.plainName)
    let isSmall = all.reduce(0) { $0 &+ $1.size } <= Self.mostCode
    let chosen = zip(all, names).filter { isSmall || isWanted($1) }
    let symbols = chosen.map(\.0)
    var callers = [Set<Int>](repeating: [], count: symbols.count)
    var pointers = FunctionPointers(in: bytes, to: Set(symbols.map(\.address)))
    for (place, instructions) in try await disassembler.instructions(of: symbols, in: executable).enumerated() {
      for instruction in instructions {
        pointers.note(instruction)
        guard let target = instruction.target, let called = Self.place(of: target, in: symbols), called != place
        else { continue }
        callers[called].insert(place)
      }
    }
    functions = chosen.enumerated().map { place, one in
      Function(
        name: one.1, file: one.0.file, callers: callers[place].sorted(), isPointedTo: pointers.contains(one.0.address))
    }
  }

  /// The function that holds an address, found by halves.
  private static func place(of address: UInt64, in symbols: [SymbolTable.Function]) -> Int? {
    var (low, high) = (0, symbols.count)
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, address - symbols[low - 1].address < symbols[low - 1].size else { return nil }
    return low - 1
  }
}
