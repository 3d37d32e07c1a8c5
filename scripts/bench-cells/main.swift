import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

// taskforge-bench EXECUTABLE CASES WORKERS [--file NAME=PATH]... [--without WALL]... -- ARGUMENT...
//
// Runs one case again and again through a pool of cells; see scripts/bench.

struct Order {
  var configuration: CellConfiguration
  var invocation: Invocation
  var cases: Int
  var workers: Int

  init(_ arguments: [String]) throws {
    guard arguments.count >= 3, let cases = Int(arguments[1]), let workers = Int(arguments[2]) else {
      throw ForgeError(
        .malformed, "taskforge-bench EXECUTABLE CASES WORKERS [--file NAME=PATH] [--without WALL] -- …")
    }
    configuration = CellConfiguration(root: nil, executable: FilePath(arguments[0]))
    self.cases = cases
    self.workers = workers
    var files: [TreeEntry] = []
    var argv: [ByteString] = []
    var rest = arguments.dropFirst(3)
    while let option = rest.popFirst() {
      if option == "--" {
        argv = rest.map { ByteString($0) }
        rest = []
      } else if option == "--file", let value = rest.popFirst() {
        let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
        files.append(
          TreeEntry(
            path: parts[0], content: .file(ByteString(try FileDescriptor.readAll(FilePath(parts[1]))), mode: 0o644)))
      } else if option == "--without", let value = rest.popFirst(),
        let wall = CellWall.allCases.first(where: { "\($0)" == value })
      {
        configuration.disabledWalls.insert(wall)
      } else {
        throw ForgeError(.malformed, "unknown option or wall after \(option)")
      }
    }
    invocation = Invocation(argv: argv, files: files)
  }
}

func run(_ order: Order) async throws {
  let pool = try CellPool(configuration: order.configuration, workers: order.workers)
  let first = try await pool.run(order.invocation)
  guard first.outcome.termination == .exit(0) else {
    throw ForgeError(.malformed, "the case does not succeed: \(first.outcome)")
  }
  let streams = order.workers * 4
  try await withThrowingTaskGroup(of: Void.self) { group in
    for stream in 0..<streams {
      group.addTask {
        for _ in stride(from: stream, to: order.cases - 1, by: streams) {
          let outcome = try await pool.run(order.invocation).outcome
          guard outcome == first.outcome else { throw ForgeError(.malformed, "outcomes differ: \(outcome)") }
        }
      }
    }
    try await group.waitForAll()
  }
  await pool.close()
}

do {
  try await run(Order(Array(CommandLine.arguments.dropFirst())))
} catch {
  _ = try? FileDescriptor.standardError.writeAll("taskforge-bench: \(error)\n".utf8)
  exit(1)
}
