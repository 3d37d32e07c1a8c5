import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

// taskforge-bench EXECUTABLE SECONDS WORKERS [--file NAME=PATH]... [--without WALL]... -- ARGUMENT...
//
// Runs one case again and again through a pool of cells and prints cases per second; see scripts/bench.

struct Order {
  var configuration: CellConfiguration
  var invocation: Invocation
  var seconds: Double
  var workers: Int

  init(_ arguments: [String]) throws {
    guard arguments.count >= 3, let seconds = Double(arguments[1]), let workers = Int(arguments[2]) else {
      throw ForgeError(
        .malformed, "taskforge-bench EXECUTABLE SECONDS WORKERS [--file NAME=PATH] [--without WALL] -- …")
    }
    configuration = CellConfiguration(root: nil, executable: FilePath(arguments[0]))
    self.seconds = seconds
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
        files.append(TreeEntry(path: parts[0], content: .file(try Self.read(FilePath(parts[1])), mode: 0o644)))
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

  private static func read(_ path: FilePath) throws -> ByteString {
    let file = try FileDescriptor.open(path, .readOnly)
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
      bytes += buffer[..<count]
    }
    return ByteString(bytes)
  }
}

func measure(_ order: Order) async throws -> Double {
  let pool = try CellPool(configuration: order.configuration, workers: order.workers)
  let first = try await pool.run(order.invocation)
  guard first.outcome.termination == .exit(0) else {
    throw ForgeError(.malformed, "the case does not succeed: \(first.outcome)")
  }
  let began = ContinuousClock.now
  let deadline = began + .seconds(order.seconds)
  let count = try await withThrowingTaskGroup(of: Int.self) { group in
    for _ in 0..<order.workers * 4 {
      group.addTask {
        var done = 0
        while ContinuousClock.now < deadline {
          let outcome = try await pool.run(order.invocation).outcome
          guard outcome == first.outcome else { throw ForgeError(.malformed, "outcomes differ: \(outcome)") }
          done += 1
        }
        return done
      }
    }
    return try await group.reduce(0, +)
  }
  let seconds = (ContinuousClock.now - began) / .seconds(1)
  await pool.close()
  return Double(count) / seconds
}

do {
  print(try await measure(Order(Array(CommandLine.arguments.dropFirst()))))
} catch {
  _ = try? FileDescriptor.standardError.writeAll("taskforge-bench: \(error)\n".utf8)
  exit(1)
}
