import ForgeCore
import Glibc
import Synchronization
package import SystemPackage

/// Programs of the host that taskforge needs, such as mmdebstrap and apt-get.
///
/// They run with the caller's rights and see the host's files: only for programs that are trusted, never for upstream
/// code.
package enum HostCommand {
  /// Runs a program to its end; everything it started ends with it.
  ///
  /// - Parameters:
  ///   - argv: The program, looked up in `$PATH` where it has no `/`, and its arguments.
  ///   - environment: Its whole environment; `PATH` and `HOME` are the caller's unless given.
  ///   - workingDirectory: Where it runs; nil for the caller's directory.
  ///   - input: Standard input.
  ///   - wallSeconds: After which it is ended, with the result's termination `.timeout`.
  ///   - log: A file to which standard output and standard error are appended as they come, whole.
  ///   - outputLimit: How many bytes of each stream are kept, the last ones; see ``CommandResult/droppedBytes``.
  ///   - onLine: Called with each line of either stream, without its end, on a thread of its own.
  /// - Returns: How it ended; a status other than 0 is no error here.
  /// - Throws: ``ForgeError`` when it is missing or cannot be started, and when the task is cancelled.
  package static func run(
    _ argv: [String], environment: [String: String] = [:], workingDirectory: FilePath? = nil, input: [UInt8] = [],
    wallSeconds: Double, log: FilePath? = nil, outputLimit: Int = 1 << 20, onLine: (@Sendable (String) -> Void)? = nil
  ) async throws -> CommandResult {
    guard let name = argv.first else { throw ForgeError(.startFailed, "an empty command cannot be started") }
    var resolved = argv
    if !name.contains("/") {
      resolved[0] = try Libexec.requiredHostProgram(name).string
    }
    let lines = onLine.map(LineSplitter.init)
    let command = BoxedCommand(
      boxArguments: [], argv: resolved, environment: inherited(["PATH", "HOME"]).merging(environment) { $1 },
      workingDirectory: workingDirectory, input: input, wallSeconds: wallSeconds, outputLimit: outputLimit,
      logLimit: .max, log: log, onOutput: lines?.take)
    let result = try await command.run()
    lines?.finish()
    return result
  }

  private static func inherited(_ names: [String]) -> [String: String] {
    var found = ["LC_ALL": "C.UTF-8"]
    for name in names {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }
}

/// Cuts a stream into lines for a callback.
final class LineSplitter: Sendable {
  private let onLine: @Sendable (String) -> Void
  private let rest = Mutex<[UInt8]>([])

  /// Calls `onLine` for each line, without its end.
  init(_ onLine: @escaping @Sendable (String) -> Void) { self.onLine = onLine }

  /// Takes the next bytes.
  func take(_ bytes: ArraySlice<UInt8>) {
    let lines = rest.withLock { rest -> [ArraySlice<UInt8>] in
      rest += bytes
      var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let last = parts.removeLast()
      let whole = parts.map { ArraySlice(Array($0)) }
      rest = Array(last)
      return whole
    }
    for line in lines { onLine(String(decoding: line, as: UTF8.self)) }
  }

  /// Passes on a last line without an end.
  func finish() {
    let last = rest.withLock { rest in
      defer { rest = [] }
      return rest
    }
    if !last.isEmpty { onLine(String(decoding: last, as: UTF8.self)) }
  }
}
