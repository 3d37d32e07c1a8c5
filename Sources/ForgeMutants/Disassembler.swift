import ForgeCore
package import ForgeSandbox
package import SystemPackage

/// Reads the instructions of some functions of an executable, with Debian's binutils in a sandbox.
package struct Disassembler: Sendable {
  /// The sandbox over the tools root, which holds binutils.
  private let tools: Sandbox
  /// A directory for this alone; it must not exist, and is removed at the end.
  private let work: FilePath

  /// Functions this near to each other are read together.
  private static let gap: UInt64 = 1 << 16
  /// More text than this, in bytes, is not taken.
  private static let mostText = 1 << 30

  /// Says with what to read, and where.
  package init(tools: Sandbox, workDirectory: FilePath) {
    self.tools = tools
    work = workDirectory
  }

  /// Names as a person writes them, for names as a linker has them, in their order.
  ///
  /// - Throws: `mutants.not-measured` where `c++filt` fails; `ForgeError` of the sandbox.
  package func plain(_ names: [String]) async throws -> [String] {
    let coded = names.enumerated().filter { $0.element.hasPrefix("_Z") || $0.element.hasPrefix("_R") }
    guard !coded.isEmpty else { return names }
    let input = coded.map(\.element).joined(separator: "\n") + "\n"
    let text = try await run(["c++filt"], input: Array(input.utf8))
    let lines = text.split(separator: 10, omittingEmptySubsequences: false).dropLast()
    guard lines.count == coded.count else { throw Self.failure("c++filt answers with \(lines.count) names") }
    var plain = names
    for ((index, _), line) in zip(coded, lines) { plain[index] = String(decoding: line, as: UTF8.self) }
    return plain
  }

  /// The instructions of functions, in the functions' order.
  ///
  /// - Throws: `mutants.not-measured` where objdump fails; `ForgeError` of the sandbox.
  package func instructions(
    of functions: [SymbolTable.Function], in executable: FilePath
  ) async throws -> [[Instruction]] {
    var found = [[Instruction]](repeating: [], count: functions.count)
    let order = functions.indices.sorted { functions[$0].address < functions[$1].address }
    for span in Self.spans(order.map { functions[$0] }) {
      let text = try await run(
        [
          "objdump", "--disassemble", "--wide", "--start-address=\(span.lowerBound)",
          "--stop-address=\(span.upperBound)", "in",
        ], input: []
      ) { try FileDescriptor.writeNew($0.appending("in"), FileDescriptor.readAll(executable)) }
      var next = order[...].drop { functions[$0].address < span.lowerBound }
      for line in text.split(separator: 10) {
        guard let instruction = Instruction(objdump: line) else { continue }
        while let first = next.first, functions[first].address + functions[first].size <= instruction.address {
          next = next.dropFirst()
        }
        guard let first = next.first else { break }
        if functions[first].address <= instruction.address { found[first].append(instruction) }
      }
    }
    return found
  }

  /// Where functions lie, in their order.
  static func spans(_ functions: [SymbolTable.Function]) -> [Range<UInt64>] {
    var spans: [Range<UInt64>] = []
    for function in functions {
      let end = function.address + function.size
      if let last = spans.last, function.address <= last.upperBound + gap {
        spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, end)
      } else {
        spans.append(function.address..<end)
      }
    }
    return spans
  }

  /// Runs a tool with files laid beside it; gives what it wrote.
  private func run(_ argv: [String], input: [UInt8], lay: (FilePath) throws -> Void = { _ in }) async throws -> [UInt8]
  {
    try work.makeDirectory()
    defer { try? work.removeTree() }
    try lay(work)
    try Sandbox.adopt(work)
    defer { try? Sandbox.reclaim(work) }
    var sandbox = tools
    sandbox.mounts.append(.readWrite(work, "/workspace"))
    sandbox.limits.wallSeconds = min(sandbox.limits.wallSeconds, 300)
    sandbox.limits.fileBytes = UInt64(Self.mostText)
    let result = try await sandbox.run(
      ["/bin/sh", "-c", #"exec "$@" >out"#, "sh"] + argv, environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"],
      workingDirectory: "/workspace", input: input)
    try Sandbox.reclaim(work)
    guard result.succeeded else {
      throw Self.failure("\(argv[0]) fails (\(result.ending)): \(result.errorText.prefix(400))")
    }
    return try FileDescriptor.readAll(work.appending("out"))
  }

  private static func failure(_ message: String) -> ForgeError { ForgeError(.noMutants, message) }
}
